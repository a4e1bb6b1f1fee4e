"""What became of each group: found or not, when, who of it was named, what was gone by then."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from detectors.lab.campaigns.base import Group, Member
from detectors.lab.traffic import DAY
from detectors.linkage.base import Id
from gateway.lab.campaign_reading import identity
from gateway.lab.campaign_trial import Trial
from gateway.lab.campaign_watch import Look

_MOST: Final = 0.5  # share of members, above which a campaign is taken for a group


class Ledger:
    """What a trial says of its groups.

    Args:
        trial: the trial.
    """

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.group_of: dict[Id, str] = {identity(m): m.group for m in trial.company.members()}
        self.groups = {group.name: group for group in trial.company.groups}

    @cached_property
    def looks(self) -> dict[str, list[Look]]:
        """Looks that touched clients, by the group that most of their members are of; empty: of none."""
        found: dict[str, list[Look]] = {}
        for look in self.trial.touching:
            found.setdefault(self.mostly(look), []).append(look)
        return found

    def mostly(self, look: Look) -> str:
        """Return the group that most members of a look are of; empty if there is none."""
        counts = Counter(self.group_of[one] for one in look.members)
        name, count = counts.most_common(1)[0] if counts else ("", 0)
        return name if count > len(look.members) * _MOST else ""

    @cached_property
    def named(self) -> frozenset[Id]:
        """Every account that was ever a member of a campaign while it was touched."""
        return frozenset(one for look in self.trial.touching for one in look.members)

    def honest(self) -> list[Member]:
        """Return honest accounts."""
        return [one for one in self.trial.company.members() if one.label == "benign"]

    @cached_property
    def guilty(self) -> frozenset[Id]:
        """Every account of a campaign."""
        return frozenset(identity(m) for m in self.trial.company.members() if m.label == "adversary")

    @cached_property
    def harvests(self) -> list[Look]:
        """Looks that touched clients and are mostly of campaigns' accounts, in time order."""
        return [
            look for look in self.trial.touching if len(self.guilty.intersection(look.members)) * 2 > len(look.members)
        ]

    def campaigns(self) -> list["Outcome"]:
        """Return what became of each campaign."""
        return [Outcome(self, group) for group in self.groups.values() if group.side == "campaign"]

    def innocents(self, side: str = "innocent") -> list[Group]:
        """Return honest groups of that side."""
        return [group for group in self.groups.values() if group.side == side]

    def accused(self, group: Group) -> bool:
        """Say whether an honest group was named a campaign: most of one, or most of its own members, were touched."""
        own = [identity(one) in self.named for one in group.members]
        return bool(self.looks.get(group.name)) or sum(own) > len(own) * _MOST


class Outcome:
    """What became of one campaign."""

    def __init__(self, ledger: Ledger, group: Group) -> None:
        """Look it up."""
        self.group, self._ledger = group, ledger
        served = ledger.trial.served
        self._served = {identity(m): served[identity(m)] for m in group.members if identity(m) in served}
        self._own = frozenset(identity(m) for m in group.members)
        self._looks = [look for look in ledger.harvests if not self._own.isdisjoint(look.members)]
        self._pools = [
            sorted(at for m in group.members if m.pool == pool for at in served.get(identity(m), ())) for pool in (0, 1)
        ]
        self._times = sorted([*self._pools[0], *self._pools[1]])

    def _reached(self, among: frozenset[Id], since: float = 0.0) -> Iterator[tuple[float, int, int]]:
        """Yield at each look that touched it: when, accounts of some that are reached then, and those there are."""
        newest: dict[str, frozenset[Id]] = {}
        starts = sorted(times[0] for one, times in self._served.items() if one in among)
        for look in self._looks:
            newest[look.name] = among.intersection(look.members)
            if look.at >= since:
                yield look.at, len(frozenset().union(*newest.values())), bisect_left(starts, look.at)

    @cached_property
    def found_at(self) -> float:
        """When decisions first reached half of its accounts that were there, seconds since the epoch; 0.0: never."""
        reached = self._reached(self._own)
        return next((at for at, touched, there in reached if there and touched >= there * _MOST), 0.0)

    @property
    def taken(self) -> int:
        """Exchanges of its harvest served by then, or in all."""
        return bisect_left(self._times, self.found_at) if self.found_at else len(self._times)

    @property
    def gone(self) -> float:
        """Share of its plan that was gone by then; all of it if it was never found."""
        return min(1.0, self.taken / max(1, self.group.plan)) if self.found_at else 1.0

    @property
    def days(self) -> float:
        """Days from its first exchange until it was found; infinity if it never was."""
        return (self.found_at - self._times[0]) / DAY if self.found_at and self._times else float("inf")

    @cached_property
    def named(self) -> frozenset[Id]:
        """Members of the campaigns that hold its accounts, when last touched."""
        newest = {look.name: look for look in self._looks}
        return frozenset(one for look in newest.values() for one in look.members)

    @property
    def rightly(self) -> frozenset[Id]:
        """Those of them that are of any campaign."""
        return self.named & self._ledger.guilty

    @cached_property
    def keys(self) -> frozenset[Id]:
        """Its accounts that were served anything."""
        return frozenset(self._served)

    @property
    def second_pool(self) -> float:
        """Exchanges of the second pool until half of its accounts were touched; infinity: never."""
        late = frozenset(identity(m) for m in self.group.members if m.pool)
        for at, touched, there in self._reached(late, self.group.banned_at):
            if there and touched >= there * _MOST:
                return float(bisect_left(self._pools[1], at))
        return float("inf")

    def rising(self) -> Iterator[tuple[float, float]]:
        """Yield (share of the plan gone, share of its accounts touched) at each look that touched it."""
        for at, touched, _ in self._reached(self._own):
            yield bisect_left(self._times, at) / max(1, self.group.plan), touched / max(1, len(self.keys))
