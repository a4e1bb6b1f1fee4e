"""What detectors are tried on: plays that their authors write, and observations without sense or measure."""

import math
from collections.abc import Callable, Iterator, Mapping
from random import Random
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

from hypothesis import strategies as st

from detectors.base import CELLS, AnswerObservation, Baseline, Observation, QueryObservation, Taking

NOW: Final = 1_700_000_123.0  # seconds since the epoch
DAY: Final = 86_400.0  # seconds
Pair: TypeAlias = tuple[Observation, Observation]
Exchanges: TypeAlias = Iterator[Pair]


def exchange(at: float, tokens: int = 0, said: tuple[int, ...] = (), **query: Any) -> Pair:
    """Return a question and its answer five seconds later, of so many tokens."""
    asked = QueryObservation(at=at, **query)
    return asked, AnswerObservation(
        at=at + 5.0, query=asked, completion_tokens=tokens, text_chars=4 * tokens, shingles=said
    )


class Play(NamedTuple):
    """Traffic that a detector is tried on.

    Attributes:
        adversary: whom it must catch within its stated delay.
        passer_by: whom it must spare.
        edge: ten days of one honest subject at the edge of the null: as suspicious as an honest one gets.
        nulls: of the edge, where they are not the detector's defaults.
        learnt: numbers of a baseline without which the detector is silent.
    """

    adversary: Callable[[Random], Exchanges]
    passer_by: Callable[[Random], Exchanges]
    edge: Callable[[Random], Exchanges]
    nulls: Mapping[str, float] = MappingProxyType({})
    learnt: Mapping[str, float] = MappingProxyType({})

    @property
    def baseline(self) -> Baseline:
        """Return the baseline for the adversary and the passer-by."""
        return Baseline(numbers=dict(self.learnt))

    @property
    def edge_baseline(self) -> Baseline:
        """Return the baseline for subjects at the edge."""
        return Baseline(numbers={**self.learnt, **self.nulls})


def flood(exchanges: int = 10_000) -> Exchanges:
    """Yield a fortnight's exchanges, each unlike all others."""
    dice = Random(20)

    def prints(n: int) -> tuple[int, ...]:
        return tuple([dice.getrandbits(64) for _ in range(n)])

    for i in range(exchanges):
        scaffold, opening, payload, bag = prints(4)
        yield exchange(
            NOW + i * 14 * DAY / exchanges, 900, prints(4), scaffold=scaffold, opening=opening, payload=payload,
            bag=bag, demands_reasoning=dice.random() < 0.5, logprobs=dice.randrange(3), cell=dice.randrange(CELLS),
            samples=dice.randrange(9), asks=dice.getrandbits(10), grams=prints(4), vector=dice.randbytes(32),
            quotes=prints(4), temperature=dice.random() * 2.0,
        )  # fmt: skip


few = st.integers(0, 5)
huge = st.one_of(st.integers(-(2**70), 2**70), few, st.integers(0, 2**64 - 1))
times = st.one_of(
    st.floats(NOW, NOW + 20 * DAY),
    st.floats(NOW, NOW + 60.0),
    st.sampled_from([-1.0, 0.0, 1.0, NOW - 400 * DAY, NOW + 4000 * DAY, math.nan, math.inf, -math.inf, 1e300]),
)
fingerprints = st.lists(st.one_of(few, huge), max_size=5).map(tuple)
kinds = st.sampled_from(["reasoning", "recirculation"])
takings = st.lists(st.builds(Taking, kinds, huge, huge, st.booleans()), max_size=3).map(tuple)
queries = st.builds(
    QueryObservation, at=times, scaffold=huge, opening=few, payload=huge,
    cell=st.one_of(st.integers(0, CELLS - 1), st.sampled_from([-1, CELLS, 2**80])), demands_reasoning=st.booleans(),
    turns=st.one_of(st.just(1), huge), max_tokens=huge, samples=huge, logprobs=huge, logit_bias=huge,
    temperature=st.floats(), tools=st.one_of(st.just(0), huge), prompt_chars=huge,
    tool_results=st.one_of(st.just(0), huge), images=huge, payload_chars=huge, named=st.booleans(), asks=huge, bag=huge,
    grams=fingerprints, vector=st.binary(max_size=8), quotes=fingerprints, presented=fingerprints, takings=takings,
)  # fmt: skip
answers = st.builds(
    AnswerObservation, at=times, query=queries, status=st.sampled_from([200, 200, 200, 429, 500, -1]),
    prompt_tokens=huge, completion_tokens=huge, reasoning_tokens=huge, text_chars=huge, reasoning_chars=huge,
    choices=huge, entropy=st.floats(), took=st.floats(), shingles=fingerprints,
)  # fmt: skip
observation = st.one_of(queries, answers)
observations = st.lists(observation, max_size=40)
