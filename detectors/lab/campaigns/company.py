"""The whole population: campaigns and honest groups among individuals, and its play in time order."""

from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from typing import Final, Literal, NamedTuple, TypeAlias

from detectors.lab.campaigns import campaigns, innocents
from detectors.lab.campaigns.base import Act, Group, Member, together
from detectors.lab.campaigns.campaigns import Brief
from detectors.lab.campaigns.crowds import Setting, ordinary
from detectors.lab.campaigns.firms import balanced
from detectors.lab.campaigns.framing import framed
from detectors.lab.campaigns.origins import home, tls
from detectors.lab.campaigns.padding import covered
from detectors.lab.campaigns.persons import Person
from detectors.lab.campaigns.pools import Work
from detectors.lab.library import Library, Part
from detectors.lab.pack import Pack
from detectors.lab.population import Tenant, population
from detectors.lab.traffic import DAY, START, bell

Size: TypeAlias = Literal["small", "medium", "full"]

_WIDE: Final = 5.6  # exchanges of an account a day (Moonshot, ten days of 2026)
_WIDE_PLAN: Final = 45.0  # days that such a campaign is planned for (Alibaba, April to June 2026)
# Campaigns of each kind at full size; sizes are log-normal about the median, between the least and the most.
_CAMPAIGNS: Final = {"wide_slow": 2, "fixed_scaffold": 7, "paraphrased": 6, "relayed": 5, "cleaning": 4, "padded": 4,
                     "failover": 4, "pivot": 4, "shards": 5, "sessions": 3, "grading": 3}  # fmt: skip
_INNOCENTS: Final = {"office_nat": 23, "vpn": 12, "harness": 21, "byok_app": 30, "class": 24, "reseller": 12,
                     "organisation": 22, "balanced": 8, "release_day": 14, "hackathon": 16,
                     "scheduled_tool": 18}  # fmt: skip
_FRAMINGS: Final = 6  # scenes in which a campaign copies an innocent
_GREAT: Final = {"wide_slow": 2000, "harness": 1500, "byok_app": 400}  # accounts of the first of its kind


class Extent(NamedTuple):
    """How large a population is.

    Attributes:
        groups: factor on their number; every kind is there once at least.
        accounts: factor on the accounts of a group.
        people: factor on the individuals.
        great: factor on the accounts of the greatest groups.
        busy: factor on what campaigns' accounts do a day.
        most: exchanges of an individual; heavier ones are the other benchmark's.
    """

    groups: float
    accounts: float
    people: float
    great: float
    busy: float = 1.0
    most: int = 1500


SIZES: Final[dict[Size, Extent]] = {
    "small": Extent(0.01, 0.5, 0.02, 0.02, 0.3, 150),
    "medium": Extent(0.3, 0.6, 0.3, 0.3),
    "full": Extent(1.0, 1.0, 1.0, 1.0),
}
_LIGHT: Final = 1600  # light individuals, besides those of the other benchmark
_MEDIAN, _SPREAD, _LEAST, _LARGEST = 32.0, 0.7, 20, 300  # accounts of a campaign
_PADDED: Final = 0.10  # share of the attack in what a padded account does
_FEWEST: Final = 18  # accounts of a campaign that is scaled down
_CROWDS: Final = {
    "harness": 60.0,
    "byok_app": 50.0,
    "vpn": 45.0,
    "scheduled_tool": 40.0,
    "organisation": 10.0,
    "balanced": 10.0,
}
_CROWD: Final = 22.0  # accounts of other honest groups, median


class Company(NamedTuple):
    """Everybody.

    Attributes:
        groups: campaigns and honest groups.
        individuals: accounts without a group.
        plays: what yields each one's exchanges.
    """

    groups: tuple[Group, ...]
    individuals: tuple[Member, ...]
    plays: tuple[Callable[[], Iterator[Act]], ...]

    def acts(self) -> Iterator[Act]:
        """Yield all exchanges of everybody, in time order; any number of times with the same result."""
        return together(list(self.plays))

    def members(self) -> list[Member]:
        """Return every account."""
        return [*self.individuals, *(one for group in self.groups for one in group.members)]


def company(
    pack: Pack | None, part: Part = "judge", seed: int = 0, size: Size = "full", *, campaigned: bool = True
) -> Company:
    """Return the population of one part of the benchmark.

    Args:
        pack: public text; none: all speak our own words.
        part: what calibrates, or what evaluates.
        seed: another seed, other accounts.
        size: small (seconds to play), medium, full (some 10,000 accounts).
        campaigned: with campaigns; what calibrates learns from honest accounts alone.
    """
    extent, tenants = SIZES[size], population(pack, part, seed, SIZES[size].people, 0.0)
    library = tenants[0].cast.library
    people = [_tenant(one, extent.most) for one in tenants if not one.contracted]
    base = f"campaigns/{seed}/{part}"
    alone = Setting("", "individual", f"{base}/alone", library, part, 0)
    light = [_individual(alone, i) for i in range(round(_LIGHT * extent.people))]
    groups = [*_innocents(library, part, base, extent)]
    if campaigned:
        groups += _campaigns(library, part, base, extent)
        groups += _framings(library, part, base, extent)
    return Company(
        tuple(groups),
        (*(member for member, _ in people), *(one.member for one in light)),
        (*(play for _, play in people), *(one.acts for one in light), *(group.plays for group in groups)),
    )


