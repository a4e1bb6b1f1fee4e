"""Pools among linked groups: members who all do the same, told from those whom a shared mark only brings along.

Marks link too much and too little. A wording that two campaigns share, or a harvester and an app, makes one group of
them; a pool whose accounts run different programs falls to pieces. What a pool's accounts do tells: the work is dealt
out blindly, so nothing but chance distinguishes topic, lengths and manner of one account from those of the next, while
people have their own. So a group is *sorted*: whole if nearly all of it works alike; else pools are taken out of it
that do. And a pool *takes in* whoever works exactly as it does and shares a mark of any rarity with it, other pools
too.

People who do the same work, a class or a benchmark, are such a pool too: whether one hand deals is not asked here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from detectors.linkage.base import Group, Id, Imprint, Kind, Link, Reason
from detectors.linkage.profiles import Profiles, alike, known, neighbours, profiles
from detectors.linkage.sampling import sampled
from detectors.linkage.shown import Shown

LEAST: Final = 6  # subjects of whom enough is known that make a core
WHOLE: Final = 0.8  # of a group's known members that work alike, for it to stay whole
TURNS: Final = 3  # times that a core is centred anew
CORES: Final = 8  # pools taken out of one group at most, largest first: bounds the time that a crowd of apps takes
SEEDS: Final = 512  # members that are compared pair by pair: a quarter of a million comparisons
WEIGHT: Final = 4.6  # nats: one in a hundred, as of a habit; it never links by itself
_SHARED: Final[frozenset[Kind]] = frozenset(
    {"scaffold", "paraphrase", "opening", "network", "payment", "client", "tls", "habit"}
)
Marks = Callable[[Id], Sequence[Shown]]


class _Pool(NamedTuple):
    """Members, and those of them that make its core: places in the profiles."""

    group: Group
    core: list[int]


class Pools:
    """Sorts groups. Of each subject of whom enough is known (``profiles.known``) it keeps what is compared, 0.7 KiB."""

    def __init__(self) -> None:
        self._imprints: dict[Id, Imprint] = {}

    def update(self, changed: Mapping[Id, Imprint], gone: Sequence[Id] | frozenset[Id] = ()) -> None:
        """Take in what changed, and let go of who is gone."""
        for one, imprint in changed.items():
            if known(imprint):
                self._imprints[one] = _kept(imprint)
        for one in gone:
            self._imprints.pop(one, None)

    def sorted(self, groups: Sequence[Group], marks: Marks) -> list[Group]:
        """Return the groups sorted, in order of members; a member belongs to one.

        Args:
            groups: as linked.
            marks: what a subject shows (``Atlas.shown``).
        """
        names = sorted(self._imprints)
        place = {name: number for number, name in enumerate(names)}
        every = profiles(self._imprints, names)
        pools: list[_Pool] = []
        others: list[Group] = []
        for group in groups:
            within = [place[one] for one in group.members if one in place]
            cores = list(_cores(every, within, names)) if len(within) >= LEAST else []
            if len(cores) == 1 and len(cores[0]) >= WHOLE * len(within):
                pools.append(_Pool(group, cores[0]))
                continue
            pools += [_Pool(_part(group, {names[one] for one in core}), core) for core in cores]
            left = set(group.members).difference(*(pool.group.members for pool in pools[-len(cores) :] if cores))
            others += [_part(group, left)] if len(left) > 1 else []
        return _disjoint(_grown(pools, every, names, marks), others)


def _kept(imprint: Imprint) -> Imprint:
    """Return as much of an imprint as is compared."""
    return Imprint(
        exchanges=imprint.exchanges, topic=imprint.topic, vectors=imprint.vectors, asked=imprint.asked,
        taken=imprint.taken, single=imprint.single, talks=imprint.talks, tools=imprint.tools,
    )  # fmt: skip


def _cores(every: Profiles, within: Sequence[int], names: Sequence[Id]) -> Iterator[list[int]]:
    """Yield the cores in a group, largest first, until none of ``LEAST`` is left, at most ``CORES``."""
    left = list(within)
    for _ in range(CORES):
        if len(left) < LEAST:
            return
        seeds = list(sampled({names[one]: one for one in left}, SEEDS).values())
        near = neighbours(every.rows(seeds))
        best = near[int(near.sum(axis=1).argmax())]
        core = [one for one, close in zip(seeds, best, strict=True) if close]
        for _ in range(TURNS):
            if len(core) < LEAST:
                return
            belongs = alike(every.rows(left), every.rows(core))
            core = [one for one, inside in zip(left, belongs, strict=True) if inside]
        if len(core) < LEAST:
            return
        yield core
        left = sorted(set(left).difference(core))


def _grown(pools: Sequence[_Pool], every: Profiles, names: Sequence[Id], marks: Marks) -> list[Group]:
    """Return the pools, largest first, each with whoever works as it does and shares a mark; some take others in."""
    taken: set[Id] = set()
    found: list[Group] = []
    for pool in sorted(pools, key=lambda one: (-len(one.core), one.group.members)):
        own = set(pool.group.members) - taken
        if len(own) < len(pool.group.members) / 2:  # another has taken it in
            continue
        shared = {(mark.kind, mark.value) for one in pool.core for mark in marks(names[one]) if mark.kind in _SHARED}
        fits = np.flatnonzero(alike(every, every.rows(pool.core)))
        more = {
            names[one]
            for one in fits.tolist()
            if names[one] not in own and names[one] not in taken
            and any((mark.kind, mark.value) in shared for mark in marks(names[one]))
        }  # fmt: skip
        group = _part(pool.group, own, more)
        taken.update(group.members)
        found.append(group)
    return found


def _disjoint(pools: Sequence[Group], others: Sequence[Group]) -> list[Group]:
    """Return pools and what they leave of other groups."""
    taken = {one for group in pools for one in group.members}
    rest = [(group, set(group.members) - taken) for group in others]
    kept = [_part(group, left) if len(left) < len(group.members) else group for group, left in rest if len(left) > 1]
    return sorted([*pools, *kept], key=lambda group: group.members)


def _part(group: Group, members: set[Id], more: set[Id] = frozenset()) -> Group:  # type: ignore[assignment]
    """Return a group of these of its members and of others that work as they do; ties are made whole again."""
    everybody = sorted(members | more)
    links = [link for link in group.links if link.one in members and link.other in members]
    heads = {one: one for one in everybody}
    for link in links:
        _join(heads, link.one, link.other)
    first = everybody[0]
    for one in everybody:
        if _head(heads, one) != _head(heads, first):
            links.append(Link(first, one, WEIGHT, (Reason("profile", 0, WEIGHT, len(everybody)),)))
            _join(heads, first, one)
    return Group(tuple(everybody), tuple(links), group.reasons)


def _join(heads: dict[Id, Id], one: Id, other: Id) -> None:
    heads[_head(heads, one)] = _head(heads, other)


def _head(heads: dict[Id, Id], one: Id) -> Id:
    while heads[one] != one:
        heads[one] = heads[heads[one]]
        one = heads[one]
    return one
