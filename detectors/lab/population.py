"""The benchmark's accounts: honest ones of every class and distillers of every profile, labelled by account."""

from collections.abc import Iterator
from random import Random
from typing import Final, Literal, NamedTuple

from detectors.lab.habits import Habits, habits
from detectors.lab.job import END, Desk, Job, play
from detectors.lab.library import LEARNT, Library, Part
from detectors.lab.pack import Pack
from detectors.lab.roster.adversaries import ADVERSARIES
from detectors.lab.roster.benign import BENIGN
from detectors.lab.roster.recipe import Recipe, Volume
from detectors.lab.tempo import Beat, Given
from detectors.lab.traffic import DAY, START, Asked, bell
from detectors.lab.words import Words

_SEEN: Final = {"learn": 1.0, "judge": 0.25}  # weight of a source that calibration learns from, against one it does not
_LATEST = 10.0  # days after which no account begins: it would not show itself
OWN: Final = "own:"  # marks sources of our own wording
_CLUBS: Final = 4  # classes and hackathons among which accounts of that kind are dealt out
_PADS: Final = 63  # padded accounts of each share
_COVERS: Final = tuple(recipe for recipe in BENIGN if recipe.volume.median >= 50 and not recipe.ordered)  # noqa: PLR2004 - enough to hide in
_PADDED: Final = (0.25, 0.10)  # share of attack queries in padded accounts
_LONG: Final = Volume(1800.0, 0.15, 1500, 3000)  # exchanges of a padded account


class Says(NamedTuple):
    """Where an account's text is from: a source of the pack, or one half of our own wording."""

    source: str
    half: int  # of our own wording; of a source, which half its frames are worded by
    seen: bool


class Tenant(NamedTuple):
    """One account, playable any number of times with the same result.

    Attributes:
        account: its name; it tells nothing.
        label, kind, traffic_class: what it is.
        source: of its text (an adversary's: of the attack): name in the pack, or ``own:`` and the grammar.
        seen: calibration may learn from that source.
        hard: a hard negative.
        profile: letter of the attack profile; empty: honest.
        plan: exchanges that the attack wants.
        share: attack queries among its exchanges.
        tempo: see ``tempo``.
        agent, anthropic: how it calls.
        number: among all accounts of its population.
    """

    account: str
    label: Literal["benign", "adversary"]
    kind: str
    traffic_class: str
    source: str
    seen: bool
    hard: bool
    profile: str
    plan: int
    share: float
    agent: str
    anthropic: bool
    number: int
    seed: str
    cast: "Cast"

    def exchanges(self) -> Iterator[Asked]:
        """Yield its exchanges of a fortnight in time order."""
        return iter(self.cast.lived(self.seed))


class Cast(NamedTuple):
    """All that an account is played from."""

    library: Library
    part: Part
    recipe: Recipe
    says: Says
    most: int
    club: str
    cover: Recipe | None = None
    covers: Says | None = None
    share: float = 1.0

    def lived(self, seed: str) -> list[Asked]:
        """Return the account's exchanges."""
        rng = Random(seed)
        kept = habits(rng)
        if self.cover is None or self.covers is None:
            return self._alone(rng, kept)
        wanted = round(self.most * self.share)
        beat = self._beat(rng, self.cover, self.most)
        open_to = play(rng, self._job(rng, self.cover, self.covers, kept), beat, kept, self.most - wanted)
        times = sorted(one.at + rng.uniform(1.0, 90.0) for one in rng.choices(open_to, k=wanted))
        given = Given(rng, times, self.library.gaps)
        hidden = play(rng, self._job(rng, self.recipe, self.says, kept), given, kept, wanted, attack=True)
        return sorted([*open_to, *hidden], key=lambda one: one.at)

    def _alone(self, rng: Random, kept: Habits) -> list[Asked]:
        beat, job = self._beat(rng, self.recipe, self.most), self._job(rng, self.recipe, self.says, kept)
        return play(rng, job, beat, kept, self.most, attack=bool(self.recipe.profile))

    def _job(self, rng: Random, recipe: Recipe, says: Says, kept: Habits) -> Job:
        words = Words(says.half)
        if says.source.startswith(OWN) and recipe.own:
            script = recipe.own(rng, words)
        else:
            endless = not recipe.profile
            script = self.library.script(rng, says.source, self.part, ordered=recipe.ordered, endless=endless)
        return recipe.work(Desk(rng, script, words, kept, self.most, Random(self.club) if recipe.clubs else rng))

    def _beat(self, rng: Random, recipe: Recipe, most: int) -> Beat:
        dice = Random(self.club) if recipe.clubs else rng
        first = START + dice.uniform(0.0, _LATEST) * DAY
        left = (END - first) * 0.9
        tempo = rng.choice(recipe.tempos)
        spread = left * rng.uniform(0.15, 1.0) / most
        every = bell(rng, recipe.pace, 0.8) if recipe.pace and tempo != "day" else spread
        return Beat(rng, tempo, min(every, left / most), first, self.library.gaps)


