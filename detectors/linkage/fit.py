"""Who of a linked group belongs to it: marks can be copied, and a network can be shared."""

from collections.abc import Mapping

import msgspec

from detectors.linkage.base import Facts, Group, Id, Imprint


class Fit(msgspec.Struct, frozen=True):
    """Whom the group's case is made of.

    Attributes:
        members: sorted; those who are bound.
        spared: why each of the others is not: ``first``, ``network``, ``unlike``, ``unknown``.
    """

    members: tuple[Id, ...]
    spared: dict[Id, str] = {}


def fit(group: Group, imprints: Mapping[Id, Imprint], facts: Mapping[Id, Facts] | None = None) -> Fit:
    """Return who of the group is bound, and why the others are spared."""
    del facts
    return Fit(
        tuple([one for one in group.members if one in imprints]),
        {one: "unknown" for one in group.members if one not in imprints},
    )
