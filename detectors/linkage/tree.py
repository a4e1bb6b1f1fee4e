"""The ties that hold a group together, each with its reasons: a tree, heaviest ties first (Kruskal 1956).

A cast of a thousand is held together by its first node: between two of them lies whatever both share.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from detectors.linkage.base import Reason
from detectors.linkage.buckets import Marks
from detectors.linkage.nets import Tie, head
from detectors.linkage.table import KINDS

MOST_REASONS: Final = 12  # of a link or group that are kept, heaviest first


class Edge(NamedTuple):
    """A tie between two nodes, the lower first, with its reasons, heaviest first; weight in nats."""

    weight: float
    one: int
    other: int
    reasons: tuple[Reason, ...]


class Sharing:
    """What nodes share."""

    def __init__(self, marks: Marks, nodes: int) -> None:
        self._marks = marks
        self._begins = np.searchsorted(marks.nodes, np.arange(nodes + 1))

    def of(self, node: int) -> set[int]:
        """Return the marks of a node, by number."""
        return set(self._marks.marks[self._begins[node] : self._begins[node + 1]].tolist())

    def edge(self, one: int, other: int, tie: Reason | None = None) -> Edge:
        """Return the tie between two nodes: all that both show, and what one handed in of the other's."""
        one, other = sorted((one, other))
        common = self.of(one) & self.of(other)
        reasons = self.reasons([(mark, int(self._marks.shared[mark])) for mark in common])
        if tie:
            reasons = (tie, *reasons)
        return Edge(self.weight(common) + (tie.weight if tie else 0.0), one, other, reasons)

    def weight(self, marks: Iterable[int]) -> float:
        """Return what marks say together, nats: of each side the heaviest, as those of one side say nearly the same."""
        heaviest: dict[int, float] = {}
        for mark in marks:
            side, weight = int(self._marks.sides[mark]), float(self._marks.weights[mark])
            heaviest[side] = max(weight, heaviest.get(side, 0.0))
        return round(sum(sorted(heaviest.values())), 9)

    def reasons(self, counted: Iterable[tuple[int, int]]) -> tuple[Reason, ...]:
        """Return marks, each with how many share it, as reasons, heaviest first."""
        marks = self._marks
        found = [
            (-float(marks.weights[mark]), mark, shared)
            for mark, shared in counted
        ]  # fmt: skip
        return tuple(
            [
                Reason(KINDS[marks.kinds[mark]], int(marks.values[mark]), -weight, shared)
                for weight, mark, shared in sorted(found)[:MOST_REASONS]
            ]
        )

    def common(self, nodes: Sequence[int]) -> tuple[Reason, ...]:
        """Return what at least half of the nodes share, with how many of them do, heaviest first."""
        held = np.concatenate([self._marks.marks[self._begins[node] : self._begins[node + 1]] for node in nodes])
        marks, counts = np.unique(held, return_counts=True)
        most = 2 * counts >= len(nodes)
        return self.reasons(zip(marks[most].tolist(), counts[most].tolist(), strict=True))


def trees(
    nodes: Sequence[int], casts: Iterable[Sequence[int]], ties: Iterable[Tie], sharing: Sharing
) -> Iterator[tuple[list[int], list[Edge]]]:
    """Yield the connected parts of a group, each with the tree that holds it together.

    Args:
        nodes: of the group.
        casts: who is bound by one mark, strongest cast first; nodes outside the group are passed over.
        ties: direct ones.
        sharing: what nodes share.
    """
    inside, heads = set(nodes), dict[int, int]()
    chosen: list[Edge] = []
    for edges in _stars(inside, casts, ties, sharing, heads):
        for edge in sorted(edges, key=lambda edge: (-edge.weight, edge.one, edge.other)):
            one, other = head(heads, edge.one), head(heads, edge.other)
            if one != other:
                heads[max(one, other)] = min(one, other)
                chosen.append(edge)
    parts: dict[int, tuple[list[int], list[Edge]]] = {}
    for node in sorted(inside):
        parts.setdefault(head(heads, node), ([], []))[0].append(node)
    for edge in chosen:
        parts[head(heads, edge.one)][1].append(edge)
    for members, held in parts.values():
        if held:
            yield members, held


def _stars(
    inside: set[int], casts: Iterable[Sequence[int]], ties: Iterable[Tie], sharing: Sharing, heads: dict[int, int]
) -> Iterator[list[Edge]]:
    """Yield the direct ties, then of each cast those from its first node to all that do not hang together with it."""
    yield [
        sharing.edge(tie.presenter, tie.source, tie.reason)
        for tie in ties
        if tie.presenter in inside and tie.source in inside
    ]
    for cast in casts:
        held = sorted(inside.intersection(cast))
        first = head(heads, held[0]) if held else 0
        yield [sharing.edge(held[0], node) for node in held if head(heads, node) != first]