def population(
    pack: Pack | None, part: Part, seed: int = 0, size: float = 1.0, adversaries: float = 1.0
) -> list[Tenant]:
    """Return the accounts of one part of the benchmark.

    Args:
        pack: public text; none: all speak our own words.
        part: what calibrates, or what evaluates; no source of text of an unseen account is in both.
        seed: another seed, other accounts.
        size: of the honest population, 1.0 for about 750.
        adversaries: of the distillers', 1.0 for about 420.
    """
    library, rng = Library(pack), Random(f"{seed}/{part}")
    made = [_honest(library, part, recipe, rng) for recipe in BENIGN for _ in range(_count(recipe.share, size))]
    for recipe in ADVERSARIES:
        made += [_thief(library, part, recipe, rng, 1.0) for _ in range(_count(recipe.share, adversaries))]
    for share in _PADDED:
        for number in range(_count(_PADS, adversaries)):
            made.append(_thief(library, part, ADVERSARIES[number % len(ADVERSARIES)], rng, share))
    return [_named(cast, f"{seed}/{part}/{number}", number) for number, cast in enumerate(made) if cast]


def _count(share: int, size: float) -> int:
    return max(1, round(share * size))


def _honest(library: Library, part: Part, recipe: Recipe, rng: Random) -> Cast | None:
    says = _choose(library, part, recipe, rng)
    return Cast(library, part, recipe, says, _drawn(rng, recipe.volume), _club(rng)) if says else None


def _thief(library: Library, part: Part, recipe: Recipe, rng: Random, share: float) -> Cast | None:
    says, most, club = _choose(library, part, recipe, rng), _drawn(rng, recipe.volume), _club(rng)
    if says is None:
        return None
    if share < 1.0:
        cover = rng.choice(_COVERS)
        covers = _choose(library, part, cover, rng)
        return covers and Cast(library, part, recipe, says, _drawn(rng, _LONG), club, cover, covers, share)
    if not says.source.startswith(OWN):
        most = min(most, len(library.rows(says.source, part)))
    return Cast(library, part, recipe, says, most, club)


def _choose(library: Library, part: Part, recipe: Recipe, rng: Random) -> Says | None:
    found: list[Says] = [
        Says(name, int(part == "judge"), name in LEARNT) for name in recipe.sources if library.has(name)
    ]
    if recipe.own:
        found += [Says(f"{OWN}{recipe.own.__name__}", half, half == 0) for half in (0, 1)]
    found = [one for one in found if one.seen or part == "judge"]
    weights = [_SEEN[part] if one.seen else 1.0 for one in found]
    return rng.choices(found, weights)[0] if found else None


def _drawn(rng: Random, volume: Volume) -> int:
    return min(volume.most, max(volume.least, round(bell(rng, volume.median, volume.spread))))


def _club(rng: Random) -> str:
    return f"club/{rng.randrange(_CLUBS)}"


def _named(cast: Cast, seed: str, number: int) -> Tenant:
    rng = Random(f"name/{seed}")
    recipe, kept = cast.recipe, habits(Random(seed))
    return Tenant(
        account=f"acct-{rng.getrandbits(40):010x}", label="adversary" if recipe.profile else "benign", kind=recipe.kind,
        traffic_class=(cast.cover or recipe).traffic_class, source=cast.says.source, seen=cast.says.seen,
        hard=recipe.hard, profile="h" if cast.cover else recipe.profile,
        plan=(round(cast.most * cast.share) if recipe.profile else 0), share=cast.share if recipe.profile else 0.0,
        agent=kept.agent, anthropic=kept.anthropic, number=number, seed=seed, cast=cast,
    )  # fmt: skip
