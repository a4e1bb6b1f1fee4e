"""The onset of a group: who showed what it shares before the others did was copied, and is not bound by it."""

import math
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from detectors.linkage.base import Facts, Id, Imprint, Mark
from detectors.linkage.customers import customer

UNKNOWN: Final[Mapping[Id, Facts]] = MappingProxyType({})
AHEAD: Final = 3 * 86_400.0  # seconds before the onset from which on a subject was there first: copying takes less
EARLY: Final = 0.05  # of the members who have the mark, by which time the group has begun
FEW: Final = 2  # members at least who may have been there before the onset: one who is copied, and a colleague
COMMON: Final = 0.1  # of the members, from which on a mark is the group's own


def first(imprints: Mapping[Id, Imprint], facts: Mapping[Id, Facts] = UNKNOWN) -> set[Id]:
    """Return those who were there first: ``AHEAD`` of the onset, the time by which ``EARLY`` of the others were.

    Marks can be copied; time cannot. Whoever frames an innocent shows the innocent's scaffold after the innocent did.
    Who comes from one network, or is of one kin, counts once: a firm with ten accounts is copied as one is with one.
    For each mark of content that a tenth of the members share, times are those of the mark; who has none of these is
    taken by its most used scaffold, or its first exchange: payloads and paraphrases have no times of their own.
    """
    holders: dict[int, dict[Id, float]] = {}
    for one, imprint in imprints.items():
        for mark in _content(imprint):
            holders.setdefault(mark.value, {})[one] = mark.first_at
    least = max(FEW + 1, math.ceil(COMMON * len(imprints)))
    shared = [times for times in holders.values() if len(times) >= least]
    covered = {one for times in shared for one in times}
    if len(covered) < len(imprints):
        shared.append({one: _began(imprint) for one, imprint in imprints.items()})
    whose = {one: customer(one, imprint, facts) for one, imprint in imprints.items()}
    return {one for times in shared for one in _ahead(times, whose)}


def _ahead(times: Mapping[Id, float], whose: Mapping[Id, str]) -> Iterator[Id]:
    """Yield those who are ahead of the onset of one mark, or of the group."""
    began: dict[str, float] = {}
    for one, at in times.items():
        began[whose[one]] = min(at, began.get(whose[one], at))
    early = max(FEW, math.ceil(EARLY * len(began)))
    if len(began) <= early:
        return
    onset = sorted(began.values())[early]
    yield from (one for one, at in times.items() if at <= onset - AHEAD)


def _content(imprint: Imprint) -> tuple[Mark, ...]:
    return (*imprint.scaffolds, *imprint.openings)


def _began(imprint: Imprint) -> float:
    return imprint.scaffolds[0].first_at if imprint.scaffolds else imprint.first_at
