"""Cover: what the accounts of a padded campaign do besides, so that nine in ten of their questions are anybody's."""

from collections.abc import Iterator
from heapq import merge
from random import Random
from typing import Final

from detectors.lab.campaigns.base import Act, Member, at
from detectors.lab.campaigns.campaigns import Brief
from detectors.lab.campaigns.persons import Person, interests, spread, telling
from detectors.lab.campaigns.pools import Work
from detectors.lab.habits import Habits
from detectors.lab.roster.benign import BENIGN
from detectors.lab.tempo import DAYS, END
from detectors.lab.traffic import DAY

_FEWEST: Final = 50.0  # median exchanges of a kind that can be a cover
_COVERS: Final = [
    recipe
    for recipe in BENIGN
    if recipe.volume.median >= _FEWEST and not recipe.ordered and not recipe.parts and not recipe.contracted
]


def covered(brief: Brief, work: Work, per_day: float) -> Iterator[Act]:
    """Yield what a campaign does with so many exchanges of cover an account a day, each account of another kind."""
    (pool,) = work.pools
    starts = work.starts(0)
    covers = [
        _cover(brief, i, member, kept, start, per_day)
        for i, (member, kept, start) in enumerate(zip(pool.members(starts), pool.habits(), starts, strict=True))
    ]
    yield from merge(work.acts(), *[one.acts() for one in covers], key=at)


def _cover(brief: Brief, number: int, member: Member, kept: Habits, start: float, per_day: float) -> Person:
    rng = Random(f"{brief.seed}/cover/{number}")
    recipe = rng.choice(_COVERS)
    script, half = telling(brief.library, brief.part, recipe, rng)
    most = max(1, round(per_day * DAYS * (END - start) / (DAYS * DAY)))
    return Person(
        member, f"{brief.seed}/cover/{number}", recipe.work, script, interests(rng, half), kept, most,
        spread(rng.choice(recipe.tempos), most, start, recipe.turns),
    )  # fmt: skip
