"""Verify: the client says who it is and what for, with its own key, and a person decides.

No puzzle: every client of an API is a program, and a puzzle only tells who has a solver. The refusal carries a link
that is signed and expires; whoever holds the key that was refused can say there, by hand or by program, who asks and
what for. The operator approves, on the command line or through a webhook, and the decision ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from gateway.actions.base import Allowance, Charge, Forward, Refuse
from gateway.exchange import Glance, Usage

_MESSAGE = "Access for this client is paused until its use is confirmed."
_HOUR = 3600.0  # seconds


@dataclass(frozen=True)
class Verify:
    """Refuse every query until its use is confirmed.

    Attributes:
        link_hours: how long the link in a refusal is good; each refusal carries a new one.
        appeal: where a refused client can complain; empty: the gateway's own address.
    """

    name: ClassVar[str] = "verify"
    severity: ClassVar[int] = 4

    link_hours: float = 24
    appeal: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.link_hours <= 24 * 30:
            raise ValueError("link_hours: more than 0, at most 720")

    def charges(self, glance: Glance) -> tuple[Charge, ...]:  # noqa: ARG002 - the contract's word
        """Return no charges."""
        return ()

    def admit(self, glance: Glance, allowances: Sequence[Allowance]) -> Forward | Refuse:  # noqa: ARG002 - the same
        """Refuse, with a link."""
        return Refuse(kind="unverified", message=_MESSAGE, appeal=self.appeal, lasts=self.link_hours * _HOUR)

    def settle(self, glance: Glance, usage: Usage | None) -> tuple[Charge, ...]:  # noqa: ARG002 - the same
        """Return no corrections."""
        return ()
