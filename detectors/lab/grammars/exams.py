"""Items of examinations, and responses that are to be judged."""

from random import Random
from typing import Final

from detectors.lab.prose import essay
from detectors.lab.traffic import Conversation, Line, Script
from detectors.lab.words import Words

_BEGINS: Final = (
    "A {p} in {c} buys {i} {t} at {j} each.", "Each of {i} {p}s has {j} {t}.", "{i} boats carry {j} {t} to {c}.",
    "A box holds {i} rows of {j} {t}.", "The {t} costs {i} more than the {t2}, which costs {j}.",
    "A {p} needs {i} minutes for a {t} and {j} for a {t2}.", "Of {i}{j} visitors to {c}, {j} came for the {t}.",
    "{c} is {i} km away and a {p} walks {j} minutes a day.", "A shop has {i}{j} {t} on Monday.",
    "Between {c} and the coast lie {i} villages, {j} houses each.",
)  # fmt: skip
_EVENTS: Final = (
    "She sells {k} of them for {m} each.", "After {k} days, {m} are {a}.", "Then {k} are lost and {m} more arrive.",
    "A {p} gives {k} to a friend and keeps {m} aside.", "On Tuesday the number grows by {k}, on Friday by {m}.",
    "Every {k} hours another {m} come in.", "With {k} % off, {m} people order two each.", "He breaks {k}, mends {m}.",
    "A storm takes {k}, the insurance pays for {m}.", "Half of them go to {c}, and {k} come back.",
)  # fmt: skip
_ENDS: Final = (
    "What is left?", "How many are not {a}?", "How long does it take in all?", "What does one cost on average?",
    "How many {t} is that in {i} weeks?", "By how much is it more than before?", "What share went to {c}?",
    "How much does each {p} get?",
)  # fmt: skip
_LOGIC: Final = (
    "No {t} is {a}. Some things in {c} are {a}. Does it follow that some are not {t}?",
    "The {p} sits left of the {p2}, who is not last. Who is in the middle?",
    "Sort these: {t}, {t2}, {d}, {c}.",
    "If the {t} {v} the {t2} and the {t2} is {a}, which of the statements must be true?",
    "Find the mistake: every {p} owns a {t}; all {t} are {a}; so no {p} is {a}.",
    "Today is day {n} of the year in {c}. Which weekday is it {i} days later?",
)
_FACTS: Final = (
    "Which of these best describes a {t}?\nA. {a}\nB. part of {d}\nC. found in {c}\nD. none\nAnswer:",
    "A {p} would use a {t} for\nA. {d}\nB. the {t2}\nC. both\nD. neither\nAnswer:",
    "The {t} {v} the {t2}. This is\nA. true\nB. false\nC. only in {c}\nD. unknown\nAnswer:",
    "Who first wrote on the {t}?\nA. a {p}\nB. nobody\nC. a {p2}\nD. people in {c}\nAnswer:",
)


_SIGNATURES: Final = (
    "Tools: find(item), order(item, count), route(city)", "Functions: lookup_person(job), schedule(city, day)",
    "You may call price(item), stock(item) or escalate(reason)", "API: weather(city) book(city, item) cancel(id)",
)  # fmt: skip
_REQUESTS: Final = (
    "Get {n} of the {t} to {c}.", "I need a {p} in {c} who knows the {t}.", "What does a {a} {t} cost?",
    "Cancel {n}, it was for the {t2}.", "Is it raining in {c}? If so, book a {t}.", "Ask the {p} about the {t}.",
)  # fmt: skip


def _filled(rng: Random, words: Words, forms: tuple[str, ...]) -> str:
    form = words.pick(rng, forms)
    for blank in "ijkm":
        form = form.replace(f"{{{blank}}}", str(rng.randint(2, 240)))
    return words.fill(rng, form)


def sums(rng: Random, words: Words) -> Script:
    """Word problems with numbers."""
    while True:
        parts = [_BEGINS, *[_EVENTS] * rng.randint(1, 3), _ENDS]
        yield Conversation((Line(" ".join([_filled(rng, words, forms) for forms in parts])),))


def puzzles(rng: Random, words: Words) -> Script:
    """Tasks of a broad benchmark: logic, order, mistakes."""
    while True:
        yield Conversation((Line(f"{words.passage(rng, rng.randint(0, 2))} {_filled(rng, words, _LOGIC)}".strip()),))


def quizzes(rng: Random, words: Words) -> Script:
    """Multiple choice."""
    while True:
        yield Conversation((Line(_filled(rng, words, _FACTS)),))


def interviews(rng: Random, words: Words) -> Script:
    """Two turns: a task, and a twist of it."""
    while True:
        yield Conversation((Line(words.question(rng)), Line(words.follow_up(rng))))


def broad(rng: Random, words: Words) -> Script:
    """Hard questions of every field, as collected from people."""
    while True:
        lead = words.passage(rng, rng.randint(0, 3))
        yield Conversation((Line(f"{lead}\n\n{words.question(rng)}".strip()),))


def responses(rng: Random, words: Words) -> Script:
    """A question and two responses to it by other models."""
    while True:
        question = words.question(rng)
        yield Conversation((Line(question), *(Line(essay(rng, question, rng.randint(200, 900))) for _ in range(2))))


def functions(rng: Random, words: Words) -> Script:
    """Items of a function-calling benchmark: a few fixed tools, and a request."""
    tools = words.pick(rng, _SIGNATURES)
    while True:
        yield Conversation((Line(f"{tools}\nRequest: {words.say(rng, _REQUESTS)}\nCall:"),))
