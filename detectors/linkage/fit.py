"""Who of a linked group belongs to it: marks can be copied, a network can be shared, an answer can be stolen."""

from collections.abc import Mapping
from typing import Final, TypeAlias

import msgspec

from detectors.linkage.base import Facts, Group, Id, Imprint, Kind
from detectors.linkage.core import contradicting
from detectors.linkage.onset import first

Why: TypeAlias = str

SHARED: Final[frozenset[Kind]] = frozenset({"network", "asn", "client", "tls", "joined", "habit", "pace"})
TAKEN: Final[frozenset[Kind]] = frozenset({"reasoning", "recirculation"})


class Fit(msgspec.Struct, frozen=True):
    """Whom the group's case is made of.

    Attributes:
        members: sorted; those who are bound.
        spared: why each of the others is not: ``unknown`` (nothing is kept of it), ``network`` (it shares nothing but
            network, client or habits), ``served`` (others presented what it was served, it presented nothing),
            ``first`` (it did so days before the group began), ``unlike`` (it does other things).
    """

    members: tuple[Id, ...]
    spared: dict[Id, Why] = {}


def fit(group: Group, imprints: Mapping[Id, Imprint], facts: Mapping[Id, Facts] | None = None) -> Fit:
    """Return who of the group is bound, and why the others are spared.

    Who pays with the card of a member that is bound is bound too, whatever it shows: a payment cannot be copied.

    Args:
        group: as linkage found it; without links, everybody is as bound as the next.
        imprints: of its members; others are ignored.
        facts: what the operator knows of them.

    Examples:
        >>> from detectors.linkage.base import Mark
        >>> def life(day, tools=0):
        ...     mark = Mark(7, 40, day * 86_400.0, 9e5)
        ...     return Imprint(exchanges=40, first_at=day * 86_400.0, last_at=9e5, scaffolds=(mark,), tools=tools)
        >>> pool = {f"key:{i}": life(6 + i / 100) for i in range(40)}
        >>> others = {"key:copied": life(1), "key:agent": life(6, tools=40)}
        >>> found = fit(Group((*pool, *others)), pool | others)
        >>> found.spared, len(found.members)
        ({'key:agent': 'unlike', 'key:copied': 'first'}, 40)

    """
    known = {one: imprints[one] for one in group.members if one in imprints}
    spared: dict[Id, Why] = dict.fromkeys(contradicting(known), "unlike")
    spared |= dict.fromkeys(first(known, facts or {}), "first")
    spared |= _weakly(group, known)
    for one in _paying(known, facts or {}, spared):
        del spared[one]
    spared |= {one: "unknown" for one in group.members if one not in known}
    members = tuple(sorted(one for one in known if one not in spared))
    return Fit(members, {one: spared[one] for one in sorted(spared)})


def _weakly(group: Group, known: Mapping[Id, Imprint]) -> dict[Id, Why]:
    """Return those whom no link holds but by what people share, or by what others took of them."""
    kinds: dict[Id, set[Kind]] = {}
    for link in group.links:
        for one in (link.one, link.other):
            kinds.setdefault(one, set()).update(reason.kind for reason in link.reasons)
    spared: dict[Id, Why] = {}
    for one, tied in kinds.items():
        if one in known and tied <= SHARED:
            spared[one] = "network"
        elif one in known and tied <= SHARED | TAKEN and not known[one].partners:
            spared[one] = "served"
    return spared


def _paying(known: Mapping[Id, Imprint], facts: Mapping[Id, Facts], spared: Mapping[Id, Why]) -> set[Id]:
    """Return those of the spared who share a payment with a member that is bound."""
    payments = {one: facts[one].payment for one in known if one in facts and facts[one].payment}
    bound = {payment for one, payment in payments.items() if one not in spared}
    return {one for one, payment in payments.items() if one in spared and payment in bound}
