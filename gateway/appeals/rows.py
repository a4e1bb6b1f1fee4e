"""Entitlements as a listing shows them: their state, and what is used and left in the window that runs. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from gateway.exemptions.base import Entitlement
from gateway.exemptions.index import Exemptions
from gateway.exemptions.uses import over, taken, unseal, window


class Spent(NamedTuple):
    """One number of a budget: used in this window, allowed, and left."""

    used: float
    budget: float
    left: float


class Row(NamedTuple):
    """One entitlement.

    Attributes:
        entitlement: as written.
        state: coming, open, over budget, or ended.
        spent: by the numbers that its budget names.
        window_ends: when a new window begins, seconds since the epoch.
    """

    entitlement: Entitlement
    state: str
    spent: Mapping[str, Spent]
    window_ends: float

    def builtins(self) -> dict[str, Any]:
        """Return the row as ``-o json`` prints it."""
        row: dict[str, Any] = msgspec.to_builtins(self.entitlement)
        row["subjects"] = [str(subject) for subject in self.entitlement.subjects]
        row["budget"] = {name: value for name, value in row["budget"].items() if value not in {None, float("inf")}}
        row["spent"] = {name: spent._asdict() for name, spent in self.spent.items()}
        return row | {"state": self.state, "window_ends": min(self.window_ends, self.entitlement.ends)}


def rows(exemptions: Exemptions, uses: Mapping[tuple[str, float], bytes], at: float) -> Iterator[Row]:
    """Yield a row for each entitlement, with its use by name and window, at a time in seconds since the epoch."""
    for entitlement in exemptions.entitlements:
        since, budget = window(entitlement, at), entitlement.budget
        use = unseal(uses.get((entitlement.name, since)))
        harvest = taken(use)
        numbers = {
            "exchanges": (harvest.exchanges, budget.exchanges),
            "tokens": (harvest.completion_tokens, budget.tokens),
            "traces": (harvest.traces, budget.traces),
        }
        spent = {
            name: Spent(used, allowed, max(0, allowed - used))
            for name, (used, allowed) in numbers.items()
            if allowed is not None
        }
        yield Row(entitlement, _state(entitlement, at, spent=over(use, budget)), spent, since + budget.per)


def _state(entitlement: Entitlement, at: float, *, spent: bool) -> str:
    if at < entitlement.starts:
        return "coming"
    if at >= entitlement.ends:
        return "ended"
    return "over budget" if spent else "open"
