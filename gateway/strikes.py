"""Strikes: how often a rule has been decided on a subject before, told from the decisions that were taken. Pure.

An *episode* is a decision with its renewals, up to its lapse; another rule of the same subject ends it too. What
counts are episodes that are over: the one that stands is not its own repetition, so a renewal says the same as the
decision that it renews. An episode that was lifted, by an operator or because its policy was edited, counts for
nothing: it was taken back.
"""

from collections.abc import Iterable, Mapping

from gateway.policies.judging import USUAL
from gateway.policies.ladder import strike
from gateway.stores.base import Taken


def counted(taken: Iterable[Taken], windows: Mapping[str, float], at: float) -> dict[str, int]:
    """Return strikes by their names (``Standing.strikes``).

    Args:
        taken: a subject's decisions in the order in which they were announced, renewals and lifts among them.
        windows: seconds within which a strike counts, by name; ``USUAL`` where it is not named.
        at: now, seconds since the epoch.
    """
    found: dict[str, int] = {}
    for name, until in _episodes(taken):
        if name and at - windows.get(name, USUAL) < until <= at:
            found[name] = found.get(name, 0) + 1
    return found


def _episodes(taken: Iterable[Taken]) -> list[tuple[str, float]]:
    """Return the name and the end of each episode that was not lifted; an operator's own have no name."""
    found: list[tuple[str, float]] = []
    last = ""
    for one in taken:
        name = strike(one) if one.rule else ""
        if one.id == last:  # announced again: it was lifted
            del found[-1:]
            last = ""
            continue
        if found and one.at < found[-1][1]:  # while the one before stood: its renewal, or its end
            before = found.pop()
            if before[0] != name:
                found.append((before[0], one.at))
        found.append((name, one.until))
        last = one.id
    return found
