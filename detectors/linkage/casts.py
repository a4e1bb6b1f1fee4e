"""Casts: the nodes that one mark, or a net of direct ties, binds; and which casts are one group.

Casts overlap: a pool rotates three prompts, a student is of two classes. A cast joins an earlier one (heavier, then
larger) if half of its own nodes are in it, and it joins at most one, that with which it shares most. So nothing
chains: a weak cast that touches two strong ones stays by itself or goes to one of them. A node of several groups
then belongs to that to which its casts bind it most, by weight, then by the size of the largest.
"""

from typing import Final, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from detectors.linkage.buckets import Floats
from detectors.linkage.table import Whole

JOINS: Final = 0.5  # of a cast's nodes that must be in another for them to be one group
EVEN: Final = 1e-9  # nats: weights within it are equal


class Casts(NamedTuple):
    """Who is bound by what.

    Attributes:
        weights: of each cast, nats: what being in it says.
        nodes, casts: one entry for each node and cast that it is in.
        strength: of each entry, nats: how strongly the cast binds the node.
    """

    weights: Floats
    nodes: Whole
    casts: Whole
    strength: Floats


def assigned(casts: Casts, how_many: int) -> Whole:
    """Return the group of each node, as the number of the cast that heads it; -1 for nodes of no cast."""
    of_node = np.full(how_many, -1, np.int64)
    if not len(casts.nodes):
        return of_node
    heads = _heads(casts)[casts.casts]
    keys = casts.nodes * len(casts.weights) + heads
    different, places = np.unique(keys, return_inverse=True)
    strength = np.bincount(places, casts.strength).round(9)
    nodes, groups = different // len(casts.weights), different % len(casts.weights)
    largest = np.zeros(len(different), np.int64)
    np.maximum.at(largest, places, _sizes(casts)[casts.casts])
    order = np.lexsort((ranked(casts)[groups], -largest, -strength, nodes))
    firsts = order[np.flatnonzero(np.diff(nodes[order], prepend=-1))]
    of_node[nodes[firsts]] = groups[firsts]
    return of_node


def _sizes(casts: Casts) -> Whole:
    return np.bincount(casts.casts, minlength=len(casts.weights))


def ranked(casts: Casts) -> Whole:
    """Return the place of each cast in order: heaviest, then largest, then as numbered."""
    order = np.lexsort((np.arange(len(casts.weights)), -_sizes(casts), -casts.weights.round(9)))
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    return ranks


def _heads(casts: Casts) -> Whole:
    """Return, by cast, the cast that heads its group."""
    many = len(casts.weights)
    ones = np.ones(len(casts.nodes), np.int32)
    table = csr_matrix((ones, (casts.nodes, casts.casts)), shape=(int(casts.nodes.max()) + 1, many))
    shared = (table.T @ table).tocoo()
    sizes, ranks = _sizes(casts), ranked(casts)
    joins = (ranks[shared.col] < ranks[shared.row]) & (shared.data >= JOINS * sizes[shared.row])
    later, earlier, common = shared.row[joins], shared.col[joins], shared.data[joins]
    order = np.lexsort((ranks[earlier], -common, later))
    firsts = order[np.flatnonzero(np.diff(later[order], prepend=-1))]
    heads = np.arange(many)
    heads[later[firsts]] = earlier[firsts]
    return _followed(heads)


def _followed(heads: Whole) -> Whole:
    """Return heads of heads, until nobody has another."""
    while True:
        further = heads[heads]
        if np.array_equal(further, heads):
            return heads
        heads = further
