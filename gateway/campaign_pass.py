"""One pass of the linker over what was found: who is exempt, which groups are looked at, what is decided on them.

Nothing is kept here: a pass ends as one ``Folded``, and what it says is believed when that is committed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from msgspec.structs import replace

from detectors.linkage.base import Group, Id
from detectors.linkage.context import Ban
from gateway.campaigns import Campaign, Member, Membership
from gateway.circumstances import Tags, strikes_of
from gateway.deciding import decide
from gateway.decisions import Decision, RuleFault, Standing, Subject
from gateway.enrolment import NEW, Enrolment, differing
from gateway.examining import Examination, Examines
from gateway.exemptions.sparing import Sparing, Under
from gateway.pace import due
from gateway.policies.judging import judgement
from gateway.sightings import Sighting
from gateway.stores.base import Folded, Noting, Store

EXEMPT: Final = "exempt"  # why nobody is bound who has an entitlement
DENIED: Final = 5  # severity from which on a member counts as banned
TOGETHER: Final = 500  # members named in one note of the decision log


class Before(NamedTuple):
    """What was kept before the pass.

    Attributes:
        campaigns: by id.
        members: by campaign and id.
        released: whom operators set free.
        standing: decisions that stand.
        pardoned: campaigns of which a pardon held at the last pass.
    """

    campaigns: Mapping[str, Campaign]
    members: Mapping[str, Mapping[Id, Member]]
    released: frozenset[Membership]
    standing: Mapping[Subject, Decision]
    pardoned: frozenset[str]


class Pass:
    """One pass at a time ``at``, seconds since the epoch."""

    def __init__(
        self,
        before: Before,
        enrolment: Enrolment,
        groups: Mapping[str, Group],
        sightings: Mapping[Id, Sighting],
        sparing: Sparing,
        at: float,
    ) -> None:
        self._before, self._groups, self._sightings, self._at = before, groups, sightings, at
        self._sparing = sparing
        self.campaigns, self.members, self._gone = enrolment
        self.decisions: list[Decision] = []
        self.unasked: list[RuleFault] = []
        self.pardoned = frozenset(name for name in self.campaigns if sparing.holds(self.campaigns[name].subject, at))
        self._exempt()

    def _exempt(self) -> None:
        """Spare who has an entitlement, and look again at those whose has ended."""
        for of in self.members.values():
            for one, member in of.items():
                spared = self._sparing.spares(member.subject, self._at)
                if spared != (member.spared == EXEMPT):
                    of[one] = replace(member, spared=EXEMPT if spared else NEW)

    def _counting(self, name: str) -> list[Id]:
        """Return the members that a look is about: neither released nor exempt."""
        return [
            one
            for one, member in self.members[name].items()
            if member.spared != EXEMPT and Membership(name, member.subject) not in self._before.released
        ]

    def due(self, least: int) -> list[str]:
        """Return the campaigns to look at, those first on which a decision stands already."""
        wanted = [name for name in self.campaigns if self._wanted(name, least)]
        return sorted(wanted, key=lambda name: (not self.campaigns[name].named, self.campaigns[name].weighed, name))

    def _wanted(self, name: str, least: int) -> bool:
        campaign, counting = self.campaigns[name], self._counting(name)
        if len(counting) < least:
            return False
        if not campaign.weighed or any(self.members[name][one].spared == NEW for one in counting):
            return True
        if (name in self.pardoned) != (name in self._before.pardoned):
            return True
        sighted = [self._sightings[one] for one in counting if one in self._sightings]
        newest = max((one.last_at for one in sighted), default=campaign.weighed)
        observations = sum(one.observations for one in sighted)
        current = self._before.standing.get(campaign.subject)
        return due(campaign.observations, observations, campaign.weighed, newest, current=current)

    def look(
        self, name: str, examines: Examines, policy: Under, store: Store, tags: Tags, names: Callable[[float], str]
    ) -> None:
        """Look at one campaign, and decide on it; raises StoreError."""
        campaign, counting = self.campaigns[name], self._counting(name)
        group = _within(self._groups[name], frozenset(counting))
        cases = store.cases([self.members[name][one].subject for one in counting])
        bans = tuple(self._bans(name))
        stored = {str(subject): case for subject, case in cases.items()}
        examination = Examination(group, stored, bans, campaign.subject, len(self.campaigns), self._at)
        standing, spared = examines.examine(examination)
        for one in counting:
            self.members[name][one] = replace(self.members[name][one], spared=spared.get(one, ""))
        own = [set(tags(self.members[name][one].subject)) for one in counting if one not in spared]
        standing = replace(standing, tags=tuple(sorted(set.intersection(*own)) if own else ()))
        standing = replace(standing, strikes=strikes_of([standing], policy.policy, store).get(campaign.subject, {}))
        sighted = [self._sightings[one].observations for one in counting if one in self._sightings]
        self.campaigns[name] = _weighed(campaign, standing, sum(sighted), self._at)
        self._decide(standing, policy, names)

    def _decide(self, standing: Standing, policy: Under, names: Callable[[float], str]) -> None:
        verdict, faults = judgement(policy, standing)
        self.unasked += faults
        if verdict is None:
            return
        current = self._before.standing.get(standing.subject)
        decision = decide(standing, verdict, current, names(self._at))
        if decision is not None:
            self.decisions.append(decision)
            campaign = self.campaigns[standing.subject.value]
            self.campaigns[campaign.id] = replace(campaign, named=campaign.named or self._at)

    def _bans(self, name: str) -> Iterator[Ban]:
        """Yield members that are refused, by a decision of their own or on the whole."""
        whole = self._before.standing.get(self.campaigns[name].subject)
        for one, member in self.members[name].items():
            own = self._before.standing.get(member.subject)
            for decision in (own, whole if member.bound else None):
                if decision is not None and decision.severity >= DENIED and decision.mode == "enforce":
                    yield Ban(one, decision.at)
                    break

    def folded(self) -> Folded:
        """Return all that the pass changes, for one commit."""
        members: list[Member] = []
        notes: list[Noting] = []
        for name, of in self.members.items():
            before = self._before.members.get(name, {})
            members += differing(of.values(), before)
            bound = [one for one, member in of.items() if self._is_bound(name, member)]
            self.campaigns[name] = replace(self.campaigns[name], size=len(bound))
            if self.campaigns[name].named:
                first = not (name in self._before.campaigns and self._before.campaigns[name].named)
                known = {one for one, member in before.items() if self._is_bound(name, member)}
                notes += self._noted(name, "named" if first else "joined", set(bound) - (set() if first else known))
                notes += self._noted(name, "left", known - set(bound))
        changed = [one for one in self.campaigns.values() if self._before.campaigns.get(one.id) != one]
        return Folded(
            upto=0, cases={}, decisions=self.decisions, campaigns=changed, members=members, gone=self._gone,
            notes=notes, at=self._at,
        )  # fmt: skip

    def _is_bound(self, name: str, member: Member) -> bool:
        return member.bound and Membership(name, member.subject) not in self._before.released

    def _noted(self, name: str, change: str, members: Iterable[Id]) -> Iterator[Noting]:
        ordered = sorted(members)
        for start in range(0, len(ordered), TOGETHER):
            body = {"campaign": name, "change": change, "members": ordered[start : start + TOGETHER]}
            yield Noting("campaign", self._at, body)


def _within(group: Group, members: frozenset[Id]) -> Group:
    """Return a group without those who are not among the members."""
    links = tuple(link for link in group.links if link.one in members and link.other in members)
    return replace(group, members=tuple(one for one in group.members if one in members), links=links)


def _weighed(campaign: Campaign, standing: Standing, observations: int, at: float) -> Campaign:
    return replace(
        campaign,
        weighed=at,
        observations=observations,
        weight=standing.weight,
        families=standing.families,
        evidence=standing.evidence,
        harvest=standing.harvest,
    )
