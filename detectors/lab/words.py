"""Two halves of the lab's own wording, so that what calibrates and what evaluates never speak alike.

Every list of forms and of fillers is dealt out by turns: half 0 takes the first, third, …, half 1 the others.
"""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple, TypeVar

from detectors.lab.wording import DOMAINS, FOLLOW_UPS, PEOPLE, PLACES, QUESTIONS, TRAITS, VERBS

T = TypeVar("T")


class Words(NamedTuple):
    """One half of all wording, 0 or 1."""

    half: int

    def of(self, forms: Sequence[T]) -> Sequence[T]:
        """Return this half's share of a list."""
        return forms[self.half :: 2]

    def pick(self, rng: Random, forms: Sequence[T]) -> T:
        """Return one of this half's share."""
        return rng.choice(self.of(forms))

    def things(self) -> list[tuple[str, str]]:
        """Return (field, thing) of this half's fields."""
        return [(field, thing) for field in self.of(list(DOMAINS)) for thing in DOMAINS[field].split("|")]

    def fill(self, rng: Random, form: str) -> str:
        """Fill the blanks of a form: {t} {t2} things, {d} their field, {a} trait, {p} person, {c} city, {v} verb, {n}."""
        (field, thing), (_, other) = rng.choice(_THINGS[self.half]), rng.choice(_THINGS[self.half])
        return form.format(
            t=thing, t2=other, d=field, a=self.pick(rng, TRAITS), p=self.pick(rng, PEOPLE),
            c=self.pick(rng, PLACES), v=self.pick(rng, VERBS), n=rng.randint(2, 9999),
        )  # fmt: skip

    def say(self, rng: Random, forms: Sequence[str]) -> str:
        """Return one of this half's forms, filled."""
        return self.fill(rng, self.pick(rng, forms))

    def question(self, rng: Random) -> str:
        """Return a question that a person might open a conversation with."""
        return self.say(rng, QUESTIONS)

    def follow_up(self, rng: Random) -> str:
        """Return what a person might say next."""
        return self.say(rng, FOLLOW_UPS)

    def passage(self, rng: Random, sentences: int) -> str:
        """Return a paragraph of plain statements."""
        return " ".join(self.say(rng, _STATEMENTS) for _ in range(sentences))


_STATEMENTS = (
    "The {a} {t} {v} the {t2}, about {n} times a year.",
    "In {c}, every {p} knows that a {t} {v} a {a} {t2}.",
    "A {t} {v} most of {d}, although the {a} one does not, as {n} cases show.",
    "Since the {t} {v} the {t2}, a {p} from {c} keeps it {a}.",
    "Of {n} visitors to {c}, most asked about the {a} {t}.",
    "No {p} would say that the {t} {v} the {t2} before {n} trials.",
    "It was a {p} who found in {c} that the {t} {v} {d}.",
    "Between the {t} and the {t2} lies whatever a {p} calls {a}.",
)
_THINGS = (Words(0).things(), Words(1).things())
