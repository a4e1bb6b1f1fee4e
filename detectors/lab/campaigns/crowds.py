"""What honest groups are made from: a common core, and people who differ."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Final, NamedTuple

from detectors.lab.campaigns.base import Member
from detectors.lab.campaigns.origins import Origin, home, tls
from detectors.lab.campaigns.persons import Person, interests, spread, telling
from detectors.lab.habits import Habits, habits
from detectors.lab.library import Library, Part
from detectors.lab.population import drawn
from detectors.lab.roster.benign import BENIGN
from detectors.lab.roster.recipe import Recipe, Volume
from detectors.lab.traffic import DAY, START, Script
from detectors.lab.words import Words

LIGHT: Final = Volume(22.0, 1.3, 1, 600)  # exchanges of an individual in a fortnight: few, and some a great many
STAYS: Final = (1.0, 1.5, 2.5, 4.0)  # openings of a person to a sitting, mean
_SIGNED_UP: Final = 400.0  # days before they are first seen
_STAYED: Final = 0.5  # share of people who were there before the fortnight
_TRAITED: Final = [recipe for recipe in BENIGN if not recipe.parts and not recipe.contracted and not recipe.clubs]


class Setting(NamedTuple):
    """What an honest group is made from.

    Attributes:
        name, kind: of the group.
        seed: of everything about it.
        library, part: what its people may say.
        size: accounts.
    """

    name: str
    kind: str
    seed: str
    library: Library
    part: Part
    size: int

    @property
    def half(self) -> int:
        """Which half of our own wording the group speaks."""
        return int(self.part == "judge")

    def dice(self, what: str, number: int = -1) -> Random:
        """Return dice for one matter of the group, or of its member of that number."""
        return Random(f"{self.seed}/{what}/{number}")


def filled(setting: Setting, forms: Sequence[str]) -> str:
    """Return one of the forms, the same for all of the group; ``{x}`` stays to be filled."""
    rng = setting.dice("form")
    words = Words(setting.half)
    return words.fill(rng, words.pick(rng, forms).replace("{x}", "{{x}}"))


def member(
    setting: Setting, number: int, kept: Habits, traffic_class: str, origin: Origin, joined: float = 0.0
) -> Member:
    """Return an honest account of a group; ``joined``: when it signed up, drawn if not given."""
    rng = setting.dice("member", number)
    return Member(
        account=f"acct-{rng.getrandbits(40):010x}", label="benign", kind=setting.kind, traffic_class=traffic_class,
        group=setting.name, pool=0, agent=kept.agent, anthropic=kept.anthropic, tls=tls(kept.agent),
        addresses=origin.addresses, asns=origin.asns, joined=joined or START - rng.uniform(0.0, _SIGNED_UP) * DAY,
    )  # fmt: skip


def began(rng: Random, last: float = 10.0) -> float:
    """Draw when somebody is first seen in the fortnight, seconds since the epoch."""
    return START + (rng.uniform(0.0, 1.0) if rng.random() < _STAYED else rng.uniform(0.0, last)) * DAY


def own_way(rng: Random) -> Habits:
    """Return how an individual calls: one key, and from as many addresses as it has."""
    return habits(rng)._replace(keys=1)


def ordinary(setting: Setting, number: int, origin: Origin, recipe: Recipe | None = None) -> Person:
    """Return somebody with business of its own, of any kind or of the one given."""
    rng = setting.dice("person", number)
    chosen = recipe or rng.choices(_TRAITED, [one.share for one in _TRAITED])[0]
    script, half = telling(setting.library, setting.part, chosen, rng)
    kept, first = own_way(rng), began(rng)
    most = min(drawn(rng, LIGHT), max(1, drawn(rng, chosen.volume)))
    return Person(
        member(setting, number, kept, chosen.traffic_class, origin), f"{setting.seed}/{number}", chosen.work, script,
        interests(rng, half), kept._replace(addresses=len(origin.addresses)), most,
        spread(rng.choice(chosen.tempos), most, first, chosen.turns, stays=rng.choice(STAYS)),
    )  # fmt: skip


def user(
    setting: Setting, number: int, recipe: Recipe, kept: Habits, script: Callable[[Random, Words], Script]
) -> Person:
    """Return one user of a product that many use: the product's way of calling, and own business, hours and place."""
    rng = setting.dice("user", number)
    place = home(rng, rng.choice((1, 1, 1, 2, 3)))
    most, first = drawn(rng, recipe.volume), began(rng)
    return Person(
        member(setting, number, kept, recipe.traffic_class, place), f"{setting.seed}/{number}", recipe.work, script,
        interests(rng, setting.half), kept._replace(addresses=len(place.addresses)), most,
        spread(rng.choice(recipe.tempos), most, first, recipe.turns, stays=rng.choice(STAYS)), club=setting.seed,
    )  # fmt: skip
