"""Honest products and firms: one prompt, one software, many accounts, as a harvest has them.

Each is the innocent twin of some campaign: one scaffold over a thousand accounts is a product as often as a harvest,
and a load balancer deals as evenly as any pool.
"""

from collections.abc import Callable
from random import Random
from typing import Final

from detectors.lab.campaigns.crowds import Setting, began, filled, member, own_way, user
from detectors.lab.campaigns.origins import cloud, home, within
from detectors.lab.campaigns.persons import Person, clockwork, spread
from detectors.lab.grammars import exams, papers, people
from detectors.lab.jobs.items import Shape, asking
from detectors.lab.jobs.tools import errands
from detectors.lab.roster.recipe import PEOPLE, Recipe, Volume
from detectors.lab.tempo import TEMPOS
from detectors.lab.traffic import DAY, START, Script
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


def harness(setting: Setting) -> list[Person]:
    """Users of one agent: one prompt, the same tools, the same software; own projects, own hours, a few use it much."""
    kept = own_way(setting.dice("harness"))._replace(agent=f"agent-cli/{setting.dice('version').randrange(9)}.2")
    recipe = Recipe("harness", "agent", errands((filled(setting, _AGENTS),)), papers.repairs,
                    volume=Volume(30, 1.4, 1, 900), tempos=PEOPLE, turns=10.0)  # fmt: skip
    return [user(setting, i, recipe, kept, script=papers.repairs) for i in range(setting.size)]


def byok_app(setting: Setting) -> list[Person]:
    """Users of a browser extension with keys of their own: one scaffold, single questions, nobody goes on."""
    rng = setting.dice("app")
    form, frame, says = Words(setting.half).pick(rng, _APPS)
    kept = own_way(rng)._replace(agent=rng.choice(("okhttp/5.1.0", "axios/1.12.2", "node-fetch")))
    put = filled(setting, (frame,))
    recipe = Recipe("byok", "app", asking(Shape(form, (put,), known=False)), _SAYS[says],
                    volume=Volume(14, 1.2, 1, 500), tempos=PEOPLE)  # fmt: skip
    return [user(setting, i, recipe, kept, script=_SAYS[says]) for i in range(setting.size)]


def organisation(setting: Setting) -> list[Person]:
    """Accounts of one firm among which its load balancer deals one job: what a pool looks like, and honest."""
    rng = setting.dice("firm")
    form, frame, kind = Words(setting.half).pick(rng, _DESKS)
    kept, egress = own_way(rng)._replace(flaky=0.0), cloud(rng, rng.choice((1, 1, 2, 3)))
    put = filled(setting, (frame,))
    options = (_TEAMS,) if form == "word" else ()
    work = asking(Shape(form, (put,), options=options, known=False))
    says = focussed(rng, Words(setting.half), 0.9)
    kin, pays = (setting.name if rng.random() < _SOME else ""), (setting.name if rng.random() < _SOME else "")
    each, tempo = min(900, round(rng.uniform(5.0, 60.0) * 14)), rng.choice(TEMPOS)
    script = papers.documents if kind == "retrieval" else papers.goods if kind == "generation" else papers.notes
    return [
        Person(
            member(setting, i, kept, kind, within(rng, egress))._replace(kin=kin, payment=pays),
            f"{setting.seed}/{i}", work, script, says, kept, each, spread(tempo, each, START + rng.random() * DAY),
        )
        for i in range(setting.size)
    ]  # fmt: skip


def scheduled_tool(setting: Setting) -> list[Person]:
    """Instances of a scheduled product at its default times: one scaffold, equal loads, one minute; own matters."""
    rng = setting.dice("tool")
    frame = filled(setting, _DIGESTS)
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
