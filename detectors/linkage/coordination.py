"""Coordination: is a group one hand, or many people? Seven ways to ask, and two answers that silence them."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final, Protocol

from detectors.base import Baseline, Evidence, Family
from detectors.linkage.balance import Balance
from detectors.linkage.base import Id, Imprint
from detectors.linkage.context import Context
from detectors.linkage.customers import customers, one_of_each_kin
from detectors.linkage.failover import Failover
from detectors.linkage.pivot import Pivot
from detectors.linkage.profiles import alike, known, profiles
from detectors.linkage.sampling import sampled
from detectors.linkage.selection import LEAST
from detectors.linkage.shards import Shards, same_work
from detectors.linkage.synchrony import Synchrony
from detectors.linkage.ties import Ties
from detectors.linkage.topics import Topics


class Coordinating(Protocol):
    """Evidence about a group: weight is a log e-value (nats) against members who are independent customers."""

    name: ClassVar[str]
    family: ClassVar[Family]
    nulls: ClassVar[Mapping[str, float]]

    def evidence(self, members: Mapping[Id, Imprint], context: Context, baseline: Baseline) -> Evidence:
        """Return how strongly the members' imprints speak against many people; small groups say nothing."""
        ...


COORDINATING: Final[Sequence[Coordinating]] = (
    Balance(), Topics(), Synchrony(), Shards(), Failover(), Pivot(), Ties(),
)  # fmt: skip
OWN: Final = 0.5  # of the members that work as the core does, below which they are individuals
KNOWN: Final = 6  # members of whom enough is known, below which nobody can tell
ALIKE: Final = frozenset({"balance", "topics", "synchrony", "pivot"})  # what people who do the same work share too


def coordination(members: Mapping[Id, Imprint], context: Context, baseline: Baseline) -> dict[str, Evidence]:
    """Return what each says of the members.

    Silenced are all, if the members are fewer than ``LEAST`` customers: who hides nothing is one customer, and may
    divide its work. Silenced is likeness, if the members do the same work: a class, a benchmark day; and if they have
    topics, lengths or manners of their own, as people have: loads and hours that are alike prove no hand then.

    Args:
        members: imprints of those who belong to the group.
        context: what is known beside them.
        baseline: its numbers.
    """
    silent = {one.name: Evidence() for one in COORDINATING}
    apart = one_of_each_kin(members, context.facts)
    if len(apart) < LEAST or customers(apart, context.facts) < LEAST:
        return silent
    silenced = same_work(apart) or individuals(apart)
    return {
        one.name: Evidence() if silenced and one.name in ALIKE else one.evidence(apart, context, baseline)
        for one in COORDINATING
    }


def individuals(members: Mapping[Id, Imprint]) -> bool:
    """Say whether the members work each in its own way: most are told from the group's core by more than chance.

    Examples:
        >>> individuals({f"key:{i}": Imprint(exchanges=3) for i in range(9)})
        False

    """
    names = sorted(one for one, imprint in sampled(members).items() if known(imprint))
    if len(names) < KNOWN:
        return False
    every = profiles(members, names)
    return float(alike(every, every).mean()) < OWN
