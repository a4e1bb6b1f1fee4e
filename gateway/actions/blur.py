"""Blur: log-probabilities and embeddings become coarser; which token is likeliest, and in which order, stays.

A student that learns from soft labels learns from their digits, and a projection that is stolen from log-probabilities
needs them exact; a client that shows a confidence or ranks alternatives needs neither. The noise is drawn from a secret
and from the numbers themselves: the same numbers get the same noise, so that asking again and averaging tells nothing.

What it costs a client: confidences are off by up to ``noise`` nats, so a threshold on them moves; sums over a text do
too. Similarities of blurred embeddings differ in the second or third decimal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from gateway.actions.base import Allowance, Blurring, Charge, Forward, Refuse, Trimming
from gateway.exchange import Glance, Usage

_MOST_DIGITS = 8
_MOST_NOISE = 5.0  # nats; beyond it a log-probability says nothing: trim takes it out honestly
_MOST_SHARE = 0.5  # of a vector's length; beyond it neighbours are no neighbours any more


@dataclass(frozen=True)
class Blur:
    """Make numbers coarser.

    Attributes:
        digits: decimals kept of a log-probability, 0 to 8; -1 leaves them.
        noise: most that a log-probability moves before it is rounded, nats.
        alternatives: most log-probabilities for one place in the text; 0 leaves them.
        embedding_digits: decimals kept of a coordinate, 0 to 8; -1 leaves them.
        embedding_noise: length of what is added to a vector, as a share of its own length.
    """

    name: ClassVar[str] = "blur"
    constant: ClassVar[bool] = True
    severity: ClassVar[int] = 2

    digits: int = 1
    noise: float = 0.1
    alternatives: int = 0
    embedding_digits: int = 3
    embedding_noise: float = 0.02

    def __post_init__(self) -> None:
        for field in ("digits", "embedding_digits"):
            if not -1 <= getattr(self, field) <= _MOST_DIGITS:
                raise ValueError(f"{field}: 0 to {_MOST_DIGITS}, or -1 to leave them")
        if not 0 <= self.noise <= _MOST_NOISE:
            raise ValueError(f"noise: 0 to {_MOST_NOISE:g} nats")
        if not 0 <= self.embedding_noise <= _MOST_SHARE:
            raise ValueError(f"embedding_noise: 0 to {_MOST_SHARE:g}")
        if self.alternatives < 0:
            raise ValueError("alternatives: 1 or more, or 0 to leave them")

    def charges(self, glance: Glance) -> tuple[Charge, ...]:  # noqa: ARG002 - the contract's word
        """Return no charges."""
        return ()

    def admit(self, glance: Glance, allowances: Sequence[Allowance]) -> Forward | Refuse:  # noqa: ARG002 - the same
        """Forward, with the blurring."""
        blur = Blurring(
            digits=self.digits,
            noise=self.noise,
            embedding_digits=self.embedding_digits,
            embedding_noise=self.embedding_noise,
        )
        return Forward(trimming=Trimming(blur=blur, alternatives=self.alternatives))

    def settle(self, glance: Glance, usage: Usage | None) -> tuple[Charge, ...]:  # noqa: ARG002 - the same
        """Return no corrections."""
        return ()
