"""Top lists: the values that a subject shows most often, in bounded room (Space-Saving).

A list is sorted, most used first, then newest, so that equal contents are equal lists. As long as a subject shows
no more different values than there is room for, counts are exact and merging equals folding the union. Beyond that a
newcomer takes the place of the least used and inherits its count: every count is an upper bound, too high by at most
the least count of the list (``certain`` takes it off), and no value of more than a share 1/most is ever missed.

References:
    Metwally, Agrawal, El Abbadi 2005, "Efficient computation of frequent and top-k elements in data streams".
    Agarwal, Cormode, Huang, Phillips, Wei, Yi 2012, "Mergeable summaries": the merge, and its bound.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from detectors.linkage.base import Mark

_LARGEST: Final = 2**64 - 1


def counted(marks: tuple[Mark, ...], values: Sequence[int], times: Sequence[float], most: int) -> tuple[Mark, ...]:
    """Return the list after values shown at times (seconds since the epoch); 0 is no value.

    Example:
        >>> [(mark.value, mark.count) for mark in counted((), [7, 7, 0, 5], [1.0, 2.0, 3.0, 4.0], 6)]
        [(7, 2), (5, 1)]
    """
    value = values[0] if values else 0
    if values.count(value) == len(values):  # a client's network or software seldom changes within a batch
        return _again(marks, value & _LARGEST or 1, times, most) if value else marks
    held, place = list(marks), 0
    for value, same in groupby(values):
        shown = len(list(same))
        own = times[place : place + shown]
        place += shown
        if value:
            _count(held, Mark(value & _LARGEST or 1, shown, min(own), max(own)), most)
    return tuple(held)


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
            held[value] = _both(mine, other)
        elif mine:
            held[value] = Mark(value, mine.count + unseen_b, mine.first_at, mine.last_at)
        elif other:
            held[value] = Mark(value, other.count + unseen_a, other.first_at, other.last_at)
    return tuple(sorted(held.values(), key=_order)[:most])


def certain(marks: tuple[Mark, ...], most: int) -> dict[int, int]:
    """Return by value how often at least it was shown; values that may have come in by chance are left out.

    Example:
        >>> certain(counted((), [1] * 9 + [2, 3, 4], [0.0] * 12, 2), 2)
        {1: 6}
    """
    unseen = _unseen(marks, most)
    return {mark.value: mark.count - unseen for mark in marks if mark.count > unseen}


def _again(marks: tuple[Mark, ...], value: int, times: Sequence[float], most: int) -> tuple[Mark, ...]:
    """Return the list after one value at several times; mostly it is the one that leads the list."""
    first, last = (times[0], times[0]) if len(times) == 1 else (min(times), max(times))
    if marks and marks[0].value == value:
        lead = marks[0]
        first_at = first if first < lead.first_at else lead.first_at  # noqa: FURB136 - a third of the time of min()
        last_at = last if last > lead.last_at else lead.last_at  # noqa: FURB136
        return Mark(value, lead.count + len(times), first_at, last_at), *marks[1:]
    held = list(marks)
    _count(held, Mark(value, len(times), first, last), most)
    return tuple(held)


def _count(held: list[Mark], shown: Mark, most: int) -> None:
    """Put a value shown so often on end into its place in the list."""
    place, value = 0, shown.value
    for place, known in enumerate(held):
        if known.value == value:
            shown = _both(known, shown)
            del held[place]
            break
    else:
        place = len(held)
        if place >= most:
            shown = Mark(value, held.pop().count + shown.count, shown.first_at, shown.last_at)
            place -= 1
    while place and _order(shown) < _order(held[place - 1]):
        place -= 1
    held.insert(place, shown)


def _both(a: Mark, b: Mark) -> Mark:
    return Mark(a.value, a.count + b.count, min(a.first_at, b.first_at), max(a.last_at, b.last_at))


def _order(mark: Mark) -> tuple[int, float, int]:
    return -mark.count, -mark.last_at, mark.value


def _unseen(marks: tuple[Mark, ...], most: int) -> int:
    return marks[-1].count if len(marks) >= most else 0
