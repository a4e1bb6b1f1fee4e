"""Deny: the query is refused until the decision lapses or is lifted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from gateway.actions.base import Allowance, Charge, Forward, Refuse
from gateway.exchange import Glance, Usage

_MESSAGE = "Access for this client is suspended."


@dataclass(frozen=True)
class Deny:
    """Refuse every query, with a way to complain.

    Waiting does not help, so no time is named: an SDK told to retry would only knock again.

    Attributes:
        appeal: where a refused client can complain; empty: the gateway's own address.
        cut: end its answers under way too, with an error that its SDK raises.
    """

    name: ClassVar[str] = "deny"
    severity: ClassVar[int] = 5

    appeal: str = ""
    cut: bool = False

    def charges(self, glance: Glance) -> tuple[Charge, ...]:  # noqa: ARG002 - the contract's word
        """Return no charges."""
        return ()

    def admit(self, glance: Glance, allowances: Sequence[Allowance]) -> Forward | Refuse:  # noqa: ARG002 - the same
        """Refuse."""
        return Refuse(kind="denied", message=_MESSAGE, appeal=self.appeal)

    def settle(self, glance: Glance, usage: Usage | None) -> tuple[Charge, ...]:  # noqa: ARG002 - the same
        """Return no corrections."""
        return ()
