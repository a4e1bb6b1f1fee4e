"""Composite buckets: subjects that share two rare marks of different sides, more of them than chance explains.

A bucket binds if what its two marks say together reaches the threshold of a pair, and if so many in it are a surprise
among all subjects, after paying for every bucket that there is. No pair of subjects is ever looked at: the cost is
linear in subjects times marks.

A campaign shapes the averages of the platform that it is on, so what it shares of content is weighed by the census
alone. A bucket without content gets no more than the platform's averages allow: there is no census of the networks and
habits that an installation has yet to meet, and an office that shares an SDK is no campaign.

Software and pace together make a manner, a mark of its own side, so that three sides of which none is rare enough for
two can bind too: a manner and a network, a manner and a day of sign-up, a manner and a wording.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from detectors.linkage.shown import Side
from detectors.linkage.surprise import surprises
from detectors.linkage.table import NUMBER, Prints, Whole, different

Floats: TypeAlias = npt.NDArray[np.float64]

SURE: Final = 4.6  # nats left after the price of looking everywhere: one chance bucket in a hundred passes
MOST: Final = 10  # marks of one side of a node that make buckets: bounds memory when all share all they can
SIDE_NUMBER: Final[dict[Side, int]] = {"content": 0, "identity": 1, "interface": 2, "timing": 3}
_CONTENT, _IDENTITY, _INTERFACE, _TIMING, _MANNER = range(5)
_APART: Final = np.zeros((5, 5), np.bool_)  # sides whose marks make a bucket
_APART[:4, :4] = ~np.eye(4, dtype=np.bool_)
_APART[_MANNER, :2] = _APART[:2, _MANNER] = True
_BOTH: Final = np.zeros((5, 5), np.bool_)  # sides whose marks make a manner
_BOTH[_INTERFACE, _TIMING] = _BOTH[_TIMING, _INTERFACE] = True


class Marks(NamedTuple):
    """The different marks that several nodes show, and who shows them.

    Attributes:
        kinds, values: of each mark; numbered by kind, then by value.
        sides: which family of evidence it is of, as a number.
        weights: under the census, nats.
        lesser: the same, or what the mark is worth on this platform, log(M/df), if that is less.
        shared: nodes that show it.
        nodes, marks: one entry for each node and mark that it shows, by node, then by mark.
    """

    kinds: Whole
    values: Prints
    sides: Whole
    weights: Floats
    lesser: Floats
    shared: Whole
    nodes: Whole
    marks: Whole


class Bindings(NamedTuple):
    """Who is bound by what: one entry each for a node and a mark, with the mark's kind, value and weight (nats)."""

    nodes: Whole
    kinds: Whole
    values: Prints
    weights: Floats


class _Pairs(NamedTuple):
    """Two marks of one node, the lower number first."""

    nodes: Whole
    ones: Whole
    others: Whole


def bindings(marks: Marks, trials: int, looked: float, threshold: float) -> Bindings:
    """Return who is bound by which anchor: of each bucket that is rare and surprising, its mark of content.

    Where a bucket has none, the heavier mark is its anchor.

    Args:
        marks: of all nodes.
        trials: nodes that could be in a bucket.
        looked: buckets that there are, those of one node included.
        threshold: nats that two marks must say together.
    """
    marks = _with_manners(_trimmed(marks))
    pairs = _surprising(marks, _pairs(marks, _APART, threshold), trials, looked)
    content = marks.sides[pairs.ones] == _CONTENT
    heavier = content | (marks.weights[pairs.ones] >= marks.weights[pairs.others])
    anchors = np.where(heavier, pairs.ones, pairs.others)
    both = different(pairs.nodes * len(marks.weights) + anchors)
    nodes, anchors = both // max(1, len(marks.weights)), both % max(1, len(marks.weights))
    return Bindings(nodes, marks.kinds[anchors], marks.values[anchors], marks.weights[anchors])


def looks(nodes: Whole, sides: Whole, how_many: int) -> float:
    """Return how many composite buckets there could be: pairs of marks of different sides, summed over nodes.

    With manners there are up to thrice as many; that is paid for too.
    """
    if not len(nodes):
        return 1.0
    table = np.bincount(nodes * 4 + sides, minlength=how_many * 4).reshape(-1, 4).astype(np.float64)
    pairs = (table.sum(axis=1) ** 2 - (table**2).sum(axis=1)) / 2.0
    manners = table[:, _INTERFACE] * table[:, _TIMING] * (table[:, _CONTENT] + table[:, _IDENTITY])
    return max(1.0, float((pairs + manners).sum()))


