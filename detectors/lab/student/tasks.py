"""What a classifier's owner has, what its thief can ask, and on what both are judged.

The texts are split by row into thirds that share none: the teacher's, the thief's, the judge's. The own-written tasks
are here: a help desk of sixteen intents, and mail that is urgent or not (two classes, soon stolen). Those of the
traffic pack are read in ``shelf``.
"""

from collections.abc import Iterable, Iterator, Sequence
from random import Random
from typing import Final, NamedTuple

from detectors.lab.wording import fill, sentence

_TAUGHT, _ASKED = 0.4, 0.4  # shares of the texts; the rest judges
_SENTENCES = 4000  # own-written foreign sentences
_HURRIED = 0.15  # share of desk texts with a slip of the keyboard
_GREETED = 0.3  # share that begin with a greeting
_RAMBLING = 0.4  # share that touch on a second matter too; the first is the class
_MISTAKEN = 0.1  # share of the owner's own labels that are wrong, in every part: no teacher is perfect

# Intents of an own-written help desk: forms by "|", {t} and others as in wording.fill.
_DESK: Final = {
    "arrival": "where is my {t}|my {t} has still not come|when will the {t} reach {c}|no sign of the {a} {t} I ordered",
    "return": "I want to send the {t} back|how do I return a {a} {t}|the {t} is not for me, take it back please|"
    "can I bring the {t} back to your shop in {c}",
    "refund": "I want my money back for the {t}|when is the {t} refunded|you still owe me for the {t} I sent back|"
    "no refund for the {t} on my account yet",
    "broken": "the {t} came {a} and does not work|my {t} broke after a day|there is a crack in the {t}|"
    "the {t} stopped working in {c}",
    "price": "how much is a {t}|what do you charge for a {a} {t}|is the {t} cheaper than the {t2}|price of the {t}",
    "stock": "do you have a {t} left|is the {a} {t} in stock|when do you get the {t} again|any {t} in the shop in {c}",
    "cancel": "cancel my order of the {t}|I do not want the {t} any more, stop it|please call off the {t}|"
    "can I still cancel the {a} {t}",
    "change": "I ordered the {t} but need the {t2}|swap the {t} for a {a} one|change my order to a {t2}|"
    "can the {t} be changed before it leaves",
    "address": "send the {t} to {c} instead|I have moved to {c}|wrong address on my order of the {t}|"
    "new address for the {t}: {c}",
    "pay": "my card was refused for the {t}|can I pay the {t} by invoice|I was charged twice for the {t}|"
    "do you take cash for the {t}",
    "invoice": "I need an invoice for the {t}|the bill for the {t} has a wrong name|resend the receipt of the {t}|"
    "where is the receipt for the {a} {t}",
    "advice": "which {t} for a {p}|{t} or {t2}, what do you suggest|I am a {p}, what should I get|"
    "recommend me something {a} for {d}",
    "use": "how do I use the {t}|what is the {t} for|the manual of the {t} does not help|set up the {a} {t}",
    "account": "I cannot log in|forgot my password|change the name on my account|close the account of the {p}",
    "hours": "when do you open in {c}|are you open on Sunday|what time does the {c} shop close|holiday hours in {c}",
    "praise": "the {t} is wonderful, thank you|great help from your {p}|very happy with the {a} {t}|best {t} in {c}",
}
_MAIL: Final = {
    "urgent": "the {t} failed just now, call me|we lose money each hour the {t} is down|answer today or we cancel|"
    "deadline for the {t} is tonight|emergency in {c}, the {t} is {a}",
    "later": "whenever you have time, look at the {t}|no hurry with the {t}|an idea on the {t} for next year|"
    "minutes of the {d} meeting in {c}|thank you for the {a} {t}",
}
_GREETINGS: Final = ("hi, ", "hello ", "good morning, ", "hey ", "excuse me, ", "quick one: ")


class Labelled(NamedTuple):
    """Texts and their classes, side by side."""

    texts: list[str]
    classes: list[str]


class Task(NamedTuple):
    """One classifier to steal.

    Attributes:
        name: as figures call it.
        taught: what the teacher learns from.
        asked: natural texts of the same kind, unlabelled, that the thief has.
        judged: natural texts that neither has seen.
        foreign: sentences of another kind, that anybody has.
    """

    name: str
    taught: Labelled
    asked: list[str]
    judged: Labelled
    foreign: list[str]


def split(name: str, rows: Iterable[tuple[str, str]], foreign: Sequence[str], seed: int) -> Task:
    """Split rows of text and class into the three parts; texts that occur twice are taken once.

    ``ValueError`` if fewer than two classes are there to tell apart.
    """
    distinct = sorted(dict(rows).items())
    if len({label for _, label in distinct}) < 2:  # noqa: PLR2004 - telling apart takes two
        raise ValueError(f"{name}: a classifier needs two classes")
    Random(f"{name}/{seed}").shuffle(distinct)
    first, second = int(_TAUGHT * len(distinct)), int((_TAUGHT + _ASKED) * len(distinct))
    return Task(
        name, _labelled(distinct[:first]), [text for text, _ in distinct[first:second]], _labelled(distinct[second:]),
        list(foreign),
    )  # fmt: skip


def own(rows: int, seed: int = 0) -> list[Task]:
    """Return the own-written tasks, of about so many rows each."""
    rng = Random(f"foreign/{seed}")
    foreign = [sentence(rng) for _ in range(min(rows, _SENTENCES))]
    forms = {"own_desk": _DESK, "own_mail": _MAIL}
    return [split(name, _written(one, rows, Random(f"{name}/{seed}")), foreign, seed) for name, one in forms.items()]


def _written(forms: dict[str, str], rows: int, rng: Random) -> Iterator[tuple[str, str]]:
    labels = list(forms)
    for _ in range(rows):
        label, other = rng.choice(labels), rng.choice(labels)
        text = _said(rng, forms[label])
        if rng.random() < _RAMBLING:
            text += rng.choice((". ", ", and ", "? also ")) + _said(rng, forms[other])
        if rng.random() < _GREETED:
            text = rng.choice(_GREETINGS) + text
        noted = rng.choice(labels) if rng.random() < _MISTAKEN else label
        yield (_slip(rng, text) if rng.random() < _HURRIED else text), noted


def _said(rng: Random, forms: str) -> str:
    return fill(rng, rng.choice(forms.split("|")))


def _slip(rng: Random, text: str) -> str:
    """Swap two neighbouring letters."""
    at = rng.randrange(len(text) - 1)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _labelled(rows: Sequence[tuple[str, str]]) -> Labelled:
    return Labelled([text for text, _ in rows], [label for _, label in rows])
