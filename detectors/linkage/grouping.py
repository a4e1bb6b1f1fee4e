"""From shared marks to groups: the second half of a pass."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from detectors.linkage.base import Group, Link
from detectors.linkage.buckets import Bindings, Marks, bindings
from detectors.linkage.casts import Casts, assigned, ranked
from detectors.linkage.gathering import Gathered, Nodes
from detectors.linkage.nets import SOURCE, TIE, Tie, nets
from detectors.linkage.paraphrase import Paraphrases
from detectors.linkage.table import NUMBER, Whole
from detectors.linkage.tree import Edge, Sharing, trees


class Binding(NamedTuple):
    """A node is bound into a cast, named by a kind's number and a value, so strongly (nats)."""

    kind: int
    value: int
    node: int
    strength: float


def grouped(
    who: Nodes, gathered: Gathered, ties: Sequence[Tie], paraphrases: Paraphrases, threshold: float
) -> list[Group]:
    """Return the groups, in order of members."""
    marks = gathered.marks
    bound = bindings(marks, len(who.names), gathered.looked, threshold)
    entries = [*_by_mark(bound, paraphrases), *_by_payment(marks), *_by_tie(ties)]
    casts = _casts(entries)
    group_of = assigned(casts, len(who.names))
    sharing = Sharing(marks, len(who.names))
    found = []
    for nodes, of_group in _apart(group_of, casts):
        inside = set(nodes)
        own = [tie for tie in ties if tie.presenter in inside and tie.source in inside]
        for members, edges in trees(nodes, of_group, own, sharing):
            found.append(_group(who, members, edges, sharing))
    return sorted(found, key=lambda group: group.members)


def _by_mark(bound: Bindings, paraphrases: Paraphrases) -> Iterator[Binding]:
    """Yield who is bound by a shared mark. A scaffold binds under the leaders of its wording, if it has words."""
    scaffold, paraphrase = NUMBER["scaffold"], NUMBER["paraphrase"]
    for node, kind, value, weight in zip(*(column.tolist() for column in bound), strict=True):
        leaders = paraphrases.leaders(value) if kind == scaffold else ()
        for leader in leaders:
            yield Binding(paraphrase, leader, node, weight)
        if not leaders:
            yield Binding(kind, value, node, weight)


def _by_payment(marks: Marks) -> Iterator[Binding]:
    payment = NUMBER["payment"]
    for place in np.flatnonzero(marks.kinds[marks.marks] == payment).tolist():
        mark = marks.marks[place]
        yield Binding(payment, int(marks.values[mark]), int(marks.nodes[place]), float(marks.weights[mark]))


def _by_tie(ties: Sequence[Tie]) -> Iterator[Binding]:
    presenters = {tie.presenter for tie in ties}
    for node, heads in nets(ties).items():
        yield Binding(NUMBER["reasoning"], heads, node, TIE if node in presenters else SOURCE)


def _casts(entries: Sequence[Binding]) -> Casts:
    """Return the casts, numbered in the order of their names; a node is bound as by its strongest entry."""
    strongest: dict[tuple[int, int, int], float] = {}
    for kind, value, node, strength in entries:
        strongest[kind, value, node] = max(strength, strongest.get((kind, value, node), 0.0))
    names = sorted({(kind, value) for kind, value, _ in strongest})
    number = {name: place for place, name in enumerate(names)}
    nodes = np.array([node for _, _, node in strongest], np.int64)
    casts = np.array([number[kind, value] for kind, value, _ in strongest], np.int64)
    strengths = np.array(list(strongest.values()), np.float64)
    weights = np.zeros(len(names), np.float64)
    np.maximum.at(weights, casts, strengths)
    return Casts(weights, nodes, casts, strengths)


def _apart(group_of: Whole, casts: Casts) -> Iterator[tuple[list[int], list[list[int]]]]:
    """Yield the nodes of each group, and its casts, strongest first, each with its nodes."""
    members: dict[int, list[int]] = {}
    for node in np.flatnonzero(group_of >= 0).tolist():
        members.setdefault(int(group_of[node]), []).append(node)
    ranks = ranked(casts)
    held: dict[int, dict[int, list[int]]] = {}
    for node, cast in zip(casts.nodes.tolist(), casts.casts.tolist(), strict=True):
        held.setdefault(int(group_of[node]), {}).setdefault(cast, []).append(node)
    for group, nodes in members.items():
        yield nodes, [held[group][cast] for cast in sorted(held[group], key=lambda cast: int(ranks[cast]))]


def _group(who: Nodes, nodes: Sequence[int], edges: Sequence[Edge], sharing: Sharing) -> Group:
    links = [_link(who, edge) for edge in edges]
    for node in nodes:
        first, *others = who.members[node]
        links += [Link(first, other, 0.0, ()) for other in others]  # the operator says that they belong together
    members = sorted(member for node in nodes for member in who.members[node])
    links.sort(key=lambda link: (-link.weight, link.one, link.other))
    return Group(tuple(members), tuple(links), sharing.common(nodes))


def _link(who: Nodes, edge: Edge) -> Link:
    one, other = sorted((who.members[edge.one][0], who.members[edge.other][0]))
    return Link(one, other, edge.weight, edge.reasons)
