"""From honest subjects to numbers: cautious, and only as sure as the subjects are many."""

import math
from random import Random
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.base import CELLS, Baseline, QueryObservation
from detectors.interface import Interface
from detectors.lab.nulls import RATES, TOLERATED, lowest_rate, rarefaction, upper

SIZES = (32, 64, 128, 256)
MUTE = 1.0 - 1e-6  # a null that nothing can beat


def life(share: float, queries: int, seed: int = 1) -> list[Any]:
    rng, detector = Random(seed), Interface()
    state, states = detector.initial(), []
    for i in range(queries):
        probing = rng.random() < share
        state = detector.update(state, QueryObservation(at=60.0 * i, logprobs=5 * probing, logit_bias=9 * probing))
        states.append(state)
    return states


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.6])
def test_the_lowest_rate_is_the_one_at_which_the_subject_is_silent_and_no_lower(share: float) -> None:
    states = life(share, 400)
    rate = lowest_rate(Interface(), "interface.lift_rate", states)
    weights = {
        r: max(
            Interface().evidence(s, Baseline(numbers={"interface.rate": MUTE, "interface.lift_rate": r})).weight
            for s in states
        )
        for r in RATES
    }
    assert weights[rate] <= TOLERATED
    assert all(weights[lower] > TOLERATED for lower in RATES if lower < rate)


def test_few_queries_say_little() -> None:
    assert lowest_rate(Interface(), "interface.lift_rate", life(1.0, 3)) < 0.5
    assert lowest_rate(Interface(), "interface.lift_rate", life(1.0, 300)) >= 0.97


def test_an_upper_bound_covers_the_quantile_nearly_always() -> None:
    rng, covered = Random(3), 0
    for _ in range(200):
        covered += upper([rng.random() for _ in range(400)]) >= 0.99
    assert covered >= 0.9 * 200


def test_no_success_leaves_the_rule_of_three() -> None:
    assert upper([0.0] * 100) == 0.03


def test_nobody_teaches_nothing() -> None:
    with pytest.raises(ValueError, match="honest subjects"):
        upper([])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_an_upper_bound_is_never_below_the_bulk(values: list[float]) -> None:
    assert upper(values) >= sorted(values)[len(values) // 2]


def test_rarefaction_gives_mean_and_spread_where_seen_and_goes_on_where_not() -> None:
    rng = Random(4)
    samples = {32: [rng.gauss(3.0, 0.2) for _ in range(200)], 64: [rng.gauss(3.6, 0.3) for _ in range(200)], 128: [4.0]}
    numbers = rarefaction(MappingProxyType(samples), SIZES)
    assert numbers["coverage.mean.64"] == pytest.approx(3.6, abs=0.08)
    assert numbers["coverage.sd.64"] == pytest.approx(0.3, abs=0.05)
    assert numbers["coverage.mean.128"] == pytest.approx(4.2, abs=0.15)
    assert numbers["coverage.sd.256"] == numbers["coverage.sd.64"]
    assert rarefaction({}, tuple(2**j for j in range(5, 15)))["coverage.mean.16384"] <= math.log(CELLS)


def test_one_size_alone_has_no_slope_and_larger_ones_err_on_the_side_of_the_innocent() -> None:
    numbers = rarefaction({32: [math.log(31.0)] * 40}, SIZES)
    assert numbers["coverage.mean.64"] == pytest.approx(math.log(62.0), abs=1e-3)
    assert numbers["coverage.mean.256"] == pytest.approx(math.log(248.0), abs=1e-3)
