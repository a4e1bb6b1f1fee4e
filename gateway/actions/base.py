"""What an action is, and the effects that it returns as data. The proxy carries them out."""

from collections.abc import Sequence
from typing import ClassVar, Literal, Protocol, TypeAlias

import msgspec

from gateway.exchange import Glance, Usage

RefusalKind: TypeAlias = Literal[
    "throttled",  # 429
    "denied",  # 403
    "too_large",  # 413
    "headers_too_large",  # 431
    "malformed",  # 400
    "unsupported",  # 501, for example a WebSocket upgrade
    "model_unreachable",  # 502
    "model_timeout",  # 504
    "overloaded",  # 503, the gateway itself drains or is full
]

STATUS: dict[RefusalKind, int] = {
    "throttled": 429,
    "denied": 403,
    "too_large": 413,
    "headers_too_large": 431,
    "malformed": 400,
    "unsupported": 501,
    "model_unreachable": 502,
    "model_timeout": 504,
    "overloaded": 503,
}


class Refuse(msgspec.Struct, frozen=True, kw_only=True):
    """A query that is not forwarded, or an answer that is stopped.

    Attributes:
        kind: what happened; the dialect turns it into status and error body.
        message: for the client; never names a detector, score, threshold or watermark.
        retry_after: seconds until waiting helps; 0 if waiting does not help.
        decision: id of the decision behind it; empty if none.
        appeal: where to complain, as the operator configured it.
        limit, remaining, reset: of the meter that ran out (requests or tokens; seconds), -1 if none.
    """

    kind: RefusalKind
    message: str
    retry_after: float = 0.0
    decision: str = ""
    appeal: str = ""
    meter: str = ""
    limit: float = -1.0
    remaining: float = -1.0
    reset: float = -1.0


class Trimming(msgspec.Struct, frozen=True, kw_only=True):
    """What is taken out of a query and its answer. Nothing by default.

    Attributes:
        logprobs: take out log-probabilities, and logit_bias with them.
        samples: most answers to one query; 0 leaves it.
        max_tokens: cap on the answer, tokens; 0 leaves it.
        reasoning: take out reasoning, shown or encrypted.
    """

    logprobs: bool = False
    samples: int = 0
    max_tokens: int = 0
    reasoning: bool = False


NO_TRIMMING = Trimming()


class Forward(msgspec.Struct, frozen=True, kw_only=True):
    """A query that goes on to the model, perhaps changed."""

    trimming: Trimming = NO_TRIMMING


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """An amount to take from one meter of a subject (generic cell rate algorithm).

    Attributes:
        meter: "requests" or "tokens".
        amount: what this exchange takes; negative gives back.
        rate: refill, units per second.
        burst: most that can be taken at once.
    """

    meter: str
    amount: float
    rate: float
    burst: float


class Allowance(msgspec.Struct, frozen=True, kw_only=True):
    """What a meter answered to a charge. ``retry_after`` and ``reset`` are seconds."""

    meter: str
    allowed: bool
    limit: float
    remaining: float
    retry_after: float = 0.0
    reset: float = 0.0


class Action(Protocol):
    """What enforcement does: pure. Parameters are the fields of the frozen instance."""

    name: ClassVar[str]
    severity: ClassVar[int]

    def charges(self, glance: Glance) -> tuple[Charge, ...]:
        """Return what must be taken from shared meters before admission; () touches none."""
        ...

    def admit(self, glance: Glance, allowances: Sequence[Allowance]) -> Forward | Refuse:
        """Decide on one query, given what the meters answered."""
        ...

    def settle(self, glance: Glance, usage: Usage | None) -> tuple[Charge, ...]:
        """Return the corrections at the exchange's end; ``usage`` is None if the model served nothing."""
        ...
