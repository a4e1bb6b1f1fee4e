"""The benchmark's accounts: honest ones of every class and distillers of every profile, labelled by account."""

from collections.abc import Iterator
from random import Random
from typing import Final, Literal, NamedTuple

from detectors.lab.cast import OWN, Cast, Says, customers
from detectors.lab.library import LEARNT, Library, Part
from detectors.lab.pack import Pack
from detectors.lab.roster.adversaries import ADVERSARIES
from detectors.lab.roster.benign import BENIGN
from detectors.lab.roster.recipe import Recipe, Volume
from detectors.lab.traffic import Asked, bell

_SEEN: Final = 0.25  # weight of a source that calibration learns from, against one that it does not
_CLUBS: Final = 4  # classes and hackathons among which accounts of such a kind are dealt out
PADDED: Final = (0.25, 0.10)  # share of attack queries in padded accounts
_PADS: Final = 63  # padded accounts of each share
_LONG: Final = Volume(1650.0, 0.1, 1560, 3000)  # exchanges of a padded account
_TEAMS: Final = 45  # honest accounts that do two things
_BUSY: Final = Volume(700.0, 0.8, 50, 4000)  # exchanges of such an account
_HIDES: Final = 50.0  # median exchanges of a kind that can be a cover
_COVERS: Final = tuple(
    r for r in BENIGN if r.volume.median >= _HIDES and not r.ordered and not r.parts and not r.contracted
)
_CAN_HIDE: Final = tuple(r for r in ADVERSARIES if r.profile not in "ejk" and r.volume.least > _HIDES * 2)
_SCALE: Final = {"learn": 0.72, "judge": 0.76}  # of the recipes' shares, so that there are as many as wanted
_LEARNING: Final = 0.2  # distillers' population where detectors learn, against that where they are judged


class Tenant(NamedTuple):
    """One account, playable any number of times with the same result.

    Attributes:
        account: its name; it tells nothing.
        label, kind, traffic_class: what it is; the class of a padded adversary is its cover's.
        source: of its text (an adversary's: of the attack): name in the pack, or ``own:`` with grammar and half.
        seen: calibration may learn from that source.
        hard: a hard negative.
        contracted: honest by contract only: to be judged under an entitlement.
        profile: letter of the attack profile, h for padded accounts; empty: honest.
        plan: exchanges that the attack wants.
        share: attack queries among its exchanges.
        agent, anthropic: how it calls.
        seed, cast: all that it is played from.
    """

    account: str
    label: Literal["benign", "adversary"]
    kind: str
    traffic_class: str
    source: str
    seen: bool
    hard: bool
    contracted: bool
    profile: str
    plan: int
    share: float
    agent: str
    anthropic: bool
    seed: str
    cast: Cast

    def exchanges(self) -> Iterator[Asked]:
        """Yield its exchanges of a fortnight in time order."""
        return iter(self.cast.lived(self.seed))


def population(
    pack: Pack | None, part: Part, seed: int = 0, size: float = 1.0, adversaries: float | None = None
) -> list[Tenant]:
    """Return the accounts of one part of the benchmark.

    Args:
        pack: public text; none: all speak our own words.
        part: what calibrates, or what evaluates; no source of text of an unseen account is in both.
        seed: another seed, other accounts.
        size: of the whole, 1.0 for some 750 honest accounts.
        adversaries: of the distillers', 1.0 for some 410; none: as ``size``, and a quarter of it where one learns.
    """
    library, rng = Library(pack), Random(f"{seed}/{part}")
    many = adversaries if adversaries is not None else size * (_LEARNING if part == "learn" else 1.0)
    honest = size * _SCALE[part]
    made = [_honest(library, part, recipe, rng) for recipe in BENIGN for _ in range(_count(recipe.share, honest))]
    made += [_team(library, part, rng) for _ in range(_count(_TEAMS, honest))]
    if many:
        made += [
            _thief(library, part, recipe, rng) for recipe in ADVERSARIES for _ in range(_count(recipe.share, many))
        ]
        for share in PADDED:
            kinds = [_CAN_HIDE[number % len(_CAN_HIDE)] for number in range(_count(_PADS, many))]
            made += [_padded(library, part, recipe, rng, share) for recipe in kinds]
    cast = [(one, f"{seed}/{part}/{number}") for number, one in enumerate(made)]
    return [_named(*_lent(one, of, cast)) for one, of in cast]


