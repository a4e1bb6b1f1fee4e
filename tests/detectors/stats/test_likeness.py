import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.base import Baseline
from detectors.stats.likeness import LEAST, grown, log_e, score

NUMBERS = {"x.bias": -1.0, "x.bias.slope": 0.5, "x.a": 3.0, "x.a.slope": 2.0, "x.tail.from": 2.0, "x.tail.scale": 0.5}
BASELINE = Baseline(numbers=NUMBERS)
TAIL = Baseline(numbers={"x.a": 1.0, "x.tail.from": 2.0, "x.tail.scale": 0.5, "x.tail.share": 0.2})


def said(value: float, n: float = 100.0, baseline: Baseline = TAIL) -> float:
    return log_e("x", {"a": value}, n, baseline)


def test_a_weight_grows_by_its_slope_in_eight_doublings() -> None:
    assert (grown(0), grown(LEAST), grown(16 * LEAST), grown(256 * LEAST)) == (0.0, 0.0, 0.5, 1.0)
    assert score("x", {"a": 1.0, "unknown": 9.0}, LEAST, BASELINE) == 2.0
    assert score("x", {"a": 1.0}, 256 * LEAST, BASELINE) == 4.5


def test_what_the_tail_says_is_worth_one_at_most_beside_the_silent() -> None:
    spoken = 0.0
    for i in range(60_000):
        beyond = (i + 0.5) * 0.001
        weight = said(2.0 + 0.5 * beyond)
        spoken += 0.2 * math.exp(-beyond) * 0.001 * (math.exp(weight) if weight > 0.0 else 0.0)
    assert 0.3 < spoken <= 1.0


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_a_higher_score_never_says_less_and_always_a_finite_number(a: float, b: float) -> None:
    assert 0.0 <= said(min(a, b)) <= said(max(a, b)) < math.inf


@pytest.mark.parametrize(
    "baseline", [Baseline(), Baseline(numbers={"x.a": 9.0}), Baseline(numbers={"x.tail.scale": -1.0})]
)
def test_without_a_tail_nothing_is_said(baseline: Baseline) -> None:
    assert said(100.0, baseline=baseline) == 0.0


def test_a_handful_of_exchanges_says_nothing() -> None:
    assert said(100.0, n=LEAST - 1) == 0.0 < said(100.0, n=LEAST)


def test_the_tail_is_that_of_the_classes_that_a_subject_is_of() -> None:
    classes = {"chat": {"x.tail.from": 2.0}, "agent": {"x.tail.from": 6.0}}
    baseline = Baseline(numbers=TAIL.numbers, classes=classes)
    weights = [said(6.0, baseline=baseline.within({"chat": share, "agent": 1.0 - share})) for share in (1.0, 0.5, 0.0)]
    assert weights == sorted(weights, reverse=True)
    assert weights[0] > weights[1] == weights[2] == 0.0  # what speaks, speaks against each of them
