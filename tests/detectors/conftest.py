"""The plays that detectors are tried on: adversaries, passers-by, honest subjects at the edge of the null."""

import math
from collections.abc import Callable, Iterator, Mapping
from random import Random
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
from hypothesis import settings

from detectors.base import CELLS, AnswerObservation, Observation, QueryObservation

settings.register_profile("untimed", deadline=None)  # a busy machine is no fault of a detector
settings.load_profile("untimed")

NOW = 1_700_000_123.0  # seconds since the epoch
DAY = 86_400.0


def exchange(at: float, tokens: int = 0, **query: Any) -> tuple[Observation, Observation]:
    asked = QueryObservation(at=at, **query)
    return asked, AnswerObservation(at=at + 5.0, query=asked, completion_tokens=tokens, text_chars=4 * tokens)


Exchanges = Iterator[tuple[Observation, Observation]]


class Play(NamedTuple):
    """Traffic that a detector is tried on: its adversary, a passer-by, and honest subjects at the null's edge."""

    adversary: Callable[[Random], Exchanges]
    passer_by: Callable[[Random], Exchanges]
    edge: Callable[[Random], Exchanges]  # ten days of one subject
    nulls: Mapping[str, float] = MappingProxyType({})  # of the edge, where they are not the detector's defaults


def spread(dice: Random, n: int) -> list[float]:
    return sorted(NOW + dice.random() * 10 * DAY for _ in range(n))


def harvest(dice: Random) -> Exchanges:
    return (exchange(NOW + 7.0 * i, 700, scaffold=5, opening=6, payload=dice.getrandbits(64)) for i in range(60))


def labelling(dice: Random) -> Exchanges:
    return (exchange(NOW + i, 3, scaffold=5, opening=6, payload=dice.getrandbits(64)) for i in range(2000))


def harvest_edge(dice: Random) -> Exchanges:
    for at in spread(dice, 400):
        yield exchange(at, 700 if dice.random() < 0.25 else 9, scaffold=5, opening=6, payload=dice.getrandbits(64))


def sweep(dice: Random) -> Exchanges:
    return (exchange(NOW + i, cell=dice.randrange(CELLS)) for i in range(4096))


def narrow(dice: Random) -> Exchanges:
    return (exchange(NOW + i, cell=dice.randrange(300)) for i in range(4096))


def breadth_edge(dice: Random) -> Exchanges:
    tail = dice.random()
    cells = min(CELLS, max(2, round(384 * math.exp(0.25 * math.log(tail / (1.0 - tail)) * math.sqrt(3) / math.pi))))
    return (exchange(at, cell=dice.randrange(cells)) for at in spread(dice, 600))


def search(dice: Random) -> Exchanges:
    return (exchange(NOW + i, scaffold=dice.getrandbits(64), demands_reasoning=True) for i in range(12))


def one_sentence(dice: Random) -> Exchanges:
    return (exchange(NOW + i, scaffold=7, payload=dice.getrandbits(64), demands_reasoning=True) for i in range(2000))


def demands_edge(dice: Random) -> Exchanges:
    for at in spread(dice, 400):
        yield exchange(at, scaffold=dice.getrandbits(64), demands_reasoning=dice.random() < 0.1)


def logits(_dice: Random) -> Exchanges:
    return (exchange(NOW + i, logprobs=20, logit_bias=300) for i in range(12))


def scoring(_dice: Random) -> Exchanges:
    return (exchange(NOW + i, logprobs=5, max_tokens=1) for i in range(2000))


def probing_edge(dice: Random) -> Exchanges:
    for at in spread(dice, 400):
        kind = dice.random()  # mean x = 0.05 + 0.5 * 0.1
        bias, samples = int(kind < 0.05), 8 if 0.05 <= kind < 0.15 else 1
        yield exchange(at, logprobs=bias, max_tokens=9, logit_bias=bias, samples=samples)


def metronome(_dice: Random) -> Exchanges:
    return (exchange(NOW + 10.0 * i, 700) for i in range(1000))


def chance(dice: Random) -> Exchanges:
    at = NOW
    for _ in range(3000):
        at += dice.expovariate(0.1)
        yield exchange(at, 700)


def chance_edge(dice: Random) -> Exchanges:
    return (exchange(at, 700) for at in spread(dice, 2500))


PLAYS = {
    "repetition": Play(harvest, labelling, harvest_edge, {"repetition.scaffold_rate": 0.25}),
    "coverage": Play(sweep, narrow, breadth_edge),
    "elicitation": Play(search, one_sentence, demands_edge),
    "interface": Play(logits, scoring, probing_edge),
    "cadence": Play(metronome, chance, chance_edge, {"cadence.rate": 0.05}),
}


@pytest.fixture
def plays() -> Mapping[str, Play]:
    """The play of each detector, by name."""
    return PLAYS


@pytest.fixture
def flood() -> Exchanges:
    """Ten thousand exchanges in a fortnight, each unlike all others."""
    dice = Random(20)

    def one(i: int) -> tuple[Observation, Observation]:
        kind = {"demands_reasoning": dice.random() < 0.5, "logprobs": dice.randrange(3), "cell": dice.randrange(CELLS)}
        marks = {"scaffold": dice.getrandbits(64), "opening": dice.getrandbits(64), "payload": dice.getrandbits(64)}
        return exchange(NOW + i * 14 * DAY / 10_000, 900, **kind, **marks)

    return map(one, range(10_000))
