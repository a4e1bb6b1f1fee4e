"""One honest account's life, played little by little: a job, dice of its own, topics of its own, hours of its own."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from random import Random
from typing import Final, NamedTuple

from detectors.lab.campaigns.base import Act, Member
from detectors.lab.cast import OWN, Says
from detectors.lab.habits import Habits
from detectors.lab.job import Desk, Work, stream
from detectors.lab.library import Library, Part
from detectors.lab.population import choose
from detectors.lab.roster.recipe import Recipe
from detectors.lab.tempo import END, Beat, Given, Tempo
from detectors.lab.traffic import Conversation, Script, bell
from detectors.lab.words import Words, focussed, spoken

_SOON: Final = 90.0  # seconds between two questions of one sitting, median
_LEAN: Final = (0.4, 0.95)  # share of what people say that is of their own fields
_OWN_ROWS: Final = 60  # rows of a public source that are near to a person's interests, about
_WORD: Final = 6  # characters; shorter words tell no interest
_TELLS: Final = 0.02  # share of a source's rows that may hold a word that tells an interest


class Person(NamedTuple):
    """What one honest account is played from.

    Attributes:
        member: who it is.
        seed: of everything about it.
        work: what it does.
        script: what it says, from dice and wording.
        words: its wording and interests.
        habits: how it calls.
        most: exchanges.
        beat: when, from dice.
        club: seed of what it shares with others of its group.
    """

    member: Member
    seed: str
    work: Work
    script: Callable[[Random, Words], Script]
    words: Words
    habits: Habits
    most: int
    beat: Callable[[Random], Beat]
    club: str = ""

    def acts(self) -> Iterator[Act]:
        """Yield what it does, in time order."""
        rng = Random(self.seed)
        desk = Desk(
            rng, self.script(rng, self.words), self.words, self.habits, self.most, Random(self.club or self.seed)
        )
        for asked in stream(rng, self.work(desk), self.beat(rng), self.habits, self.most):
            yield Act(self.member, asked)


def interests(rng: Random, half: int) -> Words:
    """Return the wording of a person with fields of its own, some much and some little."""
    return focussed(rng, spoken(rng, half), rng.uniform(*_LEAN))


def unseen(library: Library, part: Part, recipe: Recipe, rng: Random) -> Says:
    """Draw a source of text; where one judges, none of which the other part has learnt, not even other rows of it."""
    says = choose(library, part, recipe, rng)
    while part == "judge" and says.seen:
        says = choose(library, part, recipe, rng)
    return says


def telling(library: Library, part: Part, recipe: Recipe, rng: Random) -> tuple[Callable[[Random, Words], Script], int]:
    """Return what an account of that kind says by its interests, and the half of our wording that goes with it."""
    says = unseen(library, part, recipe, rng)
    if says.source.startswith(OWN):
        return recipe.own, says.half

    def script(dice: Random, words: Words) -> Script:
        near = _near(library, says.source, part, dice)
        return chain(dice.sample(near, len(near)), recipe.own(dice, words))

    return script, says.half


def _near(library: Library, source: str, part: Part, rng: Random) -> list[Conversation]:
    """Return rows of a source that share words with a few rows picked at random: what one person might care for."""
    rows, by_word = library.rows(source, part), _index(library, source, part)
    found: dict[int, None] = {}
    while len(found) < min(_OWN_ROWS, len(rows)):
        first = rng.randrange(len(rows))
        found[first] = None
        for word in _words(rows[first]):
            found.update(dict.fromkeys(by_word.get(word, ())[:_OWN_ROWS]))
    return [rows[i] for i in list(found)[:_OWN_ROWS]]


@lru_cache(64)
def _index(library: Library, source: str, part: Part) -> dict[str, list[int]]:
    rows = library.rows(source, part)
    found: dict[str, list[int]] = {}
    for number, one in enumerate(rows):
        for word in _words(one):
            found.setdefault(word, []).append(number)
    most = max(2.0, len(rows) * _TELLS)
    return {word: numbers for word, numbers in found.items() if 2 <= len(numbers) <= most}  # noqa: PLR2004 - in two rows


def _words(one: Conversation) -> Sequence[str]:
    return sorted({word.lower().strip(".,?!:;") for word in one.lines[0].text.split()[:60] if len(word) >= _WORD})


class Sittings(Beat):
    """Openings that come several at a time, as people's do: who has a question often has the next one soon."""

    def __init__(self, rng: Random, tempo: Tempo, every: float, first: float, stays: float) -> None:
        """Open ``stays`` times in a row, on average; ``every``: mean seconds between two openings in all."""
        super().__init__(rng, tempo, every * stays, first, ())
        self._dice, self._leaves, self._first = rng, 1.0 / stays, True

    def open(self) -> float:
        """Return when the next conversation starts: soon after the one before, or in another sitting."""
        stays = not self._first and self._dice.random() > self._leaves
        self._first = False
        if not stays:
            return super().open()
        self.at += bell(self._dice, _SOON, 1.0)
        return self.at


def spread(
    tempo: Tempo, most: int, first: float, turns: float = 1.0, last: float = END, *, stays: float = 1.0
) -> Callable[[Random], Beat]:
    """Return hours in which so many exchanges are spread over a life.

    Args:
        tempo: see ``tempo``.
        most: exchanges.
        first: beginning of the life, seconds since the epoch.
        last: its end, likewise.
        turns: exchanges to an opening, mean.
        stays: openings to a sitting, mean.
    """

    def beat(rng: Random) -> Beat:
        every = (last - first) * rng.uniform(0.5, 0.9) / max(1, most) * turns
        return Sittings(rng, tempo, every, first, stays)

    return beat


def sittings(rng: Random, starts: Sequence[float], lasts: float, each: float) -> Callable[[Random], Beat]:
    """Return openings within sittings that begin at given times and last so many seconds, ``each`` of them about."""
    seed = rng.random()

    def beat(dice: Random) -> Beat:
        mine = Random(seed)
        found = [
            start + mine.uniform(0.0, lasts) for start in starts for _ in range(max(1, round(bell(mine, each, 0.7))))
        ]
        return Given(dice, sorted(found), ())

    return beat


def clockwork(rng: Random, first: float, every: float, minute: float) -> Callable[[Random], Beat]:
    """Return openings each so many seconds at a fixed minute, as a scheduler starts them, within seconds."""
    lag = rng.uniform(0.0, 40.0)

    def beat(dice: Random) -> Beat:
        start = first - first % every + minute * 60.0
        times = [start + i * every + lag + dice.expovariate(0.2) for i in range(int((END - start) / every) + 1)]
        return Given(dice, [at for at in times if first <= at < END], ())

    return beat
