"""Throttle: requests, tokens, answers at once and new payloads at a slower rate, by meters that all proxies share.

The tokens of an exchange are known only at its end, so admission reserves an estimate and the settlement corrects
it: the meter may go below empty then, and the subject waits until it is refilled. Hence the long-run rate holds
whatever the client declares as ``max_tokens``. Where the model never said what it used (the client hung up, say),
the reservation stands, or hanging up before the last chunk would be free; where it served nothing, it is given back.

A budget of new payloads bounds what no rate does: a harvest is many different questions, while an app that asks the
same again, or a client that retries, pays for each once in a day.

What trim takes out can be taken out here too: a stricter measure should not give back what a milder one took.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import msgspec

from gateway.actions.base import Allowance, Charge, Forward, Refuse, Trimming
from gateway.exchange import Glance, Usage

_MINUTE = 60.0  # seconds
_DAY = 86400.0  # seconds
_LEASE = 3600.0  # seconds after which slots of an exchange that nobody ended are free: no answer takes as long
_BYTES_PER_TOKEN = 4  # of a query, until the model says how many tokens it was
_MESSAGE = "Request rate reduced for this client. Please wait before the next request."
_AMOUNTS = ("requests_per_minute", "tokens_per_minute", "input_tokens_per_minute", "concurrent", "payloads_per_day")
_CAPS = ("samples", "max_tokens", "alternatives", "reasoning_budget")


@dataclass(frozen=True)
class Throttle:
    """Slow a subject down.

    Attributes:
        requests_per_minute: admitted in the long run; 0 does not meter them.
        tokens_per_minute: of answers, reasoning included, in the long run; 0 does not meter them.
        input_tokens_per_minute: of queries, in the long run; 0 does not meter them.
        concurrent: most exchanges under way at once; 0 does not count them.
        payloads_per_day: most different questions in a day; 0 does not count them.
        burst_seconds: how long a subject that was quiet may save up; 60 lets a minute's worth through at once.
        estimate: tokens reserved for an answer whose query sets no ``max_tokens``; 500 is an answer of a page.
        headers: tell the client in each answer what is left of its requests and tokens.
        logprobs, alternatives, samples, max_tokens, reasoning, reasoning_budget: as trim's, and off by default.
        appeal: where a refused client can complain; empty: the gateway's own address.
    """

    name: ClassVar[str] = "throttle"
    severity: ClassVar[int] = 3

    requests_per_minute: float = 0
    tokens_per_minute: float = 0
    input_tokens_per_minute: float = 0
    concurrent: int = 0
    payloads_per_day: int = 0
    burst_seconds: float = 60
    estimate: int = 500
    headers: bool = True
    logprobs: bool = False
    alternatives: int = 0
    samples: int = 0
    max_tokens: int = 0
    reasoning: bool = False
    reasoning_budget: int = 0
    appeal: str = ""

    def __post_init__(self) -> None:
        for field in _AMOUNTS + _CAPS:
            if getattr(self, field) < 0:
                raise ValueError(f"{field}: more than 0, or 0 to leave it")
        if self.burst_seconds <= 0:
            raise ValueError("burst_seconds: more than 0")
        if self.estimate < 1:
            raise ValueError("estimate: 1 token or more")
        if not any(getattr(self, field) for field in _AMOUNTS):
            raise ValueError(f"one of these is needed: {', '.join(_AMOUNTS)}")

    def charges(self, glance: Glance) -> tuple[Charge, ...]:
        """Return one request, the tokens reserved, a slot and a payload, for the meters that are set."""
        charges = []
        if self.concurrent:
            charges.append(self._slot(1.0))
        if self.requests_per_minute:
            charges.append(self._charge("requests", 1.0, self.requests_per_minute))
        if self.tokens_per_minute:
            charges.append(self._charge("tokens", self._reserved(glance), self.tokens_per_minute))
        if self.input_tokens_per_minute:
            charges.append(self._charge("input_tokens", self._sent(glance), self.input_tokens_per_minute))
        if self.payloads_per_day:
            most = float(self.payloads_per_day)
            charges.append(Charge(meter="payloads", amount=1.0, rate=most / _DAY, burst=most, distinct=True))
        return tuple(charges)

    def admit(self, glance: Glance, allowances: Sequence[Allowance]) -> Forward | Refuse:  # noqa: ARG002 - the contract's word
        """Refuse while a meter is empty, with the longest of the waits; else forward."""
        empty = [allowance for allowance in allowances if not allowance.allowed]
        if not empty:
            told = tuple(self._told(allowance) for allowance in allowances) if self.headers else ()
            return Forward(trimming=self._trimming(), told=told)
        worst = max(empty, key=lambda allowance: allowance.retry_after)
        shown = self._told(worst)
        return Refuse(
            kind="throttled",
            message=_MESSAGE,
            retry_after=worst.retry_after,
            appeal=self.appeal,
            meter=worst.meter,
            limit=worst.limit,
            remaining=shown.remaining,
            reset=worst.reset,
            window=shown.window,
        )

    def settle(self, glance: Glance, usage: Usage | None) -> tuple[Charge, ...]:
        """Return the slot, and what was used beyond the reservations; negative gives back."""
        corrections = [self._slot(-1.0)] if self.concurrent else []
        if self.tokens_per_minute:
            beyond = _beyond(usage, usage.completion_tokens if usage else 0, self._reserved(glance))
            corrections.append(self._charge("tokens", beyond, self.tokens_per_minute))
        if self.input_tokens_per_minute:
            beyond = _beyond(usage, usage.prompt_tokens if usage else 0, self._sent(glance))
            corrections.append(self._charge("input_tokens", beyond, self.input_tokens_per_minute))
        return tuple(correction for correction in corrections if correction.amount)

    def _charge(self, meter: str, amount: float, per_minute: float) -> Charge:
        return Charge(meter=meter, amount=amount, rate=per_minute / _MINUTE, burst=self._burst(per_minute))

    def _slot(self, amount: float) -> Charge:
        most = float(self.concurrent)
        return Charge(meter="slots", amount=amount, rate=most / _LEASE, burst=most, lease=_LEASE)

    def _burst(self, per_minute: float) -> float:
        return max(1.0, per_minute / _MINUTE * self.burst_seconds)

    def _reserved(self, glance: Glance) -> float:
        """Never more than the meter holds: a query above its burst would wait for ever."""
        answer = max(glance.max_tokens, 0) or self.estimate
        answer = min(answer, self.max_tokens or answer)
        samples = max(glance.samples, 1)
        samples = min(samples, self.samples or samples)
        return min(float(answer * samples), self._burst(self.tokens_per_minute))

    def _sent(self, glance: Glance) -> float:
        tokens = max(glance.body_bytes, 0) / _BYTES_PER_TOKEN
        return min(max(1.0, tokens), self._burst(self.input_tokens_per_minute))

    def _told(self, allowance: Allowance) -> Allowance:
        refills = allowance.meter not in {"slots", "payloads"}
        window = self.burst_seconds if refills else 0.0
        return msgspec.structs.replace(allowance, remaining=max(allowance.remaining, 0.0), window=window)

    def _trimming(self) -> Trimming:
        return Trimming(
            logprobs=self.logprobs,
            alternatives=self.alternatives,
            samples=self.samples,
            max_tokens=self.max_tokens,
            reasoning=self.reasoning,
            reasoning_budget=self.reasoning_budget,
        )


def _beyond(usage: Usage | None, used: int, reserved: float) -> float:
    """Return what was used beyond a reservation; all of it unused if nothing was served, none if nobody knows."""
    if usage is None:
        return -reserved
    return used - reserved if used > 0 else 0.0
