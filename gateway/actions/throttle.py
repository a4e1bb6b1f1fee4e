"""Throttle: requests and tokens of answers at a slower rate, by meters that all proxies share.

The tokens of an answer are known only at its end, so admission reserves an estimate and the settlement corrects
it: the meter may go below empty then, and the subject waits until it is refilled. Hence the long-run rate holds
whatever the client declares as ``max_tokens``. Where the model never said what it used (the client hung up, say),
the reservation stands, or hanging up before the last chunk would be free; where it served nothing, it is given back.

What trim takes out can be taken out here too: a stricter measure should not give back what a milder one took.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from gateway.actions.base import Allowance, Charge, Forward, Refuse, Trimming
from gateway.exchange import Glance, Usage

_MINUTE = 60.0  # seconds
_MESSAGE = "Request rate reduced for this client. Please wait before the next request."


@dataclass(frozen=True)
class Throttle:
    """Slow a subject down.

    Attributes:
        requests_per_minute: admitted in the long run; 0 does not meter them.
        tokens_per_minute: of answers, reasoning included, in the long run; 0 does not meter them.
        burst_seconds: how long a subject that was quiet may save up; 60 lets a minute's worth through at once.
        estimate: tokens reserved for an answer whose query sets no ``max_tokens``; 500 is an answer of a page.
        logprobs, samples, max_tokens, reasoning: as trim's, and off by default.
        appeal: where a refused client can complain; empty: the gateway's own address.
    """

    name: ClassVar[str] = "throttle"
    severity: ClassVar[int] = 3

    requests_per_minute: float = 0
    tokens_per_minute: float = 0
    burst_seconds: float = 60
    estimate: int = 500
    logprobs: bool = False
    samples: int = 0
    max_tokens: int = 0
    reasoning: bool = False
    appeal: str = ""

    def __post_init__(self) -> None:
        for field in ("requests_per_minute", "tokens_per_minute", "samples", "max_tokens"):
            if getattr(self, field) < 0:
                raise ValueError(f"{field}: more than 0, or 0 to leave it")
        if self.burst_seconds <= 0:
            raise ValueError("burst_seconds: more than 0")
        if self.estimate < 1:
            raise ValueError("estimate: 1 token or more")
        if not (self.requests_per_minute or self.tokens_per_minute):
            raise ValueError("requests_per_minute or tokens_per_minute is needed")

    def charges(self, glance: Glance) -> tuple[Charge, ...]:
        """Return one request and the tokens reserved, for the meters that are set."""
        charges = []
        if self.requests_per_minute:
            charges.append(self._charge("requests", 1.0, self.requests_per_minute))
        if self.tokens_per_minute:
            charges.append(self._charge("tokens", self._reserved(glance), self.tokens_per_minute))
        return tuple(charges)

    def admit(self, glance: Glance, allowances: Sequence[Allowance]) -> Forward | Refuse:  # noqa: ARG002 - the contract's word
        """Refuse while a meter is empty, with the longest of the waits; else forward."""
        empty = [allowance for allowance in allowances if not allowance.allowed]
        if not empty:
            return Forward(trimming=self._trimming())
        worst = max(empty, key=lambda allowance: allowance.retry_after)
        return Refuse(
            kind="throttled",
            message=_MESSAGE,
            retry_after=worst.retry_after,
            appeal=self.appeal,
            meter=worst.meter,
            limit=worst.limit,
            remaining=max(worst.remaining, 0.0),
            reset=worst.reset,
        )

    def settle(self, glance: Glance, usage: Usage | None) -> tuple[Charge, ...]:
        """Return what the answer used beyond its reservation; negative gives back."""
        if not self.tokens_per_minute:
            return ()
        if usage is not None and usage.completion_tokens <= 0:
            return ()
        beyond = (usage.completion_tokens if usage is not None else 0.0) - self._reserved(glance)
        return (self._charge("tokens", beyond, self.tokens_per_minute),) if beyond else ()

    def _charge(self, meter: str, amount: float, per_minute: float) -> Charge:
        rate = per_minute / _MINUTE
        return Charge(meter=meter, amount=amount, rate=rate, burst=max(1.0, rate * self.burst_seconds))

    def _reserved(self, glance: Glance) -> float:
        """Never more than the meter holds: a query above its burst would wait for ever."""
        answer = max(glance.max_tokens, 0) or self.estimate
        answer = min(answer, self.max_tokens or answer)
        samples = max(glance.samples, 1)
        samples = min(samples, self.samples or samples)
        return min(float(answer * samples), max(1.0, self.tokens_per_minute / _MINUTE * self.burst_seconds))

    def _trimming(self) -> Trimming:
        return Trimming(
            logprobs=self.logprobs,
            samples=self.samples,
            max_tokens=self.max_tokens,
            reasoning=self.reasoning,
        )
