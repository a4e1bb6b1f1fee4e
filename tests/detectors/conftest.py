"""The plays that detectors are tried on, and a flood to fill their states."""

from collections.abc import Mapping
from random import Random

import pytest
from hypothesis import settings

from detectors.base import CELLS, Observation
from tests.detectors.bets import BETS, DAY, NOW, Exchanges, Play, exchange
from tests.detectors.learnt import LEARNT

settings.register_profile("untimed", deadline=None)  # a busy machine is no fault of a detector
settings.load_profile("untimed")


@pytest.fixture
def plays() -> Mapping[str, Play]:
    """The play of each detector, by name."""
    return BETS | LEARNT


@pytest.fixture
def flood() -> Exchanges:
    """Ten thousand exchanges in a fortnight, each unlike all others."""
    dice = Random(20)

    def fingerprints(n: int) -> tuple[int, ...]:
        return tuple([dice.getrandbits(64) for _ in range(n)])

    def one(i: int) -> tuple[Observation, Observation]:
        scaffold, opening, payload, bag = fingerprints(4)
        return exchange(
            NOW + i * 14 * DAY / 10_000, 900, fingerprints(4), scaffold=scaffold, opening=opening, payload=payload,
            bag=bag,
            demands_reasoning=dice.random() < 0.5, logprobs=dice.randrange(3), cell=dice.randrange(CELLS),
            samples=dice.randrange(9), asks=dice.getrandbits(10), grams=fingerprints(4), vector=dice.randbytes(32),
            quotes=fingerprints(4), temperature=dice.random() * 2.0,
        )  # fmt: skip

    return map(one, range(10_000))
