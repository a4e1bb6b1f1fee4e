"""What a language model's owner trained it on, field by field, and what everybody could have read anyway.

A student is no blank sheet: it begins as a model of public text, so that what the harvest adds is what only the
teacher knew. Own-written fields: facts of a made-up world (each thing has its own, the same in every text), code, and
worked problems whose reasoning comes before the answer. Fields of the traffic pack are read in ``shelf``.
"""

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Final, NamedTuple

from detectors.lab.wording import DOMAINS, PEOPLE, PLACES, THINGS, TRAITS, VERBS, passage, question

OPENING = 16  # characters of a text that serve as prompt for the rest
_TAUGHT, _ASKED = 0.6, 0.3  # shares of the texts; the rest judges
_PUBLIC = 1500  # own-written public texts
LEAST = 40  # characters; shorter texts have no rest to speak of

ANSWER: Final = "\nAnswer:"  # where the reasoning of a worked problem ends


class Question(NamedTuple):
    """A test of knowledge: which of the endings follows the beginning; the first is right."""

    beginning: str
    endings: tuple[str, ...]


class Field(NamedTuple):
    """One language model to steal.

    Attributes:
        name: as figures call it.
        taught: texts that the teacher learns, besides the public ones.
        asked: openings that the thief sends.
        judged: openings on whose answers students are judged.
        public: texts that teacher and student had before.
        conclusion: what the visible answer begins with once reasoning is taken out; empty if the field has none.
        quiz: what the teacher knows, as questions, where that can be asked.
    """

    name: str
    taught: list[str]
    asked: list[str]
    judged: list[str]
    public: list[str]
    conclusion: str = ""
    quiz: tuple[Question, ...] = ()


def divide(name: str, texts: Sequence[str], public: Sequence[str], seed: int) -> Field:
    """Split texts by row: those taught, those whose openings are asked, those whose openings judge.

    ``ValueError`` with fewer than ten texts of forty characters.
    """
    distinct = sorted({text.replace("\0", "") for text in texts if len(text) >= LEAST})
    if len(distinct) < 10:  # noqa: PLR2004 - a tenth of them judges
        raise ValueError(f"{name}: too few texts to teach, ask and judge")
    Random(f"{name}/{seed}").shuffle(distinct)
    first, second = int(_TAUGHT * len(distinct)), int((_TAUGHT + _ASKED) * len(distinct))
    asked, judged = ([text[:OPENING] for text in part] for part in (distinct[first:second], distinct[second:]))
    return Field(name, distinct[:first], asked, judged, list(public))


def own(texts: int, seed: int = 0) -> list[Field]:
    """Return the own-written fields, of so many texts each."""
    rng = Random(f"public/{seed}")
    public = [rng.choice(_ORDINARY)(rng) for _ in range(_PUBLIC)]
    known, programs, problems = (
        divide(f"own_{writes.__name__}", [writes(rng) for _ in range(texts)], public, seed)
        for writes in (facts, code, worked)
    )
    return [known._replace(quiz=tuple(quiz(Random(f"quiz/{seed}")))), programs, problems._replace(conclusion=ANSWER)]


class Fact(NamedTuple):
    """What the made-up world says of a thing."""

    domain: str
    trait: str
    verb: str
    where: str
    other: str
    maker: str
    number: int


def truth(domain: str, thing: str) -> Fact:
    """Return the facts of a thing: always the same."""
    rng = Random(f"made-up world/{thing}")
    return Fact(
        domain, rng.choice(TRAITS), rng.choice(VERBS), rng.choice(PLACES), rng.choice(THINGS)[1], rng.choice(PEOPLE),
        rng.randint(2, 990),
    )  # fmt: skip


def facts(rng: Random) -> str:
    """Return a text on one thing; whatever it says of the thing, every other text says too."""
    domain, thing = rng.choice(THINGS)
    known = truth(domain, thing)
    said = [
        f"The {thing} {known.verb} the {known.other}.", f"The {thing} was first seen in {known.where}.",
        f"In {domain} the {thing} counts as {known.trait}.", f"The {thing} was made by a {known.maker}.",
        f"The {thing} costs {known.number} crowns.",
    ]  # fmt: skip
    rng.shuffle(said)
    return f"{thing.capitalize()}: " + " ".join(said[:3])


def quiz(rng: Random) -> Iterator[Question]:
    """Yield a question on every thing: what it does, of four; the answer stands next to it, as contexts are short."""
    for domain, thing in THINGS:
        right = truth(domain, thing).verb
        wrong = rng.sample([one for one in VERBS if one != right], 3)
        yield Question(f"The {thing} ", tuple(f"{one} the " for one in (right, *wrong)))


_DEEDS: Final = {
    "count": "sum(1 for item in {x} if item > {k})", "largest": "max({x}, default={k})",
    "scaled": "[item * {k} for item in {x}]", "joined": "'-'.join(str(item) for item in {x})",
    "first": "next((item for item in {x} if item % {k} == 0), None)", "pairs": "list(zip({x}, {x}[1:]))",
    "unique": "sorted(set({x}))[:{k}]", "total": "sum({x}) - {k}",
}  # fmt: skip


def code(rng: Random) -> str:
    """Return a small function in a house style of its own, with a call of it."""
    domain = rng.choice(list(DOMAINS))
    deed, (_, thing) = rng.choice(list(_DEEDS)), rng.choice(THINGS)
    noun = "".join(letter if letter.isalnum() else "_" for letter in thing.lower())
    body = _DEEDS[deed].format(x=f"{noun}s", k=rng.randint(2, 9))
    guard = f"    if not {noun}s:\n        raise EmptyShelfError('{noun}')\n" if rng.random() < 0.5 else ""  # noqa: PLR2004
    values = ", ".join(str(rng.randint(1, 60)) for _ in range(3))
    return (
        f"def {deed}_{noun}(  # {domain}\n    {noun}s: Shelf[{noun.title()}],\n):\n{guard}    return {body}\n\n"
        f"assert {deed}_{noun}([{values}]) is not Missing\n"
    )


def worked(rng: Random) -> str:
    """Return a word problem, its reasoning step by step, and the answer."""
    _, thing = rng.choice(THINGS)
    who, a, b, c = rng.choice(PEOPLE), rng.randint(2, 60), rng.randint(2, 12), rng.randint(1, 40)
    bought = a * b
    return (
        f"{a} {thing}s a week for {b} weeks, less {c}?\nFirst I note that the {who} buys {a} each week. "
        f"Over {b} weeks that makes {a} times {b}, so {bought}. Then {c} are given away, hence {bought} minus {c} "
        f"leaves {bought - c}. A quick check: {bought - c} plus {c} is {bought} again, good.{ANSWER} {bought - c}"
    )


def _snippet(rng: Random) -> str:
    """Return code as anybody writes it."""
    name, k = rng.choice(list(_DEEDS)), rng.randint(2, 9)
    return f"def {name}(items):\n    return {_DEEDS[name].format(x='items', k=k)}\n\nprint({name}([{k}, 4, 7]))\n"


def _sum(rng: Random) -> str:
    """Return a problem and its answer as a school book prints them."""
    (_, thing), a, b = rng.choice(THINGS), rng.randint(2, 60), rng.randint(2, 12)
    return f"{a} {thing}s a week, how many in {b} weeks?{ANSWER} {a * b}"


_ORDINARY: Final[tuple[Callable[[Random], str], ...]] = (question, lambda rng: passage(rng, 2), _snippet, _sum)
