"""Honest people who share a place, a supplier, a timetable or a day in the calendar, and little else."""

from collections.abc import Callable
from random import Random
from typing import Final

from detectors.lab.campaigns.crowds import Setting, filled, member, ordinary, own_way
from detectors.lab.campaigns.origins import cloud, home, within
from detectors.lab.campaigns.persons import Person, interests, sittings, spread
from detectors.lab.grammars import exams, people
from detectors.lab.habits import RELEASE
from detectors.lab.jobs.items import Shape
from detectors.lab.jobs.talk import talking
from detectors.lab.jobs.trials import evaluating
from detectors.lab.population import drawn
from detectors.lab.roster.recipe import PEOPLE, Recipe, Volume
from detectors.lab.traffic import DAY, START, Conversation, Script
from detectors.lab.words import Words

_SOME: Final = 0.5
_COURSES: Final = (
    "You are the assistant of course {n} on {d}. Guide the student, show the reasoning, do not give everything away.",
    "Helper of the {c} workshop. Explain each step to beginners in {d}.",
    "Tutor bot {n}: for each exercise write out the full reasoning so that students can follow.",
    "Course {n}, {c}. Answer as a patient {p} would, step by step.",
)
_JAMS: Final = (
    "You power our demo for the {c} challenge {n} on {d}.", "Starter kit {n}: be the brain of an app about the {t}.",
    "Hackathon {n} of {c}: help a team of beginners with their {d} project.", "Jam {n}. You are a {a} bot for {d}.",
)  # fmt: skip
_MENUS: Final = ("lm-eval/0.4.9", "OpenAI/Python 2.6.1", "python-requests/2.32.5", "litellm/1.80.0")


def office_nat(setting: Setting) -> list[Person]:
    """Staff of one company behind one address, each with own work; in some companies under one internal prompt."""
    rng = setting.dice("office")
    place = cloud(rng) if rng.random() < _SOME else home(rng)
    prompt = filled(setting, ("You assist the staff of {c} Ltd {n}.", "Internal assistant {n} of the {c} bank."))
    shared = Recipe("office", "chat", talking("prose", (prompt,)), people.people, volume=Volume(25, 1.2, 1, 500),
                    tempos=PEOPLE, turns=2.0)  # fmt: skip
    return [
        ordinary(setting, i, place, shared if rng.random() < _SOME and setting.dice("kind").random() < _SOME else None)
        for i in range(setting.size)
    ]


def vpn(setting: Setting) -> list[Person]:
    """Strangers who leave a VPN by the same few exits."""
    rng = setting.dice("exits")
    exits = cloud(rng, rng.randint(2, 6))
    return [ordinary(setting, i, within(rng, exits, rng.randint(1, 4))) for i in range(setting.size)]


def _lessons(rng: Random) -> list[float]:
    hour, first = rng.uniform(7.0, 17.0), rng.randrange(3)
    return [START + day * DAY + hour * 3600.0 for day in (first, first + 5, first + 7) if rng.random() < 0.9]  # noqa: PLR2004


def classroom(setting: Setting) -> list[Person]:
    """A class: one starter prompt, the same exercises in the same hours, and then never again."""
    rng = setting.dice("class")
    prompt, lessons, place = filled(setting, _COURSES), _lessons(rng) or [START + DAY], cloud(rng)
    sheet = [one for one, _ in zip(exams.sums(rng, Words(setting.half)), range(rng.randint(6, 24)), strict=False)]
    kept = own_way(rng)
    found = []
    for i in range(setting.size):
        dice = setting.dice("pupil", i)
        mine = kept if dice.random() < _SOME else own_way(dice)
        origin = place if dice.random() < 0.6 else home(dice)  # noqa: PLR2004 - most sit in the room
        who = member(setting, i, mine, "chat", origin, joined=lessons[0] - dice.uniform(0.0, 2.0) * DAY)
        found.append(Person(
            who, f"{setting.seed}/{i}", talking("worked", (prompt,)), _exercises(sheet), Words(setting.half), mine, 60,
            sittings(dice, lessons, 5400.0, len(sheet) / len(lessons)), club=setting.seed,
        ))  # fmt: skip
    return found


def _exercises(sheet: list[Conversation]) -> Callable[[Random, Words], Script]:
    def script(rng: Random, words: Words) -> Script:
        for one in sheet:
            more = people.people(rng, words)
            asks_on = rng.random() < 0.4  # noqa: PLR2004 - of pupils ask on
            yield one._replace(lines=(*one.lines, *next(more).lines[1:2])) if asks_on else one

    return script


def reseller(setting: Setting) -> list[Person]:
    """Customers of one reseller: all through its servers and its software, each with a business of its own."""
    rng = setting.dice("reseller")
    egress, kept = cloud(rng, rng.randint(1, 3)), own_way(rng)
    found = []
    for i in range(setting.size):
        person = ordinary(setting, i, within(rng, egress, 2))
        mine = person.habits._replace(agent=kept.agent, anthropic=kept.anthropic)
        found.append(
            person._replace(habits=mine, member=person.member._replace(agent=mine.agent, anthropic=mine.anthropic))
        )
    return found


def release_day(setting: Setting) -> list[Person]:
    """Everybody tries the new model on the same public items, within two days, then goes home."""
    rng = setting.dice("items")
    items = [one for one, _ in zip(exams.puzzles(rng, Words(setting.half)), range(rng.randint(30, 90)), strict=False)]
    shape = Shape("worked", ("Question: {x}\nAnswer:",), temperatures=(0.0,))
    found = []
    for i in range(setting.size):
        dice = setting.dice("tester", i)
        kept = own_way(dice)._replace(agent=dice.choice(_MENUS), adopts=RELEASE, temperature=0.0)
        first = START + (RELEASE + dice.expovariate(1.5)) * DAY
        mine = items[: dice.randint(15, len(items))]
        who = member(setting, i, kept, "evaluation", home(dice) if dice.random() < _SOME else cloud(dice))
        found.append(Person(
            who, f"{setting.seed}/{i}", evaluating(shape, runs=(1,)), _given(mine), Words(setting.half), kept,
            len(mine), spread("even", len(mine), first, last=first + dice.uniform(0.02, 0.3) * DAY),
        ))  # fmt: skip
    return found


def _given(items: list[Conversation]) -> Callable[[Random, Words], Script]:
    return lambda _rng, _words: iter(items)


def hackathon(setting: Setting) -> list[Person]:
    """A weekend: new accounts on one day, one starter prompt, as much as a team can use; projects of their own."""
    rng = setting.dice("jam")
    prompt, first, hall = filled(setting, _JAMS), START + rng.choice((1.4, 2.4, 8.4, 9.4)) * DAY, home(rng)
    found = []
    for i in range(setting.size):
        dice = setting.dice("team", i)
        kept, origin = own_way(dice), hall if dice.random() < 0.7 else home(dice)  # noqa: PLR2004 - most are in the hall
        who = member(setting, i, kept, "chat", origin, joined=first - dice.uniform(0.0, 0.3) * DAY)
        most = drawn(dice, Volume(70, 0.8, 3, 600))
        start = first + dice.uniform(0.0, 0.3) * DAY
        found.append(Person(
            who, f"{setting.seed}/{i}", talking("prose", (prompt,)), people.people, interests(dice, setting.half), kept,
            most, spread("random", most, start, 2.0, last=first + 1.6 * DAY), club=setting.seed,
        ))  # fmt: skip
    return found
