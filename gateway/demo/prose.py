"""Plain sentences from own-written fragments: what the simulated model says, and what own-written clients ask about.

The same dice give the same words, so that an answer that came through the guard can be compared with one that
did not.
"""

import re
from random import Random

_WORD = re.compile(r"[^\W\d_]{4,}")
_STOP_WORDS = (
    "about above after again also answer because been before being between both could does doing each from give "
    "have having here into just like list make more most much must only other over please question same should "
    "some such tell than that their them then there these they this those through under very want what when where "
    "which while will with word words would write your yours"
)
_STOP = frozenset(_STOP_WORDS.split())
_THINGS = (
    "the schedule", "a small pilot", "the cost", "the first draft", "a written record", "the weakest step",
    "the person who asked", "a second reading", "the ordinary case", "an edge case", "the deadline", "the margin",
    "a simple table", "the unit of measure", "a plain example", "the next review", "the old assumption",
    "the larger picture", "a short checklist", "the available data", "the missing piece", "the usual remedy",
)  # fmt: skip
_DEEDS = (
    "depends on", "is easier to judge beside", "should be checked against", "seldom survives without",
    "is best explained through", "often hides", "grows out of", "can be separated from", "has to agree with",
    "is usually limited by", "becomes clearer next to", "matters less than",
)  # fmt: skip
_FRAMES = (
    "In short, {t} {d} {x}.",
    "A sensible way to begin with {t} is to look at {x} and then at {y}.",
    "{T} {d} {x}, and that is why {y} comes first.",
    "People who work with {t} every day tend to start from {x}.",
    "If {t} is the concern, {x} deserves more time than {y}.",
    "There are two sides to it: {t} {d} {x}, while {u} {d} {y}.",
    "For example, when {u} changes, {t} changes with it, and {x} shows by how much.",
    "None of this makes {t} simple, but {x} keeps it manageable.",
    "The difference between {t} and {u} is mostly a matter of {x}.",
    "Where {t} is uncertain, write down {x} and come back to {y} later.",
    "It helps to say what {t} is not: it is neither {x} nor {y}.",
    "Once {x} is settled, {t} can be compared with {u} on equal terms.",
    "One caution: {t} {d} {x} only as long as {y} stays as it is.",
    "So the practical advice on {t} is to keep {x} in view and to change one thing at a time.",
    "Most mistakes with {t} happen because {x} was taken for {y}.",
    "Taken together, {t} and {u} say more about {x} than either says alone.",
)
_THOUGHTS = (
    "They ask about {t}; what they need first is probably {x}.",
    "I should separate {t} from {u} before saying anything about {x}.",
    "If {x} holds, {t} follows; if it does not, {y} has to be looked at again.",
    "A check: {t} {d} {x}, which fits what was given.",
    "Another way round: start at {y}, and see whether {t} still comes out the same.",
    "That leaves {u}; it changes the wording but not the conclusion.",
    "So far {t} and {x} agree, and {y} is only a detail.",
)
_LABELS = (
    "positive",
    "negative",
    "neutral",
    "billing",
    "delivery",
    "refund",
    "urgent",
    "routine",
    "other",
    "yes",
    "no",
)


def topics(text: str) -> list[str]:
    """Return what a text is about: its content words, newest last, at most 12."""
    words = [word.lower() for word in _WORD.findall(text[-2000:])]
    return [word for word in words if word not in _STOP][-12:] or ["the matter"]


def _sentence(frames: tuple[str, ...], subjects: list[str], dice: Random) -> str:
    t, u = dice.choice(subjects), dice.choice(subjects)
    x, y = dice.sample(_THINGS, 2)
    return dice.choice(frames).format(t=t, T=t.capitalize(), u=u, x=x, y=y, d=dice.choice(_DEEDS))


def _pieces(frames: tuple[str, ...], text: str, tokens: int, dice: Random) -> tuple[str, ...]:
    subjects, pieces = topics(text), list[str]()
    while len(pieces) < tokens:
        words = _sentence(frames, subjects, dice).split(" ")
        pieces += [word if not pieces and i == 0 else f" {word}" for i, word in enumerate(words)]
    return tuple(pieces[:tokens])


def answer(text: str, tokens: int, dice: Random) -> tuple[str, ...]:
    """Return exactly ``tokens`` pieces of an answer to a text; joined, they are the answer."""
    return _pieces(_FRAMES, text, tokens, dice)


def reasoning(text: str, tokens: int, dice: Random) -> tuple[str, ...]:
    """Return exactly ``tokens`` pieces of reasoning about a text."""
    return _pieces(_THOUGHTS, text, tokens, dice)


def label(dice: Random) -> tuple[str, ...]:
    """Return a one-word answer, as a classifier gives."""
    return (dice.choice(_LABELS),)
