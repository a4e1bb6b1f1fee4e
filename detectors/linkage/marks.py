"""Top lists: the values that a subject shows most often, in bounded room (Space-Saving).

A list is sorted, most used first, then by value, so that equal contents are equal lists. As long as a subject shows
no more different values than there is room for, counts are exact and merging equals folding the union. Beyond that a
newcomer takes the place of the least used and inherits its count: every count is an upper bound, too high by at most
the least count of the list (``certain`` takes it off), and no value of more than a share 1/most is ever missed.

References:
    Metwally, Agrawal, El Abbadi 2005, "Efficient computation of frequent and top-k elements in data streams".
    Agarwal, Cormode, Huang, Phillips, Wei, Yi 2012, "Mergeable summaries": the merge, and its bound.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from detectors.linkage.base import Mark

_LARGEST: Final = 2**64 - 1


class _Run(NamedTuple):
    """The same value, so many times on end."""

    value: int
    shown: int
    first_at: float
    last_at: float


def counted(marks: tuple[Mark, ...], values: Sequence[int], times: Sequence[float], most: int) -> tuple[Mark, ...]:
    """Return the list after values shown at times (seconds since the epoch); 0 is no value.

    Example:
        >>> [(mark.value, mark.count) for mark in counted((), [7, 7, 0, 5], [1.0, 2.0, 3.0, 4.0], 6)]
        [(7, 2), (5, 1)]
    """
    held: dict[int, Mark] = {}
    for run in _runs(values, times):
        if not held:
            held = {mark.value: mark for mark in marks}
        _count(held, run, most)
    return _sorted(held) if held else marks


def united(a: tuple[Mark, ...], b: tuple[Mark, ...], most: int) -> tuple[Mark, ...]:
    """Return the list of both subjects as one."""
    if not a or not b:
        return a or b
    # What is missing in a full list may have been shown as often as the least that is in it.
    unseen_a, unseen_b = _unseen(a, most), _unseen(b, most)
    ours, theirs = {mark.value: mark for mark in a}, {mark.value: mark for mark in b}
    held = {}
    for value in {**ours, **theirs}:
        mine, other = ours.get(value), theirs.get(value)
        if mine and other:
            first, last = min(mine.first_at, other.first_at), max(mine.last_at, other.last_at)
            held[value] = Mark(value, mine.count + other.count, first, last)
        elif mine:
            held[value] = Mark(value, mine.count + unseen_b, mine.first_at, mine.last_at)
        elif other:
            held[value] = Mark(value, other.count + unseen_a, other.first_at, other.last_at)
    return _sorted(held)[:most]


def certain(marks: tuple[Mark, ...], most: int) -> dict[int, int]:
    """Return by value how often at least it was shown; values that may have come in by chance are left out.

    Example:
        >>> certain(counted((), [1] * 9 + [2, 3, 4], [0.0] * 12, 2), 2)
        {1: 6}
    """
    unseen = _unseen(marks, most)
    return {mark.value: mark.count - unseen for mark in marks if mark.count > unseen}


def _runs(values: Sequence[int], times: Sequence[float]) -> Iterator[_Run]:
    first = values[0] if values else 0
    if values.count(first) == len(values):  # a client's network or software seldom changes within a batch
        if first:
            yield _Run(first & _LARGEST or 1, len(values), min(times), max(times))
        return
    place = 0
    for value, same in groupby(values):
        count = len(list(same))
        own = times[place : place + count]
        place += count
        if value:
            yield _Run(value & _LARGEST or 1, count, min(own), max(own))


def _count(held: dict[int, Mark], run: _Run, most: int) -> None:
    value, count, first_at, last_at = run
    known = held.get(value)
    if known is not None:
        first_at = min(first_at, known.first_at)
        last_at = max(last_at, known.last_at)
        count += known.count
    elif len(held) >= most:
        least = min(held.values(), key=_standing)
        count += least.count
        del held[least.value]
    held[value] = Mark(value, count, first_at, last_at)


def _standing(mark: Mark) -> tuple[int, float, int]:
    return mark.count, mark.last_at, mark.value


def _sorted(held: dict[int, Mark]) -> tuple[Mark, ...]:
    if len(held) == 1:
        return tuple(held.values())
    return tuple(sorted(held.values(), key=_order))


def _order(mark: Mark) -> tuple[int, int]:
    return -mark.count, mark.value


def _unseen(marks: tuple[Mark, ...], most: int) -> int:
    return marks[-1].count if len(marks) >= most else 0
