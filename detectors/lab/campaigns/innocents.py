"""Honest groups that share things: a network, a prompt, a product, a timetable, a supplier, a day in the calendar.

Each is the innocent twin of some campaign: one scaffold over a thousand accounts is a product as often as a harvest.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Final

from detectors.lab.campaigns.crowds import Setting, began, member, ordinary, own_way, user
from detectors.lab.campaigns.origins import cloud, home, within
from detectors.lab.campaigns.persons import Person, clockwork, interests, sittings, spread
from detectors.lab.grammars import exams, papers, people
from detectors.lab.habits import RELEASE
from detectors.lab.jobs.items import Shape, asking
from detectors.lab.jobs.talk import talking
from detectors.lab.jobs.tools import errands
from detectors.lab.jobs.trials import evaluating
from detectors.lab.population import drawn
from detectors.lab.roster.recipe import PEOPLE, Recipe, Volume
from detectors.lab.traffic import DAY, START, Conversation, Script
from detectors.lab.words import Words, focussed

_SOME: Final = 0.5
_AGENTS: Final = (
    "You are {c}Code, an interactive agent for software engineering. Read before you edit. Run the tests. Be brief.",
    "You are an autonomous engineer in a terminal. Plan, use tools, never push. Think in <thinking> before acting.",
    "You are Orbit {n}, a coding assistant with tools. One small change at a time; explain each in a line.",
    "You pair with a {p}. Use the tools to look before you answer. Write your reasoning out, then the patch.",
    "Agent {n} for repositories. Work step by step: inspect, change, verify. Ask when unsure.",
    "You are the {t} agent, an open harness for coding tasks. Keep notes of your full thought process in <notes>.",
)
_APPS: Final = (
    ("echo", "Translate the selected text into the reader's language. Keep names and numbers.\n\n{x}", "phrases"),
    ("summary", "Summarise this page in five bullets for a busy {p}:\n\n{x}", "pages"),
    ("page", "Explain to a curious {p}, with examples, what is asked here: {x}", "visitors"),
    ("echo", "Rewrite in a friendlier tone, same meaning:\n{x}", "phrases"),
    ("page", "You are the {c} Helper extension. Answer the reader's question thoroughly.\n\nQuestion: {x}", "visitors"),
    ("worked", "Homework helper {n}: solve and show every step of the working.\n\n{x}", "sums"),
    ("code", "Snippet bot {n}. Reply with commented code only.\n\n{x}", "coders"),
    ("thinking", "ThinkAloud {n}: write your whole reasoning inside <thinking>, then the answer.\n\n{x}", "visitors"),
)  # fmt: skip
_SAYS: Final[dict[str, Callable[[Random, Words], Script]]] = {
    "phrases": papers.phrases, "pages": papers.pages, "visitors": people.visitors, "sums": exams.sums,
    "coders": people.coders,
}  # fmt: skip
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
_DIGESTS: Final = (
    "Morning digest {n}: sum up these headlines for a {p}.\n\n{x}", "Watchbot {n}. Is anything here new?\n{x}",
    "HomeKeeper {n}: read the log of the house and say in two sentences whether all is well.\n\n{x}",
    "Feed robot {n}. Label each item: read, skim or skip, with a reason.\n\n{x}",
)  # fmt: skip
_DESKS: Final = (
    ("word", "Ticket router of {c} Ltd {n}. Team: sales, billing, technical?\n\n{x}", "labelling"),
    ("summary", "Answer from the handbook of {c} Works {n} only.\n\n{x}", "retrieval"),
    ("json", "Extract sender, matter and date as JSON for {c} Archive {n}:\n{x}", "labelling"),
    ("page", "Write the catalogue text of shop {n} in {c} for: {x}", "generation"),
    ("summary", "Minutes of {c} Council {n}: what was decided?\n{x}", "retrieval"),
)  # fmt: skip
_TEAMS: Final = ("sales", "billing", "technical")
_MENUS: Final = ("lm-eval/0.4.9", "OpenAI/Python 2.6.1", "python-requests/2.32.5", "litellm/1.80.0")


def _filled(setting: Setting, forms: Sequence[str]) -> str:
    rng = setting.dice("form")
    words = Words(setting.half)
    return words.fill(rng, words.pick(rng, forms).replace("{x}", "{{x}}"))


def office_nat(setting: Setting) -> list[Person]:
    """Staff of one company behind one address, each with own work; in some companies under one internal prompt."""
    rng = setting.dice("office")
    place = cloud(rng) if rng.random() < _SOME else home(rng)
    prompt = _filled(setting, ("You assist the staff of {c} Ltd {n}.", "Internal assistant {n} of the {c} bank."))
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


def harness(setting: Setting) -> list[Person]:
    """Users of one agent: one prompt, the same tools, the same software; own projects, own hours, a few use it much."""
    kept = own_way(setting.dice("harness"))._replace(agent=f"agent-cli/{setting.dice('version').randrange(9)}.2")
    recipe = Recipe("harness", "agent", errands((_filled(setting, _AGENTS),)), papers.repairs,
                    volume=Volume(30, 1.4, 1, 900), tempos=PEOPLE, turns=10.0)  # fmt: skip
    return [user(setting, i, recipe, kept, script=papers.repairs) for i in range(setting.size)]


def byok_app(setting: Setting) -> list[Person]:
    """Users of a browser extension with keys of their own: one scaffold, single questions, nobody goes on."""
    rng = setting.dice("app")
    form, frame, says = Words(setting.half).pick(rng, _APPS)
    kept = own_way(rng)._replace(agent=rng.choice(("okhttp/5.1.0", "axios/1.12.2", "node-fetch")))
    filled = _filled(setting, (frame,)).replace("{{x}}", "{x}")
    recipe = Recipe("byok", "app", asking(Shape(form, (filled,), known=False)), _SAYS[says],
                    volume=Volume(14, 1.2, 1, 500), tempos=PEOPLE)  # fmt: skip
    return [user(setting, i, recipe, kept, script=_SAYS[says]) for i in range(setting.size)]


def _lessons(rng: Random) -> list[float]:
    hour, first = rng.uniform(7.0, 17.0), rng.randrange(3)
    return [START + day * DAY + hour * 3600.0 for day in (first, first + 5, first + 7) if rng.random() < 0.9]  # noqa: PLR2004


def classroom(setting: Setting) -> list[Person]:
    """A class: one starter prompt, the same exercises in the same hours, and then never again."""
    rng = setting.dice("class")
    prompt, lessons, place = _filled(setting, _COURSES), _lessons(rng) or [START + DAY], cloud(rng)
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


def organisation(setting: Setting) -> list[Person]:
    """Accounts of one firm among which its load balancer deals one job: what a pool looks like, and honest."""
    rng = setting.dice("firm")
    form, frame, kind = Words(setting.half).pick(rng, _DESKS)
    kept, egress = own_way(rng)._replace(flaky=0.0), cloud(rng, rng.choice((1, 1, 2, 3)))
    filled = _filled(setting, (frame,)).replace("{{x}}", "{x}")
    options = (_TEAMS,) if form == "word" else ()
    work = asking(Shape(form, (filled,), options=options, known=False))
    says = focussed(rng, Words(setting.half), 0.9)
    kin, pays = (setting.name if rng.random() < _SOME else ""), (setting.name if rng.random() < _SOME else "")
    each, tempo = min(900, round(rng.uniform(5.0, 60.0) * 14)), rng.choice(("even", "day", "random"))
    script = papers.documents if kind == "retrieval" else papers.goods if kind == "generation" else papers.notes
    return [
        Person(
            member(setting, i, kept, kind, within(rng, egress))._replace(kin=kin, payment=pays),
            f"{setting.seed}/{i}", work, script, says, kept, each, spread(tempo, each, START + rng.random() * DAY),
        )
        for i in range(setting.size)
    ]  # fmt: skip


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
    prompt, first, hall = _filled(setting, _JAMS), START + rng.choice((1.4, 2.4, 8.4, 9.4)) * DAY, home(rng)
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


def scheduled_tool(setting: Setting) -> list[Person]:
    """Instances of a scheduled product at its default times: one scaffold, equal loads, one minute; own matters."""
    rng = setting.dice("tool")
    frame = _filled(setting, _DIGESTS).replace("{{x}}", "{x}")
    kept, minute = (
        own_way(rng)._replace(agent=f"digest/{rng.randrange(9)}", flaky=0.0),
        rng.choice((0.0, 0.0, 5.0, 30.0)),
    )
    defaults = rng.choice((3600.0, 6 * 3600.0, DAY, DAY / 2))
    work = asking(Shape("summary", (frame,), known=False))
    found = []
    for i in range(setting.size):
        dice = setting.dice("instance", i)
        every = defaults if dice.random() < 0.8 else dice.choice((3600.0, 4 * 3600.0, DAY))  # noqa: PLR2004 - most keep it
        who = member(setting, i, kept, "app", home(dice))
        found.append(Person(
            who, f"{setting.seed}/{i}", work, papers.pages, focussed(dice, Words(setting.half), 0.9), kept, 400,
            clockwork(dice, began(dice), every, minute), club=setting.seed,
        ))  # fmt: skip
    return found


KINDS: Final[dict[str, Callable[[Setting], list[Person]]]] = {
    "office_nat": office_nat, "vpn": vpn, "harness": harness, "byok_app": byok_app, "class": classroom,
    "reseller": reseller, "organisation": organisation, "release_day": release_day, "hackathon": hackathon,
    "scheduled_tool": scheduled_tool,
}  # fmt: skip
