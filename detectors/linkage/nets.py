"""Direct ties: who handed in what another was served, and who is paid for by one hand."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from detectors.linkage.base import Kind, Partner, Reason

REASONING: Final = 3  # times: once is a copied example, three are a habit (threat notes, S3)
RECIRCULATION: Final = 5  # times: answers are also published, quoted and pasted
TIE: Final = 13.8  # nats: more than two marks ever say together with a census of nobody
SOURCE: Final = 1.0  # nats by which a tie binds the one who was served and hands in nothing: it may not know
POPULAR: Final = 32  # presenters of a subject that hands in nothing: beyond them its answers are published


class Tie(NamedTuple):
    """One hands in what the other was served: numbers of nodes, and why."""

    presenter: int
    source: int
    reason: Reason


def strong(partners: Sequence[Partner]) -> tuple[Partner, ...]:
    """Return the partners that are a tie by themselves."""
    return tuple(one for one in partners if one.count >= (REASONING if one.kind == "reasoning" else RECIRCULATION))


def ties(handed: Iterable[tuple[int, Sequence[Partner]]], node_of: Mapping[int, int]) -> list[Tie]:
    """Return the ties between nodes, sorted, without those to a published source.

    Args:
        handed: nodes with their strong partners.
        node_of: nodes by the mark of each of their subjects.
    """
    presenters: dict[int, dict[int, Partner]] = defaultdict(dict)
    for node, partners in handed:
        for one in partners:
            source = node_of.get(one.other, node)
            if source != node:
                known = presenters[source].get(node, one)
                presenters[source][node] = min(known, one, key=lambda partner: (partner.kind, partner.other))
    acting = {node for found in presenters.values() for node in found}
    return sorted(
        Tie(node, source, Reason(_kind(one), one.other, TIE, len(found) + 1))
        for source, found in presenters.items()
        if source in acting or len(found) <= POPULAR
        for node, one in found.items()
    )


def _kind(partner: Partner) -> Kind:
    return "reasoning" if partner.kind == "reasoning" else "recirculation"


def nets(found: Sequence[Tie]) -> dict[int, int]:
    """Return, by node that a tie touches, the lowest node that ties connect it with.

    Example:
        >>> reason = Reason("reasoning", 1, TIE, 2)
        >>> nets([Tie(4, 2, reason), Tie(4, 3, reason), Tie(7, 8, reason)])
        {4: 2, 2: 2, 3: 2, 7: 7, 8: 7}
    """
    heads: dict[int, int] = {}
    for tie in found:
        one, other = head(heads, tie.presenter), head(heads, tie.source)
        heads[max(one, other)] = min(one, other)
    return {node: head(heads, node) for tie in found for node in (tie.presenter, tie.source)}


def head(heads: dict[int, int], node: int) -> int:
    """Return the node that heads the given one's set, and shorten the way there."""
    way = []
    while (above := heads.setdefault(node, node)) != node:
        way.append(node)
        node = above
    for one in way:
        heads[one] = node
    return node