def _individual(setting: Setting, number: int) -> Person:
    rng = setting.dice("home", number)
    person = ordinary(setting, number, home(rng, rng.choice((1, 1, 2, 3))))
    kind = "individual"
    return person._replace(member=person.member._replace(group="", kind=kind))


def _tenant(tenant: Tenant, most: int) -> tuple[Member, Callable[[], Iterator[Act]]]:
    """Return an account of the other benchmark's population, at addresses of its own."""
    rng = Random(f"home/{tenant.seed}")
    origin = home(rng, tenant.cast.habits(tenant.seed).addresses)
    member = Member(
        tenant.account, "benign", tenant.kind, tenant.traffic_class, "", 0, tenant.agent, tenant.anthropic,
        tls(tenant.agent), origin.addresses, origin.asns, START - rng.uniform(0.0, 400.0) * DAY,
    )  # fmt: skip
    cast, seed = tenant.cast._replace(most=min(tenant.cast.most, most)), tenant.seed
    return member, lambda: (Act(member, asked) for asked in cast.told(seed))


def _count(many: int, extent: Extent) -> int:
    return max(1, round(many * extent.groups))


def _sized(kind: str, number: int, drawn: float, extent: Extent) -> int:
    great = not number and kind in _GREAT
    return round(_GREAT[kind] * extent.great if great else drawn * extent.accounts)


def _innocents(library: Library, part: Part, base: str, extent: Extent) -> Iterator[Group]:
    for kind, many in _INNOCENTS.items():
        for number in range(_count(many, extent)):
            name = f"{kind}-{number}"
            rng = Random(f"{base}/{name}")
            size = bell(rng, _CROWDS.get(kind, _CROWD), 0.5)
            size = _sized(kind, number, bell(rng, _CROWDS.get(kind, _CROWD), 0.5), extent)
            setting = Setting(name, kind, f"{base}/{name}", library, part, max(3, size))
            if kind == "balanced":
                yield balanced(setting)
                continue
            persons = innocents.KINDS[kind](setting)
            yield Group(
                name, kind, "innocent", tuple(one.member for one in persons), 0, 0.0, (),
                partial(together, [one.acts for one in persons]),
            )  # fmt: skip


def _campaigns(library: Library, part: Part, base: str, extent: Extent) -> Iterator[Group]:
    for kind, many in _CAMPAIGNS.items():
        for number in range(_count(many, extent)):
            name = f"{kind}-{number}"
            rng = Random(f"{base}/{name}")
            size = _sized(kind, number, min(_LARGEST, max(_LEAST, bell(rng, _MEDIAN, _SPREAD))), extent)
            wide = kind == "wide_slow"
            a_day = (_WIDE if wide else campaigns.light(rng)) * extent.busy
            brief = Brief(name, kind, f"{base}/{name}", library, part, max(_FEWEST, size), a_day)
            yield _campaign(brief, _WIDE_PLAN if wide else 0.0)


def _framings(library: Library, part: Part, base: str, extent: Extent) -> Iterator[Group]:
    for number in range(_count(_FRAMINGS, extent)):
        name = f"framing-{number}"
        rng = Random(f"{base}/{name}")
        size = max(_FEWEST, round(min(_LARGEST, max(_LEAST, bell(rng, _MEDIAN, _SPREAD))) * extent.accounts))
        setting = Setting(name, "framing", f"{base}/{name}", library, part, 0)
        yield from framed(setting, number, size, campaigns.light(rng) * extent.busy)


def _campaign(brief: Brief, days: float) -> Group:
    padded = brief.kind == "padded"
    attack = brief._replace(per_day=brief.per_day * _PADDED) if padded else brief
    work = campaigns.KINDS[brief.kind](attack)
    plays = partial(covered, attack, work, brief.per_day - attack.per_day) if padded else work.acts
    planned = brief.size * brief.per_day * days or sum(_wanted(work, number) for number in range(len(work.pools)))
    traits = [f"{one.where}, {'alike' if one.alike else 'mixed'} software" for one in work.pools[:1]]
    traits += [
        f"{one.hours} hours by {'quota' if one.quota else 'chance'}, spread {one.spread}, ramp {one.ramp} d"
        for one in work.dealings[:1]
    ]
    return Group(
        brief.name, brief.kind, "campaign", work.members(), round(planned), work.banned_at, tuple(traits), plays
    )


def _wanted(work: Work, number: int) -> float:
    """Return about how many exchanges a pool makes in the fortnight: its plan, unless it is known to be longer."""
    dealing = work.dealings[number]
    return sum(dealing.per_day * (dealing.last - start) / DAY for start in work.starts(number))
