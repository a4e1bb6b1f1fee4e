"""Items of examinations, and responses that are to be judged."""

from random import Random
from typing import Final

from detectors.lab.prose import essay
from detectors.lab.traffic import Conversation, Line, Script
from detectors.lab.words import Words

_SUMS: Final = (
    "A {p} in {c} buys {i} {t} at {j} each and sells {k} of them for {m} each. What is left?",
    "Each of {i} {p}s has {j} {t}. After {k} days a {m}th of them is {a}. How many are not?",
    "A {t} loses {i} parts in {j} hours. How long until {k} of {m} parts are gone?",
    "{i} boats carry {j} {t} each to {c}; {k} sink. {m} more arrive. How many {t} are there?",
    "If a {p} needs {i} minutes for a {t} and {j} for a {t2}, what do {k} of each take, with {m} minutes of rest?",
    "The {t} costs {i} more than the {t2}. Together they cost {j}. With {k} % off, what is the {t} for {m} people?",
)
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


def _filled(rng: Random, words: Words, forms: tuple[str, ...]) -> str:
    form = words.pick(rng, forms)
    for blank in "ijkm":
        form = form.replace(f"{{{blank}}}", str(rng.randint(2, 240)))
    return words.fill(rng, form.replace("{p2}", words.fill(rng, "{p}")))


def sums(rng: Random, words: Words) -> Script:
    """Word problems with numbers."""
    while True:
        yield Conversation((Line(_filled(rng, words, _SUMS)),))


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
    """A question and two responses to it by models of one's own."""
    while True:
        question = words.question(rng)
        yield Conversation((Line(question), *(Line(essay(rng, question, rng.randint(200, 900))) for _ in range(2))))
