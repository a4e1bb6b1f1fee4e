"""What an action is, and the effects that it returns as data. The proxy carries them out."""

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Protocol, TypeAlias

import msgspec

from gateway.exchange import Glance, Usage

RefusalKind: TypeAlias = Literal[
    "throttled",  # 429
    "denied",  # 403
    "unverified",  # 403, and a way to change it: the client says who it is and what for
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
    "unverified": 403,
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
        limit, remaining, reset, window: of the meter that ran out (units or seconds), -1 if none.
        verify: the link by which the client may lift this; the gate signs it where ``lasts`` asks for one.
        lasts: seconds until that link expires; 0: there is none.
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
    window: float = -1.0
    verify: str = ""
    lasts: float = 0.0


class Blurring(msgspec.Struct, frozen=True, kw_only=True):
    """How much coarser log-probabilities and embeddings become. Nothing by default.

    Attributes:
        digits: decimals kept of a log-probability; -1 leaves them.
        noise: most that a log-probability moves, nats; 0 leaves it.
        embedding_digits: decimals kept of a coordinate; -1 leaves them.
        embedding_noise: length of what is added to a vector, as a share of its own length; 0 adds nothing.
        key: secret that the noise depends on; the gate puts it in, so that no decision holds it.
    """

    digits: int = -1
    noise: float = 0.0
    embedding_digits: int = -1
    embedding_noise: float = 0.0
    key: bytes = b""


class Trimming(msgspec.Struct, frozen=True, kw_only=True):
    """What is taken out of a query and its answer, or changed in them. Nothing by default.

    Wherever it stands, log-probabilities are not given together with a logit_bias: a bias that moves them reads the
    model's whole distribution, token by token.

    Attributes:
        logprobs: take out log-probabilities, and logit_bias with them.
        alternatives: most log-probabilities for one place in the text; 0 leaves them.
        samples: most answers to one query; 0 leaves it.
        max_tokens: cap on the answer, tokens; 0 leaves it.
        reasoning: take out reasoning, shown or encrypted.
        reasoning_budget: cap on thinking, tokens; 0 leaves it.
        reasoning_excerpt: characters at the start of reasoning that stay where it is taken out.
        blur: how much coarser numbers become.
        model: name to ask the model by, instead of the client's; empty leaves it.
        model_shown: name to show in answers; empty leaves what the model says.
        members: members to set in the query, by name: for the model server's own extensions.
    """

    logprobs: bool = False
    alternatives: int = 0
    samples: int = 0
    max_tokens: int = 0
    reasoning: bool = False
    reasoning_budget: int = 0
    reasoning_excerpt: int = 0
    blur: Blurring | None = None
    model: str = ""
    model_shown: str = ""
    members: dict[str, Any] = {}


NO_TRIMMING = Trimming()


class Delay(msgspec.Struct, frozen=True, kw_only=True):
    """How long an exchange is kept waiting, without a worker of the gateway's.

    Attributes:
        before: seconds before the query goes out to the model.
        between: seconds before each further piece of a stream.
        most: seconds in all.
        seats: most exchanges that one proxy process keeps waiting at once.
        when_full: what happens to one more: pass it on undelayed, throttle it (429) or deny it (403).
    """

    before: float = 0.0
    between: float = 0.0
    most: float = 60.0
    seats: int = 100
    when_full: Literal["pass", "throttle", "deny"] = "throttle"


class Forward(msgspec.Struct, frozen=True, kw_only=True):
    """A query that goes on to the model, perhaps changed.

    Attributes:
        trimming: what is taken out or changed.
        tags: headers for the model and for the log, never for the client.
        route: name of the route to take, instead of the one that the query would; empty leaves it.
        delay: how long it is kept waiting.
        told: what the meters answered, as far as the client is told.
    """

    trimming: Trimming = NO_TRIMMING
    tags: tuple[tuple[str, str], ...] = ()
    route: str = ""
    delay: Delay | None = None
    told: tuple["Allowance", ...] = ()


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """An amount to take from one meter of a subject (generic cell rate algorithm).

    Attributes:
        meter: "requests", "tokens" (of answers), "input_tokens", "slots" or "payloads".
        amount: what this exchange takes; negative gives back.
        rate: refill, units per second.
        burst: most that can be taken at once.
        lease: seconds after which slots that nobody gave back are free again; 0: this meter refills instead.
        distinct: taken only for a payload that was not seen within the meter's span.
        payload: its fingerprint; the gate puts it in.
    """

    meter: str
    amount: float
    rate: float
    burst: float
    lease: float = 0.0
    distinct: bool = False
    payload: str = ""


class Allowance(msgspec.Struct, frozen=True, kw_only=True):
    """What a meter answered to a charge. ``retry_after``, ``reset`` and ``window`` (0: unknown) are seconds."""

    meter: str
    allowed: bool
    limit: float
    remaining: float
    retry_after: float = 0.0
    reset: float = 0.0
    window: float = 0.0


class Action(Protocol):
    """What enforcement does: pure. Parameters are the fields of the frozen instance.

    An action may say ``constant = True`` of its class: it charges nothing and does the same to every query, so that
    it need be asked only once a decision.
    """

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
