"""Observations that are folded together, with what several detectors ask of them worked out once."""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple, overload

from detectors.base import AnswerObservation, Observation, QueryObservation
from detectors.stats import tally
from detectors.taking import Worth, worth_taking

TURNS: Final = 2  # messages of a single question
_WEEK: Final = 604_800  # seconds
_FAILED: Final = 400  # HTTP status from which on nothing was answered


GRAINS: Final = 64  # sums are kept in whole sixty-fourths, which add alike in every order
_CHARS: Final = 4  # characters in a token, where the model did not count
_MUCH: Final = 1e6  # tokens: more than that is one answer's no more


class Size(NamedTuple):
    """How long an answer is beside what was handed in: tokens a choice, and their logarithms in sixty-fourths.

    ``expands`` is the share of the answer in both together, in sixty-fourths; 0 for an answer without tokens.
    """

    tokens: float
    grains: int
    handed_grains: int
    expands: int


def size_of(answer: AnswerObservation) -> Size:
    """Return how long an answer is."""
    counted = answer.completion_tokens or (answer.text_chars + answer.reasoning_chars) / _CHARS
    tokens = counted / max(1, answer.choices)
    handed = max(0, answer.query.payload_chars) / _CHARS
    return Size(
        tokens,
        int(GRAINS * math.log2(1.0 + min(max(0.0, tokens), _MUCH))),
        int(GRAINS * math.log2(1.0 + min(handed, _MUCH))),
        int(GRAINS * tokens / (tokens + handed)) if tokens > 0 else 0,
    )


class Batch(Sequence[Observation]):
    """Observations in their order.

    Attributes:
        asked: the queries.
        times: when each of them was asked, seconds since the epoch.
        single: whether each of them is a single question without tools.
        answered: the answers that the model gave, be they short.
    """

    __slots__ = ("_all", "_sizes", "_weeks", "_worth", "answered", "asked", "single", "times")

    def __init__(self, observations: Iterable[Observation]) -> None:
        self._all = tuple(observations)
        self.asked = [one for one in self._all if isinstance(one, QueryObservation)]
        self.times = [query.at for query in self.asked]
        self.single = [is_single(query) for query in self.asked]
        self.answered = [one for one in self._all if isinstance(one, AnswerObservation) and one.status < _FAILED]
        self._sizes: list[Size] = []
        self._weeks: list[tuple[int, Batch]] = []
        self._worth: dict[Worth, list[bool]] = {}

    @overload
    def __getitem__(self, place: int) -> Observation: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Observation]: ...
    def __getitem__(self, place: int | slice) -> Observation | Sequence[Observation]:
        return self._all[place]

    def __iter__(self) -> Iterator[Observation]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    @classmethod
    def of(cls, observations: Sequence[Observation]) -> "Batch":
        """Return observations as a batch; one that is a batch already keeps what it knows."""
        return observations if isinstance(observations, cls) else cls(observations)

    def weeks(self) -> list[tuple[int, "Batch"]]:
        """Return runs of observations of one week, by the time of the query, with the week's number from 1970."""
        if not self._weeks and self._all:
            times = [one.at if isinstance(one, QueryObservation) else one.query.at for one in self._all]
            week = tally.common_block(times, _WEEK)
            self._weeks = [(week, self)] if week >= 0 else self._runs(times)
        return self._weeks

    def _runs(self, times: Sequence[float]) -> list[tuple[int, "Batch"]]:
        own = [int(at // _WEEK) if 0.0 <= at <= tally.LAST else 0 for at in times]
        cuts = [0, *[i for i in range(1, len(own)) if own[i] != own[i - 1]], len(own)]
        return [(own[a], Batch(self._all[a:b])) for a, b in pairwise(cuts)]

    def sizes(self) -> list[Size]:
        """Return how long each answer is."""
        if not self._sizes:
            self._sizes = [size_of(answer) for answer in self.answered]
        return self._sizes

    def worth(self, least: Worth) -> list[bool]:
        """Return whether each answer is worth taking."""
        if least not in self._worth:
            self._worth[least] = [worth_taking(answer, least) for answer in self.answered]
        return self._worth[least]


def is_single(query: QueryObservation) -> bool:
    """Return whether a query is a single question without tools."""
    return query.turns <= TURNS and not query.tools and not query.tool_results
