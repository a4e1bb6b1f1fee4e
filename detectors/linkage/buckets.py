"""Composite buckets: subjects that share two rare marks of different sides, more of them than chance explains.

A bucket binds if what its two marks say together reaches the threshold of a pair, and if so many in it are a surprise
among all subjects, after paying for every bucket that there is. No pair of subjects is ever looked at: the cost is
linear in subjects times marks.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from detectors.linkage.surprise import surprises
from detectors.linkage.table import Prints, Whole

Floats = npt.NDArray[np.float64]

SURE: Final = 4.6  # nats left after the price of looking everywhere: one chance bucket in a hundred passes


class Marks(NamedTuple):
    """The different marks that several nodes show, and who shows them.

    Attributes:
        kinds, values: of each mark.
        sides: which family of evidence it is of, as a number.
        weights: nats.
        shared: nodes that show it.
        nodes, marks: one entry for each node and mark that it shows, by node, then by mark.
    """

    kinds: Whole
    values: Prints
    sides: Whole
    weights: Floats
    shared: Whole
    nodes: Whole
    marks: Whole


class Bindings(NamedTuple):
    """Who is bound by which mark: one entry each for a node and the heavier mark of a bucket that binds it."""

    nodes: Whole
    anchors: Whole


def bindings(marks: Marks, trials: int, looked: float, threshold: float) -> Bindings:
    """Return who is bound by which anchor: the heavier mark of each bucket that is rare and surprising.

    Args:
        marks: by order of nodes.
        trials: nodes that could be in a bucket.
        looked: buckets that there are, those of one node included.
        threshold: nats that two marks must say together.
    """
    nodes, heavier, lighter = _pairs(marks, threshold)
    if not len(nodes):
        return Bindings(nodes, heavier)
    keys = heavier * len(marks.weights) + lighter
    order = np.argsort(keys, kind="stable")
    keys, nodes, heavier, lighter = keys[order], nodes[order], heavier[order], lighter[order]
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    counts = np.diff(starts, append=len(keys))
    rates = np.exp(-marks.weights[heavier[starts]] - marks.weights[lighter[starts]])
    bound = (counts > 1) & (surprises(trials, rates, counts, looked) >= SURE)
    chosen = np.repeat(bound, counts)
    both = np.unique(nodes[chosen] * len(marks.weights) + heavier[chosen])
    return Bindings(both // len(marks.weights), both % len(marks.weights))


def _pairs(marks: Marks, threshold: float) -> tuple[Whole, Whole, Whole]:
    """Return node, heavier and lighter mark of each two marks of a node that differ in side and reach the threshold."""
    found = list(_pairs_apart(marks, threshold))
    if not found:
        nothing = np.zeros(0, np.int64)
        return nothing, nothing, nothing
    nodes, ones, others = (np.concatenate(column) for column in zip(*found, strict=True))
    # of equal weight, the lower number is the anchor: marks are numbered by kind, content first
    swap = (marks.weights[others] > marks.weights[ones]) | (
        (marks.weights[others] == marks.weights[ones]) & (others < ones)
    )
    return nodes, np.where(swap, others, ones), np.where(swap, ones, others)


def _pairs_apart(marks: Marks, threshold: float) -> Iterator[tuple[Whole, Whole, Whole]]:
    """Yield the same by how far apart the two stand in their node's list."""
    weights, sides = marks.weights[marks.marks], marks.sides[marks.marks]
    apart, same = 1, np.zeros(0, np.int64)
    while True:
        same = np.flatnonzero(marks.nodes[:-apart] == marks.nodes[apart:])
        if not len(same):
            return
        fits = (weights[same] + weights[same + apart] >= threshold) & (sides[same] != sides[same + apart])
        first = same[fits]
        yield marks.nodes[first], marks.marks[first], marks.marks[first + apart]
        apart += 1


def looks(nodes: Whole, sides: Whole, how_many: int) -> float:
    """Return how many composite buckets there could be: pairs of marks of different sides, summed over nodes."""
    if not len(nodes):
        return 1.0
    width = int(sides.max()) + 1
    table = np.bincount(nodes * width + sides, minlength=how_many * width).reshape(-1, width).astype(np.float64)
    pairs = (table.sum(axis=1) ** 2 - (table**2).sum(axis=1)) / 2.0
    return max(1.0, float(pairs.sum()))
