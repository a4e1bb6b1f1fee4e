"""Whose each fingerprint is that an exchange hands in: what a table knows, and what was served within the batch.

A table is entered only once its batch has been kept, so that one that is read again finds nothing of itself. What
somebody is served and another hands in within one batch is therefore told beside the table, by the times of both.
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from detectors.base import AnswerObservation
from detectors.linkage.ledger import Entered, Table


class Deal(NamedTuple):
    """One exchange as a ledger sees it: the mark of the member that it counts for, and its observations."""

    member: int
    answer: AnswerObservation


class Holder(NamedTuple):
    """Who was served a fingerprint, the note beside it, and whether others were, too."""

    owner: int
    note: int = 0
    common: bool = False


class Passed(NamedTuple):
    """What one exchange hands in and is served, as fingerprints, and the note that goes with these."""

    deal: Deal
    handed: Sequence[int]
    served: Sequence[int]
    note: int = 0


class _Fresh(NamedTuple):
    holder: Holder
    at: float  # when it was served, seconds since the epoch


def holders(table: Table, passed: Sequence[Passed]) -> list[dict[int, Holder]]:
    """Return for each exchange, in order of their ends, who holds what it hands in; what nobody does is left out."""
    found = _kept(table, passed)
    served = {print_ for one in passed for print_ in one.served}
    within = served.intersection(chain.from_iterable([one.handed for one in passed]))
    if not within:  # nearly always: what a batch serves comes back in a later one
        return found
    fresh: dict[int, _Fresh] = {}
    for own, one in zip(found, passed, strict=True):
        for print_ in within.intersection(one.handed):
            known = fresh.get(print_)
            if known is not None and known.at <= one.deal.answer.query.at:
                own[print_] = _both(own.get(print_), known.holder)
        for print_ in within.intersection(one.served):
            known, holder = fresh.get(print_), Holder(one.deal.member, one.note)
            fresh[print_] = _Fresh(_both(known and known.holder, holder), known.at if known else one.deal.answer.at)
    return found


def enter(table: Table, passed: Sequence[Passed]) -> Entered:
    """Remember what exchanges were served."""
    counts = [len(one.served) for one in passed]
    return table.enter(
        np.array([print_ for one in passed for print_ in one.served], np.uint64),
        np.repeat(np.array([one.deal.member for one in passed], np.uint64), counts),
        np.repeat(np.array([one.note for one in passed], np.int64), counts),
        np.repeat(np.array([one.deal.answer.at for one in passed], np.float64), counts),
    )


def are_kin(one: int, other: int, kin: Mapping[int, str]) -> bool:
    """Return whether two marks are of one member, or of one group of members that the operator declared."""
    group = kin.get(one)
    return one == other or (group is not None and group == kin.get(other))


def _kept(table: Table, passed: Sequence[Passed]) -> list[dict[int, Holder]]:
    counts = [len(one.handed) for one in passed]
    handed = np.array([print_ for one in passed for print_ in one.handed], np.uint64)
    at = np.repeat(np.array([one.deal.answer.query.at for one in passed], np.float64), counts)
    owners, notes, common = table.find(handed, at)
    known = np.flatnonzero(owners)
    whose = np.repeat(np.arange(len(passed)), counts)[known].tolist()
    found: list[dict[int, Holder]] = [{} for _ in passed]
    rows = (handed[known].tolist(), owners[known].tolist(), notes[known].tolist(), common[known].tolist())
    for place, print_, *holder in zip(whose, *rows, strict=True):
        found[place][print_] = Holder(*holder)
    return found


def _both(old: Holder | None, new: Holder) -> Holder:
    return new if old is None else Holder(old.owner, old.note, old.common or new.common or old.owner != new.owner)
