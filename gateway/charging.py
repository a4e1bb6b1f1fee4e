"""Charges on their way to the meters: completed with what only the gateway knows, and turned back."""

from collections.abc import Callable, Sequence

import msgspec

from gateway.actions.base import Charge


def filled(charges: Sequence[Charge], payload: Callable[[], str]) -> Sequence[Charge]:
    """Put the payload's fingerprint where it is counted; a query that cannot be read counts as one of its own kind."""
    if not any(charge.distinct for charge in charges):
        return charges
    return [msgspec.structs.replace(c, payload=payload()) if c.distinct else c for c in charges]


def undone(charges: Sequence[Charge]) -> Sequence[Charge]:
    """Return what gives charges back, but for payloads: those were perhaps not charged, and are free from now on."""
    return [msgspec.structs.replace(charge, amount=-charge.amount) for charge in charges if not charge.distinct]
