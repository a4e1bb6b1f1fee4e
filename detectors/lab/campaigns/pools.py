"""A campaign at work: its accounts, its scheduler and what it asks, joined and played in time order."""

from collections.abc import Callable, Iterator
from heapq import merge
from random import Random
from typing import Final, Literal, NamedTuple

from msgspec.structs import replace

from detectors.lab.campaigns.base import Act, Member, at
from detectors.lab.campaigns.dealing import Dealing, begun, times
from detectors.lab.campaigns.harvests import Harvest
from detectors.lab.campaigns.origins import Origin, cloud, home, tls, within
from detectors.lab.habits import RELEASE, Habits, habits
from detectors.lab.job import answered
from detectors.lab.traffic import DAY, START, Asked

Where = Literal["homes", "cloud", "mixed"]
_REFUSED: Final = 3  # calls that a revoked account still makes
_HASTE: Final = 0.2  # days within which it makes them
_PIVOT: Final = (0.35, 0.65)  # share of the pool's traffic that moves to a new model within a day
_RECRUIT: Final = 20.0  # days before its first call that an account signed up, at most
_MACHINES: Final = 6  # accounts to one network of a data centre, about


class Pool(NamedTuple):
    """Accounts that one scheduler uses.

    Attributes:
        seed: of everything about it.
        name: of the campaign.
        number: of the pool.
        size: accounts.
        kind: of the campaign.
        alike: they call in one way, from one software; else each as it likes.
        where: homes (a network each), a cloud's few networks, or both.
        anthropic: they call the API that signs reasoning.
        pays: accounts to one means of payment, where the operator knows; 0: unknown.
        like: somebody whose way of calling all of them copy.
        near: a place that so large a share of them calls from.
    """

    seed: str
    name: str
    number: int
    size: int
    kind: str
    alike: bool
    where: Where
    anthropic: bool
    pays: int = 0
    like: Habits | None = None
    near: tuple[Origin, float] | None = None

    def habits(self) -> list[Habits]:
        """Return how each account calls."""
        rng = Random(f"{self.seed}/habits")
        one = self.like or habits(rng)
        many = [one if self.alike else habits(rng) for _ in range(self.size)]
        return [one._replace(anthropic=self.anthropic or one.anthropic, keys=1, addresses=2, flaky=0.0) for one in many]

    def members(self, starts: list[float]) -> tuple[Member, ...]:
        """Return the accounts; ``starts``: when each begins."""
        rng = Random(f"{self.seed}/members")
        rack = cloud(rng, max(1, self.size // _MACHINES))
        made = []
        for i, (kept, start) in enumerate(zip(self.habits(), starts, strict=True)):
            origin = self._origin(rng, rack)
            made.append(Member(
                account=f"acct-{rng.getrandbits(40):010x}", label="adversary", kind=self.kind,
                traffic_class="generation", group=self.name, pool=self.number, agent=kept.agent,
                anthropic=kept.anthropic, tls=tls(kept.agent), addresses=origin.addresses, asns=origin.asns,
                joined=start - rng.uniform(0.0, _RECRUIT) * DAY,
                payment=f"{self.name}/{self.number}/{i // self.pays}" if self.pays else "",
            ))  # fmt: skip
        return tuple(made)

    def _origin(self, rng: Random, rack: Origin) -> Origin:
        if self.near and rng.random() < self.near[1]:
            return within(rng, self.near[0])
        homes = self.where == "homes" or (self.where == "mixed" and rng.random() < 0.5)  # noqa: PLR2004 - half of them
        return home(rng, rng.choice((1, 1, 2))) if homes else within(rng, rack)


class Work(NamedTuple):
    """All that a campaign is played from.

    Attributes:
        seed: of everything about it.
        pools: one, or one after the other.
        dealings: how each is used.
        asks: makes what is asked, from dice.
        pivots: it moves to the new model on the day of its release.
        banned_at: when the first pool is revoked; 0.0: never.
    """

    seed: str
    pools: tuple[Pool, ...]
    dealings: tuple[Dealing, ...]
    asks: Callable[[Random], Harvest]
    pivots: bool = False
    banned_at: float = 0.0

    def starts(self, number: int) -> list[float]:
        """Return when each account of a pool begins."""
        rng = Random(f"{self.seed}/starts/{number}")
        return begun(rng, self.dealings[number], self.pools[number].size)

    def members(self) -> tuple[Member, ...]:
        """Return all its accounts."""
        return tuple(m for n, pool in enumerate(self.pools) for m in pool.members(self.starts(n)))

    def acts(self) -> Iterator[Act]:
        """Yield what it does: the same list of questions goes on from pool to pool."""
        harvest = self.asks(Random(f"{self.seed}/asks"))
        yield from self._worked(0, harvest)
        if len(self.pools) > 1:
            yield from merge(self._turned_away(), self._worked(1, harvest), key=at)

    def _worked(self, number: int, harvest: Harvest) -> Iterator[Act]:
        rng, pool = Random(f"{self.seed}/acts/{number}"), self.pools[number]
        members, kept = pool.members(starts := self.starts(number)), pool.habits()
        before = sum(one.size for one in self.pools[:number])
        moved = Random(f"{self.seed}/moved").uniform(*_PIVOT)
        for when, i in times(rng, self.dealings[number], starts):
            ask = harvest.ask(before + i)
            ask = ask if members[i].anthropic else ask._replace(handed=(), signature="")
            asked = answered(rng, ask, kept[i], when, attack=True)
            harvest.told(before + i, ask, asked)
            if self.pivots:
                asked = replace(asked, model=int(when >= START + RELEASE * DAY and rng.random() < moved))
            yield Act(members[i], asked)

    def _turned_away(self) -> Iterator[Act]:
        """Yield the calls that revoked accounts still make; they bring nothing."""
        rng, pool = Random(f"{self.seed}/refused"), self.pools[0]
        members, kept, harvest = pool.members(self.starts(0)), pool.habits(), self.asks(rng)
        due = [(self.banned_at + rng.uniform(0.0, _HASTE) * DAY, i) for i in range(pool.size) for _ in range(_REFUSED)]
        for when, i in sorted(due):
            asked = answered(rng, harvest.ask(i)._replace(handed=(), signature=""), kept[i], when, attack=True)
            yield Act(members[i], refused(asked))


def refused(asked: Asked) -> Asked:
    """Return the same question of an account that was revoked."""
    return replace(
        asked, choices=(), answer_chars=0, answer_tokens=0, finish="error", status=403, signature="", took=0.1
    )
