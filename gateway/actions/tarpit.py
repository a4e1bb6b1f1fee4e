"""Tarpit: answers come late and slowly; a harvest takes longer, and a person hardly notices.

Waiting is a timer on the event loop: it costs the gateway memory for one exchange, no worker and no connection to the
model before the query goes out. How many wait at once is bounded; one more is throttled, denied or passed on.
Whoever hangs up stops waiting at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from gateway.actions.base import Allowance, Charge, Delay, Forward, Refuse
from gateway.exchange import Glance, Usage

_LONGEST_BEFORE = 60.0  # seconds; SDKs give up on a silent server in minutes, and then ask again
_LONGEST_BETWEEN = 5.0
_LONGEST = 600.0


@dataclass(frozen=True)
class Tarpit:
    """Keep a client waiting.

    Attributes:
        before: seconds before its query goes to the model, at most 60.
        between: seconds before each further piece of a streamed answer, at most 5.
        most: seconds in all, at most 600.
        seats: most exchanges that one proxy process keeps waiting at once.
        when_full: what is done to one more: throttle, deny or pass.
    """

    name: ClassVar[str] = "tarpit"
    severity: ClassVar[int] = 3

    before: float = 5
    between: float = 0
    most: float = 60
    seats: int = 100
    when_full: Literal["pass", "throttle", "deny"] = "throttle"

    def __post_init__(self) -> None:
        for field, longest in (("before", _LONGEST_BEFORE), ("between", _LONGEST_BETWEEN), ("most", _LONGEST)):
            if not 0 <= getattr(self, field) <= longest:
                raise ValueError(f"{field}: 0 to {longest:g} seconds")
        if not (self.before or self.between) or not self.most:
            raise ValueError("before: this keeps nobody waiting; name before or between, and most")
        if self.seats < 1:
            raise ValueError("seats: 1 or more")

    def charges(self, glance: Glance) -> tuple[Charge, ...]:  # noqa: ARG002 - the contract's word
        """Return no charges."""
        return ()

    def admit(self, glance: Glance, allowances: Sequence[Allowance]) -> Forward | Refuse:  # noqa: ARG002 - the same
        """Forward, with the delay."""
        delay = Delay(
            before=min(self.before, self.most),
            between=self.between,
            most=self.most,
            seats=self.seats,
            when_full=self.when_full,
        )
        return Forward(delay=delay)

    def settle(self, glance: Glance, usage: Usage | None) -> tuple[Charge, ...]:  # noqa: ARG002 - the same
        """Return no corrections."""
        return ()
