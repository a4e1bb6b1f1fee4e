"""Framing: a campaign that copies an innocent's prompt, calls from its network with its software, and replays its
questions, so that whoever acts on what is shared acts on the innocent too.

The innocent was there days before; that is all that tells it from those who copy it.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from random import Random
from typing import Final

from detectors.lab.campaigns.base import Act, Group, together
from detectors.lab.campaigns.campaigns import Brief, listed
from detectors.lab.campaigns.crowds import Setting, member, own_way
from detectors.lab.campaigns.dealing import HOURS, Dealing
from detectors.lab.campaigns.harvests import Harvest
from detectors.lab.campaigns.origins import Origin, cloud, within
from detectors.lab.campaigns.persons import Person, spread
from detectors.lab.campaigns.pools import Pool, Work
from detectors.lab.grammars import people
from detectors.lab.habits import Habits
from detectors.lab.job import Ask
from detectors.lab.jobs.items import Shape, asking
from detectors.lab.jobs.talk import talking
from detectors.lab.tempo import DAYS
from detectors.lab.traffic import DAY, START, Asked, Said
from detectors.lab.words import Words, focussed

_PROMPTS: Final = (
    "You are the guide {n} of a portal on {d}. Explain well and at length.", "Desk {n} of {c}: answer in full, kindly.",
    "You write the answers of help centre {n} on {d}: detailed and safe.", "Adviser {n} for a {p}. Be thorough.",
)  # fmt: skip
_BUSY: Final = (("app", 1, 500), ("firm", 10, 150), ("product", 20, 40))  # innocents: name, accounts, exchanges of each
_COPIED: Final = (4.0, 6.0)  # days between which the copying begins
_REPLAYED: Final = 0.3  # share of the campaign's questions that are the innocent's own
_SEEN: Final = 200  # questions of the innocent that its enemy knows
_CLOSE: Final = 0.5  # share of the campaign's accounts in the innocent's network


class Replaying:
    """A harvest under the innocent's prompt, with the innocent's questions among its own."""

    def __init__(self, rng: Random, own: Harvest, prompt: str, questions: Sequence[str]) -> None:
        """Take what is asked besides, the prompt and the questions."""
        self._rng, self._own, self._prompt, self._questions = rng, own, prompt, questions

    def ask(self, account: int) -> Ask:
        """Return a question of the innocent, or one of its own, under the copied prompt."""
        if self._rng.random() < _REPLAYED:
            return Ask((Said("user", self._rng.choice(self._questions)),), self._prompt, "page")
        return self._own.ask(account)._replace(system=self._prompt)

    def told(self, account: int, ask: Ask, asked: Asked) -> None:
        """Learn nothing."""


def framed(setting: Setting, number: int, attackers: int, per_day: float) -> tuple[Group, Group]:
    """Return innocents and the campaign that copies them.

    Args:
        setting: of both.
        number: of the scene: an app, a firm with several accounts, or a product's users, in turn.
        attackers: accounts of the campaign.
        per_day: exchanges of each a day.
    """
    rng = setting.dice("framing")
    words = Words(setting.half)
    prompt, place = words.fill(rng, words.pick(rng, _PROMPTS)), cloud(rng, 2)
    kept = own_way(rng)._replace(flaky=0.0)
    innocents = _innocents(setting, number, prompt, place, kept)
    play = partial(together, [one.acts for one in innocents])
    name, kind = setting.name, _BUSY[number % len(_BUSY)][0]
    victims = Group(name, f"framed_{kind}", "framed", tuple(one.member for one in innocents), 0, 0.0, (), play)
    brief = Brief(
        f"{name}-copied", "framing", f"{setting.seed}/copied", setting.library, setting.part, attackers, per_day
    )
    work = _copied(brief, prompt, place, kept, play)
    plan = per_day * sum((dealing.last - start) / DAY for dealing in work.dealings for start in work.starts(0))
    return victims, Group(
        brief.name, brief.kind, "campaign", work.members(), round(plan), 0.0, (f"copies {name}",), work.acts
    )


def _innocents(setting: Setting, number: int, prompt: str, place: Origin, kept: Habits) -> list[Person]:
    kind, accounts, each = _BUSY[number % len(_BUSY)]
    work = asking(Shape("page", systems=(prompt,))) if kind == "firm" else talking("page", (prompt,))
    found = []
    for i in range(accounts):
        rng = setting.dice("innocent", i)
        who = member(setting, i, kept, "app", within(rng, place))._replace(kind=f"framed_{kind}")
        words = focussed(rng, Words(setting.half), 0.7)
        first = START + rng.uniform(0.0, 0.5) * DAY
        found.append(Person(
            who, f"{setting.seed}/{i}", work, people.visitors, words, kept, each, spread("day", each, first),
        ))  # fmt: skip
    return found


def _copied(brief: Brief, prompt: str, place: Origin, kept: Habits, victims: Callable[[], Iterator[Act]]) -> Work:
    rng = Random(f"{brief.seed}/pool")
    pool = Pool(
        seed=f"{brief.seed}/0", name=brief.name, number=0, size=brief.size, kind=brief.kind, alike=True, where="homes",
        anthropic=kept.anthropic, like=kept, near=(place, _CLOSE),
    )  # fmt: skip
    dealing = Dealing(
        per_day=brief.per_day, spread=rng.choice((0.0, 0.15)), quota=rng.random() < _CLOSE, hours=rng.choice(HOURS),
        ramp=0.5, first=START + rng.uniform(*_COPIED) * DAY, last=START + DAYS * DAY,
    )  # fmt: skip

    def asks(dice: Random) -> Harvest:
        known = [act.asked.turns[-1].text for act in islice(victims(), _SEEN)]
        return Replaying(dice, listed(brief, "plain", dice), prompt, known)

    return Work(brief.seed, (pool,), (dealing,), asks)
