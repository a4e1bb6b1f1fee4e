import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.stats.calibration import log_e_of_p, upper_tail


def test_the_calibrator_is_worth_one_on_average() -> None:
    edges = [0.0, *(math.exp(-60.0 + 0.01 * i) for i in range(6001))]  # from 1e-26 to 1, evenly in the logarithm
    low, high = 0.0, 0.0
    for left, right in pairwise(edges[1:]):
        low += (right - left) * math.exp(log_e_of_p(right))
        high += (right - left) * math.exp(log_e_of_p(left))
    assert low <= 1.0
    assert high >= 0.98  # the rest lies below 1e-26: 1 / 60


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_a_smaller_p_is_worth_more(a: float, b: float) -> None:
    assert log_e_of_p(min(a, b)) >= log_e_of_p(max(a, b)) - 1e-7


@given(st.floats(0.0, 1.0))
def test_an_e_value_never_exceeds_one_over_p(p: float) -> None:
    assert math.isfinite(log_e_of_p(p))
    assert log_e_of_p(p) <= -math.log(max(p, 1e-300)) + 1e-9


@pytest.mark.parametrize("z", [0.0, 1.0, 3.0, 8.0])
def test_the_tail_is_heavier_than_normal_where_it_matters(z: float) -> None:
    normal = 0.5 * math.erfc(z / math.sqrt(2.0))
    assert upper_tail(z) == pytest.approx(1.0 - upper_tail(-z))
    assert z < 3.0 or upper_tail(z) > normal


@given(st.floats(-1e9, 1e9))
def test_a_tail_is_a_probability(z: float) -> None:
    assert 0.0 < upper_tail(z) <= 1.0