def _count(share: int, size: float) -> int:
    return max(1, round(share * size))


def _honest(library: Library, part: Part, recipe: Recipe, rng: Random) -> Cast:
    most, club = drawn(rng, recipe.volume), f"club/{recipe.kind}/{part}/{rng.randrange(_CLUBS)}"
    chosen = customers(rng, recipe) if recipe.parts else []
    each = most // max(1, len(chosen)) + 1
    parts = tuple([Cast(library, part, one, choose(library, part, one, rng), each, club) for one in chosen])
    return Cast(library, part, recipe, choose(library, part, recipe, rng), most, club, parts=parts)


def _thief(library: Library, part: Part, recipe: Recipe, rng: Random) -> Cast:
    return Cast(library, part, recipe, choose(library, part, recipe, rng), drawn(rng, recipe.volume))


def _padded(library: Library, part: Part, recipe: Recipe, rng: Random, share: float) -> Cast:
    says, cover = choose(library, part, recipe, rng), rng.choice(_COVERS)
    covers, most = choose(library, part, cover, rng), drawn(rng, _LONG)
    if not says.source.startswith(OWN) and len(library.rows(says.source, part)) < most * share:
        says = Says(f"{OWN}{recipe.own.__name__}:{says.half}", says.half, says.seen)  # too small a source to hide in
    return Cast(library, part, recipe, says, most, cover=(cover, covers), share=share)


def _team(library: Library, part: Part, rng: Random) -> Cast:
    """Return an honest account that does two things, as padded ones do."""
    first, second = rng.sample(_COVERS, 2)
    covers, says = (choose(library, part, one, rng) for one in (first, second))
    both = second._replace(kind="team", hard=True)
    return Cast(library, part, both, says, drawn(rng, _BUSY), cover=(first, covers), share=rng.uniform(0.05, 0.5))


def choose(library: Library, part: Part, recipe: Recipe, rng: Random) -> Says:
    """Draw a source of text for an account of that kind: where one learns, none but those that may be learnt from."""
    found = [Says(name, int(name not in LEARNT), name in LEARNT) for name in recipe.sources if library.has(name)]
    found += [Says(f"{OWN}{recipe.own.__name__}:{half}", half, not half) for half in (0, 1)]
    found = [one for one in found if one.seen or part == "judge"]
    return rng.choices(found, [_SEEN if one.seen else 1.0 for one in found])[0]


def drawn(rng: Random, volume: Volume) -> int:
    """Draw how many exchanges an account makes in a fortnight."""
    return min(volume.most, max(volume.least, round(bell(rng, volume.median, volume.spread))))


def _lent(cast: Cast, seed: str, others: list[tuple[Cast, str]]) -> tuple[Cast, str]:
    if not cast.recipe.borrows:
        return cast, seed
    lenders = [one for one in others if one[0].recipe.kind in ("training_set", "instruct_harvest") and not one[0].cover]
    return cast._replace(lender=Random(seed).choice(lenders)), seed


def _named(cast: Cast, seed: str) -> Tenant:
    recipe, kept, thief = cast.recipe, cast.habits(seed), bool(cast.recipe.profile)
    return Tenant(
        account=f"acct-{Random(f'name/{seed}').getrandbits(40):010x}", label="adversary" if thief else "benign",
        kind=recipe.kind, traffic_class=(cast.cover[0] if cast.cover else recipe).traffic_class,
        source=cast.says.source, seen=cast.says.seen, hard=recipe.hard, contracted=recipe.contracted,
        profile="h" if thief and cast.cover else recipe.profile, plan=round(cast.most * cast.share) if thief else 0,
        share=cast.share if thief else 0.0, agent=kept.agent, anthropic=kept.anthropic, seed=seed, cast=cast,
    )  # fmt: skip
