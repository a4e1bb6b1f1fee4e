"""A guard in small: cases of accounts, groups among them, and what is decided on each, by the code that runs live.

What the linker does with a store and in processes is done here in memory, over a fortnight's traffic in minutes. A
group is looked at again when its observations have grown by a sixteenth, or after six hours: the linker does it more
often, so that what is found here is found late rather than early.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple, Protocol, TypeAlias

from msgspec.structs import replace

from detectors.base import Baseline, Observation, Panel
from detectors.linkage.base import Facts, Group, Id, Imprint, partner_mark
from detectors.linkage.context import Ban, Context, Release
from detectors.linkage.fit import fit
from detectors.linkage.selection import LEAST
from gateway.campaign import campaign_standing
from gateway.decisions import SEVERITY_TOUCHES_CLIENT, Policy, Standing, Subject
from gateway.engine import Folio, begin, fold_all, weigh

AGAIN: Final = 6 * 3600.0  # seconds after which a group that went on is looked at, whatever it did
_GROWTH: Final = 16
Bans: TypeAlias = Callable[[Iterable[Id], float], tuple[Ban, ...]]


class Finds(Protocol):
    """Finds groups among subjects, as ``gateway.examining.Finds``."""

    def find(
        self, changed: Mapping[Id, Imprint], gone: frozenset[Id], before: Mapping[str, frozenset[Id]]
    ) -> Mapping[str, Group]:
        """Return all groups by the name of their campaign."""
        ...


class Judge(NamedTuple):
    """What subjects are judged by.

    Attributes:
        panel, baseline, policy: as an operator would run them.
        facts: what the operator knows of accounts.
        bans: who of some accounts was revoked up to a time.
        releases: of models.
    """

    panel: Panel
    baseline: Baseline
    policy: Policy
    facts: Mapping[Id, Facts]
    bans: Bans
    releases: tuple[Release, ...] = ()

    def severity(self, standing: Standing) -> int:
        """Return how severe a verdict the policy gives; 0 for none."""
        verdict = self.policy.judge(standing)
        return verdict.severity if verdict else 0


class Look(NamedTuple):
    """One look at one group.

    Attributes:
        name: of the campaign.
        at: when, seconds since the epoch.
        members: who belongs.
        spared: who does not, and why.
        standing: how it stands.
        severity: of the verdict.
        group: as it was linked.
    """

    name: str
    at: float
    members: tuple[Id, ...]
    spared: Mapping[Id, str]
    standing: Standing
    severity: int
    group: Group

    @property
    def touches(self) -> bool:
        """Whether clients are touched."""
        return self.severity >= SEVERITY_TOUCHES_CLIENT


class Watch:
    """Keeps cases, and looks at groups."""

    def __init__(self, judge: Judge, finds: Finds) -> None:
        """Begin with nobody known."""
        self.judge, self._finds = judge, finds
        self.folios: dict[Id, Folio] = {}
        self.linked: dict[str, Group] = {}
        self._fresh: dict[Id, list[Observation]] = {}
        self._before: dict[str, frozenset[Id]] = {}
        self._looked: dict[str, tuple[float, int]] = {}  # when, and at how many exchanges

    def take(self, member: Id, pair: Sequence[Observation]) -> None:
        """Take in one exchange; it is folded with the next pass."""
        self._fresh.setdefault(member, []).extend(pair)

    def fold(self) -> list[Id]:
        """Bring cases up to date; return whose have changed."""
        fresh, self._fresh = self._fresh, {}
        cases = [(self.folios.get(one) or begin(self.judge.panel), observed) for one, observed in fresh.items()]
        self.folios.update(zip(fresh, [done.folio for done in fold_all(self.judge.panel, cases)], strict=True))
        return list(fresh)

    def look(self, changed: Iterable[Id], at: float) -> list[Look]:
        """Make a pass over those who changed: find groups, and look at those that it is time for."""
        imprints = {one: self.folios[one].imprint for one in changed}
        self.linked = dict(self._finds.find(imprints, frozenset(), self._before))
        self._before = {name: frozenset(group.members) for name, group in self.linked.items()}
        due = [name for name, group in self.linked.items() if len(group.members) >= LEAST and self._due(name, at)]
        return [self._at(name, at) for name in sorted(due)]

    def alone(self, member: Id, at: float) -> tuple[float, int]:
        """Return what is said of one account by itself: fused weight (nats), and the severity of the verdict."""
        judge = self.judge
        standing = weigh(judge.panel, judge.baseline, self.folios[member], _subject(member), at).standing
        return standing.weight, judge.severity(standing)

    def _due(self, name: str, at: float) -> bool:
        count = sum(self.folios[one].imprint.exchanges for one in self.linked[name].members)
        looked, before = self._looked.get(name, (-AGAIN, 0))
        if count <= before or (at - looked < AGAIN and count < before + before // _GROWTH + 1):
            return False
        self._looked[name] = (at, count)
        return True

    def _at(self, name: str, at: float) -> Look:
        judge, group = self.judge, self.linked[name]
        folios = {one: self.folios[one] for one in group.members}
        imprints = {one: folio.imprint for one, folio in folios.items()}
        facts = {one: judge.facts[one] for one in group.members if one in judge.facts}
        fitting = fit(group, imprints, facts)
        context = Context(
            imprints=imprints,
            facts=facts,
            marks={one: partner_mark(one) for one in group.members},
            bans=judge.bans(group.members, at),
            releases=tuple(one for one in judge.releases if one.at <= at),
        )
        among = sum(len(one.members) >= LEAST for one in self.linked.values())
        standing = campaign_standing(
            judge.panel, judge.baseline, group, fitting, folios, context, Subject("campaign", name), at=at, among=among
        )
        standing = replace(standing, members=len(fitting.members))
        return Look(name, at, fitting.members, fitting.spared, standing, judge.severity(standing), group)


def _subject(member: Id) -> Subject:
    scope, _, value = member.partition(":")
    return Subject("account" if scope == "account" else "key", value)
