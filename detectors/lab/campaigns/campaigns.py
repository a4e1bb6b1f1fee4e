"""Campaigns of every known kind, each varied in what campaigns vary."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from random import Random
from typing import Final, NamedTuple

from detectors.lab.campaigns.dealing import HOURS, Dealing
from detectors.lab.campaigns.harvests import Cleaning, Grading, Harvest, Listed, Relay, Sessions, never_twice
from detectors.lab.campaigns.persons import unseen
from detectors.lab.campaigns.pools import Pool, Work
from detectors.lab.campaigns.scaffolds import Demand, frame, worded, wordings
from detectors.lab.cast import OWN
from detectors.lab.grammars import exams, people
from detectors.lab.library import Library, Part
from detectors.lab.roster.adversaries import ADVERSARIES
from detectors.lab.roster.recipe import Recipe
from detectors.lab.tempo import DAYS
from detectors.lab.traffic import DAY, START, Conversation, Script, bell
from detectors.lab.words import Words, spoken

# What is harvested, by the demand that is put around it, and the form of its answers.
_GOODS: Final[tuple[tuple[str, Demand, str], ...]] = (
    ("reasoning_fixed", "reasoning", "thinking"), ("reasoning_reworded", "reasoning", "thinking"),
    ("instruct_harvest", "expert", "long"), ("code_harvest", "tutorial", "code"), ("explanations", "expert", "worked"),
    ("training_set", "reasoning", "thinking"), ("code_seeds", "expert", "code"), ("personas", "tutorial", "long"),
)  # fmt: skip
_BY_NAME: Final[dict[str, Recipe]] = {recipe.kind: recipe for recipe in ADVERSARIES}
_LEAST_WORDINGS: Final = 12
_BANS: Final = (4.0, 8.0)  # days between which a first pool is revoked
_OVER: Final = (0.2, 10.0)  # hours within which the second takes over
_RUBRICS: Final = (
    "Score the response from 1 to 5 for depth and give your reasons in full, then [RESULT] n.",
    "Rubric: correctness, reasoning, style. Write an extensive critique, then a mark out of ten.",
    "Judge as a strict examiner: feedback on each claim, then PASS or FAIL and a score.",
    "Assess the reply for a training set. Long feedback first, a number from 1 to 5 last.",
)
_HARNESSES: Final = (
    "You are an autonomous assistant with tools. Read the conversation and go on with it.",
    "You are a coding agent in a workspace. Continue the session. Use tools when needed, explain your steps.",
    "Agent runtime. Take over the dialogue below as the assistant; be complete.",
    "You operate inside a terminal session. Answer the newest message at length.",
)


class Brief(NamedTuple):
    """What one campaign is made from.

    Attributes:
        name, kind: of the campaign.
        seed: of everything about it.
        library, part: what it may say.
        size: accounts.
        per_day: exchanges of an account a day.
    """

    name: str
    kind: str
    seed: str
    library: Library
    part: Part
    size: int
    per_day: float


def pool(brief: Brief, number: int = 0, size: int = 0, *, signed: float = 0.2) -> Pool:
    """Return a pool with habits and addresses drawn; ``signed``: chance that it calls the API that signs reasoning."""
    rng = Random(f"{brief.seed}/pool/{number}")
    return Pool(
        seed=f"{brief.seed}/{number}", name=brief.name, number=number, size=size or brief.size, kind=brief.kind,
        alike=rng.random() < 0.7,  # noqa: PLR2004 - one program runs most pools
        where=rng.choice(("homes", "homes", "mixed", "cloud")), anthropic=rng.random() < signed,
        pays=rng.choice((0, 0, 0, 1, 8)),
    )  # fmt: skip


def dealing(brief: Brief, first: float = 0.0, last: float = float(DAYS)) -> Dealing:
    """Return a way of dealing the work out, between those days."""
    rng = Random(f"{brief.seed}/dealing/{first}")
    began = first or rng.uniform(0.0, 2.0)
    stands = START + rng.uniform(began + 1.0, DAYS) * DAY if rng.random() < 0.3 else 0.0  # noqa: PLR2004 - some break down
    return Dealing(
        per_day=brief.per_day, spread=rng.choice((0.0, 0.0, 0.15, 0.35)), quota=rng.random() < 0.5,  # noqa: PLR2004
        hours=rng.choice(HOURS), noon=rng.choice((2.0, 4.0, 9.0, 15.0)), ramp=rng.choice((0.05, 0.5, 2.0, 4.0)),
        first=START + began * DAY, last=START + last * DAY, still=(stands, stands + rng.uniform(4.0, 30.0) * 3600.0),
    )  # fmt: skip


def listed(brief: Brief, how: str, rng: Random) -> Listed:
    """Return a harvest from one list of questions; ``how``: fixed, reworded for each account, or plain."""
    kept = Random(f"{brief.seed}/goods")
    kind, demand, form = kept.choice(_GOODS)
    words, questions = _questions(brief, _BY_NAME[kind], kept, rng)
    put = frame(kept, words)
    plain = words._replace(tongue="")
    if how == "plain":
        scaffolds = [("", put)]
    elif how == "fixed":
        text = worded(kept, plain, demand)
        scaffolds = [(text, put)] if kept.random() < 0.7 else [("", f"{text}\n\n{put}")]  # noqa: PLR2004 - as system prompt
    else:
        many = max(_LEAST_WORDINGS, brief.size)
        scaffolds = [(text, frame(kept, words)) for text in wordings(kept, plain, demand, many)]
    return Listed(never_twice(questions), scaffolds, form)


def _questions(brief: Brief, recipe: Recipe, kept: Random, rng: Random) -> tuple[Words, Script]:
    says = unseen(brief.library, brief.part, recipe, kept)
    words = spoken(kept, says.half)
    own = _bare(recipe.own(rng, words))
    if says.source.startswith(OWN):
        return words, own
    rows = brief.library.script(rng, says.source, brief.part, ordered=False, endless=False)
    return words, chain(_bare(rows), own)


def _bare(script: Script) -> Iterator[Conversation]:
    """Leave out the sources' own system prompts: a campaign puts its own."""
    for one in script:
        yield one._replace(system="")


