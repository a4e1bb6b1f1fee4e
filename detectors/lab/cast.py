"""From a recipe to a life: who speaks, when, for how long, and what befalls the account."""

from collections.abc import Iterator
from itertools import chain
from random import Random
from typing import Final, NamedTuple

from msgspec.structs import replace

from detectors.lab.habits import RELEASE, Habits, habits
from detectors.lab.job import Desk, Job, play, stream
from detectors.lab.library import Library, Part
from detectors.lab.roster.benign import BENIGN
from detectors.lab.roster.recipe import Recipe
from detectors.lab.tempo import END, Beat, Given
from detectors.lab.traffic import DAY, START, Asked, bell
from detectors.lab.words import spoken

OWN: Final = "own:"  # marks sources of our own wording
_FULL: Final = 0.9  # share of what is left of the fortnight that a client's plan may fill
_AT_ONCE: Final = 0.5  # days within which those who wait for a new model take it up
_EARLY: Final = 3  # a padded account's cover is planned so much denser than its life, so that all of it is played
_BY_NAME: Final = {recipe.kind: recipe for recipe in BENIGN}
_CUSTOMERS: Final = (3, 9)  # customers of a reseller, from and to
_REFUSED: Final = 4  # calls that a revoked key still makes


class Says(NamedTuple):
    """Where an account's text is from.

    Attributes:
        source: name in the pack, or ``own:`` with the grammar and its half.
        half: of our own wording, which also words the frames around a source's text.
        seen: calibration may learn from that source.
    """

    source: str
    half: int
    seen: bool


class Cast(NamedTuple):
    """All that an account is played from.

    Attributes:
        library, part, recipe, says: what it is, and from what.
        most: exchanges.
        club: seed of the group that it belongs to.
        cover: what else the account does, and from what.
        share: attack queries among its exchanges.
        lender: an account whose answers it works on, and that one's seed.
        parts: customers of a reseller.
    """

    library: Library
    part: Part
    recipe: Recipe
    says: Says
    most: int
    club: str = ""
    cover: tuple[Recipe, Says] | None = None
    share: float = 1.0
    lender: tuple["Cast", str] | None = None
    parts: tuple["Cast", ...] = ()

    def habits(self, seed: str) -> Habits:
        """Return how such an account calls."""
        kept = habits(Random(f"habits/{seed}"))
        if self.recipe.signs:
            kept = kept._replace(anthropic=True)
        if self.recipe.fate == "pivot":
            kept = kept._replace(adopts=RELEASE + Random(seed).random() * _AT_ONCE)
        return kept

    def told(self, seed: str) -> Iterator[Asked]:
        """Yield what ``lived`` returns, little by little where the life is of one piece."""
        recipe, kept = self.recipe, self.habits(seed)
        if self.parts or self.cover or self.lender or recipe.fate == "failover":
            yield from self.lived(seed)
            return
        rng = Random(seed)
        beat = self._beat(rng, recipe, START + rng.uniform(*recipe.began) * DAY, self.most)
        job = self._job(rng, recipe, self.says, kept)
        yield from stream(rng, job, beat, kept, self.most, attack=bool(recipe.profile))

    def lived(self, seed: str) -> list[Asked]:
        """Return the account's exchanges in time order."""
        rng, kept = Random(seed), self.habits(seed)
        if self.parts:
            return self._resold(seed, kept)
        if self.cover:
            return self._hidden(rng, kept, *self.cover)
        served: tuple[str, ...] = ()
        first = START + rng.uniform(*self.recipe.began) * DAY
        if self.lender:
            lent = self.lender[0].lived(self.lender[1])
            half = lent[: len(lent) // 2]
            served = tuple([one.answer for one in half if one.choices])
            first = half[-1].at
        beat = self._beat(rng, self.recipe, first, self.most)
        job = self._job(rng, self.recipe, self.says, kept, served)
        asked = play(rng, job, beat, kept, self.most, attack=bool(self.recipe.profile))
        return _revoked(rng, asked) if self.recipe.fate == "failover" else asked

    def _hidden(self, rng: Random, kept: Habits, cover: Recipe, covers: Says) -> list[Asked]:
        wanted = round(self.most * self.share)
        first = START + rng.uniform(*cover.began) * DAY
        beat = self._beat(rng, cover, first, self.most * _EARLY)
        shown = play(rng, self._job(rng, cover, covers, kept), beat, kept, self.most - wanted)
        openings = rng.choices(shown, k=round(wanted / self.recipe.turns) + 1)
        times = sorted(one.at + rng.uniform(1.0, 90.0) for one in openings)
        given = Given(rng, times, self.library.gaps)
        hidden = play(
            rng, self._job(rng, self.recipe, self.says, kept), given, kept, wanted, attack=bool(self.recipe.profile)
        )
        return sorted([*shown, *hidden], key=lambda one: one.at)

    def _resold(self, seed: str, kept: Habits) -> list[Asked]:
        asked: list[Asked] = []
        named = Random(seed).random() < 0.5  # noqa: PLR2004 - half of the resellers tell who asks
        for number, part in enumerate(self.parts):
            for one in part.lived(f"{seed}/{number}"):
                user = f"c{number}" if named else one.user
                asked.append(
                    replace(one, user=user, key=0, address=one.address % kept.addresses, signature="", handed=())
                )
        return sorted(asked, key=lambda one: one.at)[: self.most]

    def _job(self, rng: Random, recipe: Recipe, says: Says, kept: Habits, served: tuple[str, ...] = ()) -> Job:
        words = spoken(rng, says.half)
        script = recipe.own(rng, words)
        if not says.source.startswith(OWN):  # a harvester that has asked all of a source goes on with its own
            rows = self.library.script(rng, says.source, self.part, ordered=recipe.ordered, endless=not recipe.profile)
            script = chain(rows, script)
        club = Random(self.club) if recipe.clubs else rng
        return recipe.work(Desk(rng, script, words, kept, self.most, club, _again(served)))

    def _beat(self, rng: Random, recipe: Recipe, first: float, most: int) -> Beat:
        first = START + Random(self.club).uniform(*recipe.began) * DAY if recipe.clubs else first
        left = (END - first) * _FULL
        tempo = rng.choice(recipe.tempos)
        every = left * rng.uniform(recipe.spans, 1.0) / most
        every = bell(rng, recipe.pace, 0.8) if recipe.pace and tempo != "day" else every * recipe.turns
        return Beat(rng, tempo, min(every, left / most * recipe.turns), first, self.library.gaps)


def _again(served: tuple[str, ...]) -> Iterator[str]:
    while served:
        yield from served


def _revoked(rng: Random, asked: list[Asked]) -> list[Asked]:
    """Return the same life with its key revoked on the way, and another key that goes on."""
    if not asked:
        return asked
    lost = asked[round(len(asked) * rng.uniform(0.25, 0.6))].at
    nothing = {"choices": (), "answer_chars": 0, "answer_tokens": 0, "finish": "error", "status": 403, "signature": ""}
    after = [one for one in asked if one.at >= lost]
    refused = [replace(one, key=0, took=0.1, **nothing) for one in after[:_REFUSED]]
    late = rng.uniform(0.01, 0.5) * DAY
    moved = [replace(one, key=1, at=one.at + late) for one in after if one.at + late < END]
    return [*(replace(one, key=0) for one in asked if one.at < lost), *refused, *moved]


def customers(rng: Random, recipe: Recipe) -> list[Recipe]:
    """Draw the kinds of a reseller's customers."""
    return [_BY_NAME[rng.choice(recipe.parts)] for _ in range(rng.randint(*_CUSTOMERS))]
