"""A small trial made by hand: one campaign of two pools, one class, some individuals."""

from array import array
from collections.abc import Iterator, Sequence

from detectors.base import Harvest
from detectors.lab.campaigns.base import Act, Group, Member
from detectors.lab.campaigns.company import Company
from detectors.lab.traffic import DAY, START
from detectors.linkage.base import Group as Linked
from detectors.linkage.base import Imprint, Mark
from gateway.decisions import Standing, Subject
from gateway.lab.campaign_reading import identity
from gateway.lab.campaign_trial import Alone, Trial
from gateway.lab.campaign_watch import Look

HOUR = 3600.0


def member(name: str, group: str = "", *, guilty: bool = False, pool: int = 0) -> Member:
    label = "adversary" if guilty else "benign"
    return Member(name, label, "kind", "chat", group, pool, "agent/1", False, "t", ("23.0.0.1",), (3000,), START)  # type: ignore[arg-type]


def nothing() -> Iterator[Act]:
    return iter(())


POOLS = tuple(member(f"pool{n}", "failover-0", guilty=True, pool=int(n >= 10)) for n in range(20))
CLASS = tuple(member(f"pupil{n}", "class-0") for n in range(12))
PEOPLE = tuple(member(f"person{n}") for n in range(30))
BANNED = START + 5 * DAY
COMPANY = Company(
    (
        Group("failover-0", "failover", "campaign", POOLS, 2000, BANNED, ("homes",), nothing),
        Group("class-0", "class", "innocent", CLASS, 0, 0.0, (), nothing),
    ),
    PEOPLE,
    (),
)


def look(name: str, at: float, members: Sequence[Member], severity: int = 2) -> Look:
    ids = tuple(sorted(identity(one) for one in members))
    standing = Standing(
        subject=Subject("campaign", name), at=at, weight=9.0, families={"content": 9.0}, evidence={}, harvest=Harvest()
    )
    return Look(name, at, ids, {}, standing, severity, Linked(ids))


def served(pool: int) -> "array[float]":
    """Ten exchanges of an account, one an hour: of the first pool from the first day, of the second after the ban."""
    return array("d", [(BANNED if pool else START) + HOUR * (hour + 1) for hour in range(10)])


def trial(*touching: Look) -> Trial:
    taken = {identity(one): served(one.pool) for one in POOLS}
    alone = {identity(one): Alone(1.0) for one in COMPANY.members()}
    imprints = {
        identity(one): Imprint(exchanges=9, networks=(Mark(number + 1, 9, 0.0, 9.0),))
        for number, one in enumerate(COMPANY.members())
    }
    return Trial(COMPANY, touching, {one.name: one for one in touching}, taken, alone, imprints, [0.5, 1.5], 200)