def talks(brief: Brief, rng: Random) -> tuple[Words, Script]:
    """Return what real users elsewhere say: to relay, or to replay."""
    kept = Random(f"{brief.seed}/talks")
    sources = [name for name in ("ben_oasst_zh", "ben_arena_hard_v2", "ben_hh_harmless") if brief.library.has(name)]
    words = spoken(kept, int(brief.part == "judge"))
    own = kept.choice((people.people, people.coders))(rng, words)
    if brief.part == "judge" and sources and kept.random() < 0.5:  # noqa: PLR2004 - half speak as public sources do
        return words, chain(
            brief.library.script(rng, kept.choice(sources), brief.part, ordered=False, endless=False), own
        )
    return words, own


def _relay(brief: Brief, rng: Random) -> Harvest:
    kept = Random(f"{brief.seed}/relay")
    words, script = talks(brief, rng)
    system = worded(kept, words._replace(tongue=""), "expert") if kept.random() < 0.6 else ""  # noqa: PLR2004
    return Relay(rng, script, system, sticky=kept.random() < 0.4)  # noqa: PLR2004 - some keep a user on one account


def _sessions(brief: Brief, rng: Random) -> Harvest:
    words, script = talks(brief, rng)
    return Sessions(rng, script, words.pick(Random(f"{brief.seed}/agent"), _HARNESSES))


def _cleaning(brief: Brief, rng: Random) -> Harvest:
    kept = Random(f"{brief.seed}/cleaners")
    cleaners = frozenset(kept.sample(range(brief.size), round(brief.size * kept.uniform(0.3, 0.6))))
    how = kept.choice(("fixed", "reworded", "plain"))
    return Cleaning(rng, Words(int(brief.part == "judge")), listed(brief, how, rng), cleaners)


def _grading(brief: Brief, rng: Random) -> Harvest:
    words = Words(int(brief.part == "judge"))
    return Grading(rng, exams.responses(rng, words), words.pick(Random(f"{brief.seed}/rubric"), _RUBRICS))


def _one(asks: Callable[[Brief, Random], Harvest], brief: Brief, *, signed: float = 0.2, pivots: bool = False) -> Work:
    return Work(brief.seed, (pool(brief, signed=signed),), (dealing(brief),), partial(asks, brief), pivots)


def _how(how: str) -> Callable[[Brief, Random], Harvest]:
    return lambda brief, rng: listed(brief, how, rng)


def _any(brief: Brief, rng: Random) -> Harvest:
    return listed(brief, Random(f"{brief.seed}/how").choice(("fixed", "fixed", "reworded")), rng)


def _failover(brief: Brief) -> Work:
    rng = Random(f"{brief.seed}/ban")
    banned = rng.uniform(*_BANS)
    later = banned + rng.uniform(*_OVER) / 24.0
    halves = (pool(brief, 0, brief.size // 2), pool(brief, 1, brief.size - brief.size // 2))
    over = dealing(brief, later)._replace(ramp=rng.choice((0.02, 0.2)))
    return Work(brief.seed, halves, (dealing(brief, 0.0, banned), over), partial(_any, brief),
                banned_at=START + banned * DAY)  # fmt: skip


def _pivot(brief: Brief) -> Work:
    return _one(_any, brief, pivots=True)


KINDS: Final[dict[str, Callable[[Brief], Work]]] = {
    "wide_slow": partial(_one, _any),
    "fixed_scaffold": partial(_one, _how("fixed")),
    "paraphrased": partial(_one, _how("reworded")),
    "relayed": partial(_one, _relay, signed=0.8),
    "cleaning": partial(_one, _cleaning),
    "padded": partial(_one, _any),
    "failover": _failover,
    "pivot": _pivot,
    "shards": partial(_one, _how("plain")),
    "sessions": partial(_one, _sessions),
    "grading": partial(_one, _grading),
}


def light(rng: Random) -> float:
    """Draw exchanges of an account a day: 5 to 30, as the public reports have it."""
    return min(30.0, max(5.0, bell(rng, 11.0, 0.5)))
