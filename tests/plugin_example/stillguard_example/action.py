"""Curt: shorter answers, nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from gateway.actions.base import Allowance, Charge, Forward, Refuse, Trimming
from gateway.exchange import Glance, Usage


@dataclass(frozen=True)
class Curt:
    """Cap the length of answers.

    Attributes:
        tokens: most of an answer.
    """

    name: ClassVar[str] = "curt"
    severity: ClassVar[int] = 2

    tokens: int = 256

    def __post_init__(self) -> None:
        if self.tokens < 1:
            raise ValueError("tokens: at least 1")

    def charges(self, glance: Glance) -> tuple[Charge, ...]:
        """Return no charges."""
        del glance
        return ()

    def admit(self, glance: Glance, allowances: Sequence[Allowance]) -> Forward | Refuse:
        """Forward with the cap."""
        del glance, allowances
        return Forward(trimming=Trimming(max_tokens=self.tokens))

    def settle(self, glance: Glance, usage: Usage | None) -> tuple[Charge, ...]:
        """Return no corrections."""
        del glance, usage
        return ()
