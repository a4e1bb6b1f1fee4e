"""What programs send in an office: documents, records, tickets, tables, sentences to translate."""

from random import Random
from typing import Final

from detectors.lab.traffic import Conversation, Line, Script
from detectors.lab.words import Words

_TABLES: Final = ("orders", "flights", "patients", "tracks", "sensors", "loans", "matches", "parcels")
_COLUMNS: Final = ("id", "city", "price", "opened_on", "status", "owner", "weight", "score", "region", "duration")
_SQL: Final = (
    "average {k} per {k2} since {n}", "which {k2} has the highest {k}?", "count {x} where {k} is over {n}",
    "list the {n} {x} with the lowest {k}, by {k2}", "how many {x} were in {c} last year?", "{x} with no {k}",
    "monthly {k} for {c}", "all {x} whose {k2} is '{a}' and {k} under {n}",
)  # fmt: skip
_NOTES: Final = (
    "loved the {t}, will come back to {c}", "the {t} was {a} and the {p} rude", "free {t} now, text {n} to claim",
    "{p} in {c} says the {t} is fine", "do not buy the {a} one", "see you at {n} by the {t}?",
    "urgent: your {t} account is locked, call {n}", "meh. expected a {a} {t2}",
)  # fmt: skip
_GOODS: Final = (
    "{a} {t} for a {p}, item {n}", "{t} with {t2}, {a}, made in {c}", "set of {t}, {n} pieces, {a}",
    "{a} {t2} edition {n}, boxed",
)  # fmt: skip
_ENTRIES: Final = (
    "What is a {t}?", "What causes a {a} {t} {s}?", "How is a {t} kept {s}?", "Who needs a {t} {s}?",
    "Is a {a} {t} bad {s}?", "How common is a {a} {t} {s}?", "How does one treat a {t} {s}?",
    "What should a {p} know of a {t} {s}?",
)  # fmt: skip
_SITUATIONS: Final = (
    "in {c}", "at home", "for a {p}", "when it is {a}", "in winter", "with a {t2}", "over {n} days", "on a budget",
    "after {n} uses", "without help",
)  # fmt: skip
_TRIES: Final = 20  # for a question not asked before
_SHORT: Final = (
    "Where does the {p} keep the {t}?", "The {t} is {a} today.", "We met in {c} because of a {t}.",
    "Nobody believes that a {t} {v} a {t2}.", "I would rather have the {a} one.", "Give the {t} back to the {p}.",
)  # fmt: skip


def documents(rng: Random, words: Words) -> Script:
    """A retrieval app puts passages and a question into one template."""
    label = words.pick(rng, ("Context:", "Sources:", "Passages found:", "Documents"))
    while True:
        found = "\n".join(f"[{i + 1}] {words.passage(rng, rng.randint(3, 8))}" for i in range(rng.randint(2, 4)))
        yield Conversation((Line(f"{label}\n{found}\n\nQuestion: {words.question(rng)}"),))


def pages(rng: Random, words: Words) -> Script:
    """Pages of plain text."""
    while True:
        yield Conversation((Line(words.passage(rng, rng.randint(3, 14))),))


def tables(rng: Random, words: Words) -> Script:
    """Staff ask for SQL over one schema."""
    table, columns = rng.choice(_TABLES), rng.sample(_COLUMNS, 6)
    system = f"You write SQL. Reply with one statement, nothing else.\nTable {table}({', '.join(columns)})."
    while True:
        form = words.pick(rng, _SQL).replace("{x}", table)
        form = form.replace("{k2}", rng.choice(columns)).replace("{k}", rng.choice(columns))
        yield Conversation((Line(words.fill(rng, form)),), system)


def notes(rng: Random, words: Words) -> Script:
    """Short notes, reviews and messages that are to be labelled."""
    while True:
        yield Conversation((Line(" ".join(words.say(rng, _NOTES) for _ in range(rng.randint(1, 3)))),))


def goods(rng: Random, words: Words) -> Script:
    """Data sheets of a shop."""
    while True:
        yield Conversation((Line(words.say(rng, _GOODS)),))


def entries(rng: Random, words: Words) -> Script:
    """Questions of a handbook of one field."""
    field = words.pick(rng, sorted({field for field, _ in words.things()}))
    own = [thing for where, thing in words.things() if where == field]
    asked: set[str] = set()
    while True:
        for _ in range(_TRIES):
            form = words.pick(rng, _ENTRIES).replace("{t}", rng.choice(own))
            text = words.fill(rng, form.replace("{s}", rng.choice(_SITUATIONS)))
            if text not in asked:
                break
        asked.add(text)
        yield Conversation((Line(text),))


def phrases(rng: Random, words: Words) -> Script:
    """Sentences to translate."""
    while True:
        yield Conversation((Line(words.say(rng, _SHORT)),))


def repairs(rng: Random, words: Words) -> Script:
    """A coding agent is set a task, then reads what its tools return."""
    tasks = (
        "The {t} module fails when the {t2} is {a}: find out why and repair it, with a test.",
        "Add a {a} option to the {t} command, and document it.",
        "Rename {t} to {t2} throughout, and keep the old name working.",
        "The nightly job of {c} is slow since the {t} change. Profile and fix.",
    )
    while True:
        results = [
            Line(f"$ output\n{words.passage(rng, rng.randint(1, 10))}", role="tool") for _ in range(rng.randint(2, 18))
        ]
        yield Conversation((Line(words.say(rng, tasks)), *results))


def sources(rng: Random, words: Words) -> Script:
    """Files of one's own repository, to be completed or audited."""
    name = f"{words.pick(rng, ('core', 'api', 'jobs', 'store', 'web', 'sync', 'auth', 'feed'))}_{rng.randint(1, 99)}"
    while True:
        lines = [
            f"    {words.pick(rng, _COLUMNS)}_{rng.randint(1, 40)} = self.{rng.choice(_TABLES)}({rng.randint(0, 9)})"
            for _ in range(rng.randint(4, 30))
        ]
        yield Conversation((Line(f"# {name}.py\n" + "\n".join(lines)),))
