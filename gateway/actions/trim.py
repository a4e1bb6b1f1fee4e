"""Trim: the answer stays right, and loses what a student learns most from.

Log-probabilities and reasoning carry far more of the model per answer than its text does, and several samples to
one question are a distiller's habit; an honest client that asks for them notices, one that does not, never does.

Where any trim stands, log-probabilities are not given together with a logit_bias, whatever its parameters leave.

Reasoning is dropped, or cut after its first characters: an excerpt, not a summary in other words, because the guard has
no model of its own to write one, and because what it says must be what the model said. Encrypted reasoning and
signatures always go: half of one is of no use to an honest client either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from gateway.actions.base import NO_TRIMMING, Allowance, Charge, Forward, Refuse, Trimming
from gateway.exchange import Glance, Usage

_CAPS = ("samples", "max_tokens", "alternatives", "reasoning_budget", "reasoning_excerpt")


@dataclass(frozen=True)
class Trim:
    """Take the richest parts out of answers.

    Attributes:
        logprobs: take out log-probabilities, and logit_bias with them.
        alternatives: where they stay, most log-probabilities for one place in the text; 0 leaves them.
        samples: most answers to one query; 0 leaves it.
        max_tokens: cap on an answer, tokens; 0 leaves it.
        reasoning: take out reasoning, shown or encrypted.
        reasoning_budget: cap on thinking, tokens; 0 leaves it.
        reasoning_excerpt: characters at the start of shown reasoning that stay; 0 leaves none.
    """

    name: ClassVar[str] = "trim"
    constant: ClassVar[bool] = True
    severity: ClassVar[int] = 2

    logprobs: bool = True
    alternatives: int = 0
    samples: int = 1
    max_tokens: int = 0
    reasoning: bool = True
    reasoning_budget: int = 0
    reasoning_excerpt: int = 0

    def __post_init__(self) -> None:
        for field in _CAPS:
            if getattr(self, field) < 0:
                raise ValueError(f"{field}: 1 or more, or 0 to leave it")
        if self._trimming() == NO_TRIMMING:
            raise ValueError("this trims nothing; watch is the action that changes nothing")
        if self.reasoning_excerpt and not self.reasoning:
            raise ValueError("reasoning_excerpt: only where reasoning is taken out")

    def charges(self, glance: Glance) -> tuple[Charge, ...]:  # noqa: ARG002 - the contract's word
        """Return no charges."""
        return ()

    def admit(self, glance: Glance, allowances: Sequence[Allowance]) -> Forward | Refuse:  # noqa: ARG002 - the same
        """Forward, with the trimming."""
        return Forward(trimming=self._trimming())

    def settle(self, glance: Glance, usage: Usage | None) -> tuple[Charge, ...]:  # noqa: ARG002 - the same
        """Return no corrections."""
        return ()

    def _trimming(self) -> Trimming:
        return Trimming(
            logprobs=self.logprobs,
            alternatives=self.alternatives,
            samples=self.samples,
            max_tokens=self.max_tokens,
            reasoning=self.reasoning,
            reasoning_budget=self.reasoning_budget,
            reasoning_excerpt=self.reasoning_excerpt,
        )
