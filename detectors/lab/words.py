"""Two halves of the lab's own wording, so that what calibrates and what evaluates never speak alike.

Every list of forms and of fillers is dealt out by turns: half 0 takes the first, third, …, half 1 the others.
"""

from collections.abc import Sequence
from functools import lru_cache
from random import Random
from typing import Final, Literal, NamedTuple, TypeAlias, TypeVar

from detectors.lab.fields import MORE
from detectors.lab.tongues import LIKELY, TONGUES
from detectors.lab.wording import DOMAINS, FOLLOW_UPS, PEOPLE, PLACES, QUESTIONS, TRAITS, VERBS

T = TypeVar("T")
Speech: TypeAlias = Literal["ask", "more", "task", "matter", "aside"]

FIELDS: Final = DOMAINS | MORE
FOREIGN: Final = 0.25  # share of own-worded clients, honest or not, that do not write in English
_ADDED: Final = 0.7  # share of turns that say so
_ADDITIONS: Final = (
    "It is for a {p}.", "I mean the {a} {t}, not the {t2}.", "We are {n} people.", "Mine is from {c}.",
    "The {t} came up again.", "My {p} disagrees.", "I have {n} euros left.", "By the way, the {t} is {a}.",
    "Somebody in {c} told me that it {v} the {t2}.", "I tried {n} times.", "Think of a {a} {p}.",
    "Does that hold for the {t}?", "On page {n} it says the opposite.", "Last time it was the {t2}.",
    "A {p} will read it.", "In {c} it is not allowed.",
)  # fmt: skip
_LEANS: Final = 0.5  # from which a person who writes in another language keeps to a few things
_ASIDES: Final = 0.7  # share of openings in other languages that say something more
_STATEMENTS: Final = (
    "The {a} {t} {v} the {t2}, about {n} times a year.",
    "In {c}, every {p} knows that a {t} {v} a {a} {t2}.",
    "A {t} {v} most of {d}, although the {a} one does not, as {n} cases show.",
    "Since the {t} {v} the {t2}, a {p} from {c} keeps it {a}.",
    "Of {n} visitors to {c}, most asked about the {a} {t}.",
    "No {p} would say that the {t} {v} the {t2} before {n} trials.",
    "It was a {p} who found in {c} that the {t} {v} {d}.",
    "Between the {t} and the {t2} lies whatever a {p} calls {a}.",
)


class Words(NamedTuple):
    """One half of all wording, 0 or 1, the language spoken (empty: English), and what one person cares for.

    Attributes:
        half, tongue: see above.
        fields: what this person mostly speaks of; empty: of everything alike.
        lean: share of things said that are of those fields.
    """

    half: int
    tongue: str = ""
    fields: tuple[str, ...] = ()
    lean: float = 0.0

    def of(self, forms: Sequence[T]) -> Sequence[T]:
        """Return this half's share of a list; all of a list of one."""
        return forms[self.half :: 2] or forms

    def pick(self, rng: Random, forms: Sequence[T]) -> T:
        """Return one of this half's share."""
        return rng.choice(self.of(forms))

    def things(self) -> list[tuple[str, str]]:
        """Return (field, thing) of this half's fields."""
        return [(field, thing) for field in self.of(list(FIELDS)) for thing in FIELDS[field].split("|")]

    def fill(self, rng: Random, form: str) -> str:
        """Fill the blanks: {t} {t2} things, {d} field, {a} trait, {p} {p2} people, {c} city, {v} verb, {n} a number."""
        (field, thing), (_, other) = self._thing(rng), self._thing(rng)
        return form.format(
            t=thing, t2=other, d=field, a=self.pick(rng, TRAITS), p=self.pick(rng, PEOPLE), p2=self.pick(rng, PEOPLE),
            c=self.pick(rng, PLACES), v=self.pick(rng, VERBS), n=rng.randint(2, 9999),
        )  # fmt: skip

    def say(self, rng: Random, forms: Sequence[str], speech: Speech | None = None) -> str:
        """Return one of this half's forms, filled; in a language that has forms of that kind, one of those."""
        if speech and self.tongue:
            return self._foreign(rng, speech)
        return self.fill(rng, self.pick(rng, forms))

    def question(self, rng: Random) -> str:
        """Return a question that a person might open a conversation with."""
        return self.say(rng, QUESTIONS, "ask")

    def follow_up(self, rng: Random) -> str:
        """Return what a person might say next."""
        return self.more(rng, FOLLOW_UPS, "more")

    def more(self, rng: Random, forms: Sequence[str], speech: Speech | None = None) -> str:
        """Say one of the forms, and most times something of one's own with it, so that few turns are ever the same."""
        said = self.say(rng, forms, speech)
        if rng.random() > _ADDED:
            return said
        return f"{said} {self.say(rng, _ADDITIONS, 'aside')}"

    def passage(self, rng: Random, sentences: int) -> str:
        """Return a paragraph of plain statements."""
        return " ".join([self.say(rng, _STATEMENTS) for _ in range(sentences)])

    def _thing(self, rng: Random) -> tuple[str, str]:
        narrow = self.fields and rng.random() < self.lean
        return rng.choice(_of(self.fields) if narrow else _THINGS[self.half])

    def _foreign(self, rng: Random, speech: Speech) -> str:
        own = TONGUES[self.tongue]
        form = self.pick(rng, own.forms[speech])
        if speech in ("ask", "task") and rng.random() < _ASIDES:
            form = f"{form} {self.pick(rng, own.forms['aside'])}"
        return form.format(
            t=rng.choice(_some(own.things, self)), d=self.pick(rng, own.fields), p=self.pick(rng, own.people),
            c=self.pick(rng, own.places), a=self.pick(rng, own.traits), n=rng.randint(2, 999),
        )  # fmt: skip


@lru_cache(4096)
def _of(fields: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(field, thing) for field in fields for thing in FIELDS[field].split("|")]


@lru_cache(4096)
def _some(things: tuple[str, ...], words: Words) -> Sequence[str]:
    """Return this half's things, and of a person with fields of interest a few."""
    mine = words.of(things)
    if not words.fields or words.lean < _LEANS:
        return mine
    return Random("|".join(words.fields)).sample(mine, max(2, len(mine) // 4))


def focussed(rng: Random, words: Words, lean: float) -> Words:
    """Return the wording of a person with a few fields of interest, of which that share of all that is said is."""
    fields = list(words.of(list(FIELDS)))
    return words._replace(fields=tuple(rng.sample(fields, rng.choice((1, 1, 2, 3)))), lean=lean)


def spoken(rng: Random, half: int) -> Words:
    """Return one half's wording in a language drawn for one client."""
    return Words(half, rng.choice(LIKELY) if rng.random() < FOREIGN else "")


_THINGS: Final = (Words(0).things(), Words(1).things())