def _surprising(marks: Marks, pairs: _Pairs, trials: int, looked: float) -> _Pairs:
    """Return those pairs of which so many nodes have the same that chance does not explain it."""
    keys = pairs.ones * len(marks.weights) + pairs.others
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
    counts = np.diff(starts, append=len(keys))
    rates = np.exp(-_together(marks, pairs.ones[order[starts]], pairs.others[order[starts]]))
    bound = (counts > 1) & (surprises(trials, rates, counts, looked) >= SURE)
    chosen = order[np.repeat(bound, counts)]
    return _Pairs(*(column[chosen] for column in pairs))


def _together(marks: Marks, ones: Whole, others: Whole) -> Floats:
    """Return what two marks say together, nats."""
    content = (marks.sides[ones] == _CONTENT) | (marks.sides[others] == _CONTENT)
    found: Floats = np.where(
        content, marks.weights[ones] + marks.weights[others], marks.lesser[ones] + marks.lesser[others]
    )
    return found


def _pairs(marks: Marks, fits: npt.NDArray[np.bool_], threshold: float) -> _Pairs:
    """Return each two marks of a node whose sides fit and that reach the threshold together."""
    found = list(_pairs_apart(marks, fits, threshold))
    nothing = np.zeros(0, np.int64)
    return _Pairs(*(np.concatenate([nothing, *(pairs[column] for pairs in found)]) for column in range(3)))


def _pairs_apart(marks: Marks, fits: npt.NDArray[np.bool_], threshold: float) -> Iterator[_Pairs]:
    """Yield the same by how far apart the two stand in their node's list."""
    sides = marks.sides[marks.marks]
    for apart in range(1, len(marks.nodes)):
        same = np.flatnonzero(marks.nodes[:-apart] == marks.nodes[apart:])
        if not len(same):
            return
        same = same[fits[sides[same], sides[same + apart]]]
        same = same[_together(marks, marks.marks[same], marks.marks[same + apart]) >= threshold]
        yield _Pairs(marks.nodes[same], marks.marks[same], marks.marks[same + apart])


def _trimmed(marks: Marks) -> Marks:
    """Return the marks with no more entries than MOST of each node and side, the heaviest ones."""
    sides = marks.nodes * 4 + marks.sides[marks.marks]
    order = np.lexsort((marks.marks, -marks.weights[marks.marks], sides))
    starts = np.flatnonzero(np.diff(sides[order], prepend=-1))
    place = np.arange(len(order)) - np.repeat(starts, np.diff(starts, append=len(order)))
    kept = np.sort(order[place < MOST])
    return marks._replace(nodes=marks.nodes[kept], marks=marks.marks[kept])


def _with_manners(marks: Marks) -> Marks:
    """Return the marks, and after them the manners: each software that a node shows with each of its paces."""
    pairs = _pairs(marks, _BOTH, 0.0)
    keys, places = np.unique(pairs.ones * len(marks.weights) + pairs.others, return_inverse=True)
    ones, others = keys // max(1, len(marks.weights)), keys % max(1, len(marks.weights))
    odd = np.uint64(0x9E3779B97F4A7C15)
    nodes = np.concatenate([marks.nodes, pairs.nodes])
    numbers = np.concatenate([marks.marks, len(marks.weights) + places])
    order = np.lexsort((numbers, nodes))
    return Marks(
        np.concatenate([marks.kinds, np.full(len(keys), NUMBER["pace"])]),
        np.concatenate([marks.values, marks.values[ones] * odd ^ marks.values[others]]),
        np.concatenate([marks.sides, np.full(len(keys), _MANNER)]),
        np.concatenate([marks.weights, marks.weights[ones] + marks.weights[others]]),
        np.concatenate([marks.lesser, marks.lesser[ones] + marks.lesser[others]]),
        np.concatenate([marks.shared, np.bincount(places, minlength=len(keys))]),
        nodes[order],
        numbers[order],
    )
