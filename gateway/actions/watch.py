"""Watch: the query goes on untouched; the decision itself is the record."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from gateway.actions.base import Allowance, Charge, Forward, Refuse
from gateway.exchange import Glance, Usage

_UNTOUCHED = Forward()


@dataclass(frozen=True)
class Watch:
    """Nothing is changed; listings, metrics and the decision log show that the subject is looked at."""

    name: ClassVar[str] = "watch"
    constant: ClassVar[bool] = True
    severity: ClassVar[int] = 1

    def charges(self, glance: Glance) -> tuple[Charge, ...]:  # noqa: ARG002 - the contract's word
        """Return no charges."""
        return ()

    def admit(self, glance: Glance, allowances: Sequence[Allowance]) -> Forward | Refuse:  # noqa: ARG002 - the same
        """Forward as it came."""
        return _UNTOUCHED

    def settle(self, glance: Glance, usage: Usage | None) -> tuple[Charge, ...]:  # noqa: ARG002 - the same
        """Return no corrections."""
        return ()
