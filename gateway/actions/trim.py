"""Trim: the answer stays right, and loses what a student learns most from.

Log-probabilities and reasoning carry far more of the model per answer than its text does, and several samples to
one question are a distiller's habit; an honest client that asks for them notices, one that does not, never does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from gateway.actions.base import Allowance, Charge, Forward, Refuse, Trimming
from gateway.exchange import Glance, Usage


@dataclass(frozen=True)
class Trim:
    """Take the richest parts out of answers.

    Attributes:
        logprobs: take out log-probabilities, and logit_bias with them.
        samples: most answers to one query; 0 leaves it.
        max_tokens: cap on an answer, tokens; 0 leaves it.
        reasoning: take out reasoning, shown or encrypted.
    """

    name: ClassVar[str] = "trim"
    severity: ClassVar[int] = 2

    logprobs: bool = True
    samples: int = 1
    max_tokens: int = 0
    reasoning: bool = True

    def __post_init__(self) -> None:
        if self.samples < 0:
            raise ValueError("samples: 1 or more, or 0 to leave it")
        if self.max_tokens < 0:
            raise ValueError("max_tokens: 1 or more, or 0 to leave it")
        if not (self.logprobs or self.samples or self.max_tokens or self.reasoning):
            raise ValueError("this trims nothing; watch is the action that changes nothing")

    def charges(self, glance: Glance) -> tuple[Charge, ...]:  # noqa: ARG002 - the contract's word
        """Return no charges."""
        return ()

    def admit(self, glance: Glance, allowances: Sequence[Allowance]) -> Forward | Refuse:  # noqa: ARG002 - the same
        """Forward, with the trimming."""
        return Forward(
            trimming=Trimming(
                logprobs=self.logprobs,
                samples=self.samples,
                max_tokens=self.max_tokens,
                reasoning=self.reasoning,
            )
        )

    def settle(self, glance: Glance, usage: Usage | None) -> tuple[Charge, ...]:  # noqa: ARG002 - the same
        """Return no corrections."""
        return ()
