"""From what subjects show to the marks that several nodes share: the first half of a pass.

A node is a subject, or all subjects of one kin: a declared group counts once, so that it makes no campaign by itself.
Nodes are numbered in the order of their names. All that follows works on numbers, and so depends on who shows what
alone, not on who came first.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from detectors.linkage.base import Id
from detectors.linkage.buckets import SIDE_NUMBER, Marks, looks
from detectors.linkage.paraphrase import LEADERS, Paraphrases
from detectors.linkage.rarity import Rarity
from detectors.linkage.shown import SIDES
from detectors.linkage.table import KINDS, NUMBER, Entries, Prints, Table, Whole, different

LEAST_WEIGHT: Final = 0.1  # nats, below which a mark is left out: nine in ten trusted subjects show it
_MIX: Final = 0x9E3779B97F4A7C15  # 2^64 over the golden ratio (Knuth 6.4): spreads the kinds over the fingerprints
_SIDES: Final = np.array([SIDE_NUMBER[SIDES[kind]] for kind in KINDS], np.int64)


class Nodes(NamedTuple):
    """Who counts as one: names in order, the members of each in order, and the node of each row of the table."""

    names: list[str]
    members: list[tuple[Id, ...]]
    of_row: Whole


class Gathered(NamedTuple):
    """What several nodes share, and how many composite buckets there are in all."""

    marks: Marks
    looked: float


def nodes(table: Table, kin: Mapping[Id, str]) -> Nodes:
    """Return the nodes of all subjects that are held."""
    gathered: dict[str, list[Id]] = {}
    for subject in sorted(table.subjects()):
        declared = kin.get(subject, "")
        gathered.setdefault(f"kin {declared}" if declared else subject, []).append(subject)
    names = sorted(gathered)
    of_row = np.full(len(table.ids), -1, np.int64)
    for number, name in enumerate(names):
        for subject in gathered[name]:
            of_row[table.row(subject)] = number
    return Nodes(names, [tuple(gathered[name]) for name in names], of_row)


def gather(table: Table, who: Nodes, paraphrases: Paraphrases, rarity: Rarity) -> Gathered:
    """Return the marks that at least two nodes share and that weigh something."""
    entries = _with_paraphrases(table.entries(), paraphrases)
    shows = who.of_row[entries.rows]
    looked = looks(shows, _SIDES[entries.kinds], len(who.names))
    keys = entries.values ^ (entries.kinds.astype(np.uint64) * np.uint64(_MIX))
    _, firsts, places = np.unique(keys, return_index=True, return_inverse=True)
    pairs = different(places * len(who.names) + shows)  # a node of several subjects shows a mark once
    shared = np.bincount(pairs // len(who.names), minlength=len(firsts))
    several = np.flatnonzero(shared > 1)
    kinds, values = entries.kinds[firsts[several]], entries.values[firsts[several]]
    weights = np.array(
        [rarity.weight(KINDS[kind], value) for kind, value in zip(kinds.tolist(), values.tolist(), strict=True)],
        np.float64,
    )
    lesser = np.minimum(weights, np.log(len(who.names) / shared[several]))
    # no census knows a day to come, and on the day that a log begins everybody is new
    weights = np.where(kinds == NUMBER["joined"], lesser, weights)
    order = np.lexsort((values, kinds))
    order = order[weights[order] >= LEAST_WEIGHT]
    number = np.full(len(firsts), -1, np.int64)
    number[several[order]] = np.arange(len(order))
    marks, holders = number[pairs // len(who.names)], pairs % len(who.names)
    kept = marks >= 0
    by_node = np.lexsort((marks[kept], holders[kept]))
    chosen = several[order]
    columns = kinds[order], values[order], _SIDES[kinds[order]], weights[order], lesser[order], shared[chosen]
    return Gathered(Marks(*columns, holders[kept][by_node], marks[kept][by_node]), looked)


def _with_paraphrases(entries: Entries, paraphrases: Paraphrases) -> Entries:
    """Return the entries, and for each scaffold with words the leaders of its wording."""
    places = np.flatnonzero(entries.kinds == NUMBER["scaffold"])
    scaffolds, which = np.unique(entries.values[places], return_inverse=True)
    leaders = _leaders(scaffolds.tolist(), paraphrases)
    near = leaders[which.reshape(-1)]
    found, column = np.nonzero(near)
    kinds = np.full(len(found), NUMBER["paraphrase"], np.int64)
    return Entries(
        np.concatenate([entries.rows, entries.rows[places[found]]]),
        np.concatenate([entries.kinds, kinds]),
        np.concatenate([entries.values, near[found, column]]),
    )


def _leaders(scaffolds: Sequence[int], paraphrases: Paraphrases) -> Prints:
    table = np.zeros((len(scaffolds), LEADERS), np.uint64)
    for place, scaffold in enumerate(scaffolds):
        found = paraphrases.leaders(scaffold)
        table[place, : len(found)] = found
    return table
