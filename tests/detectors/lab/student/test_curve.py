"""Curves are read between their points, shares are of the gain, and intervals are as wide as seeds disagree."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.lab.student.curve import BUDGETS, Curve, Remedy, along, budgets, estimate, kept

FULL = (0, 10, 100)


def curve(*runs: tuple[float, ...], remedy: Remedy = "refused", measure: str = "agreement") -> Curve:
    return Curve("classifier", "desk", "natural", remedy, measure, FULL, runs)


@given(st.integers(1, 10**7))
def test_budgets_rise_from_nothing_to_the_whole_plan(full: int) -> None:
    looks = budgets(full)
    assert looks[0] == 0
    assert looks[-1] == full
    assert list(looks) == sorted(set(looks))
    assert set(looks) <= {*BUDGETS, full}


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=3), st.floats(0, 1e6))
def test_what_is_read_lies_between_the_neighbours(ys: list[float], x: float) -> None:
    assert min(ys) - 1e-9 <= along(FULL, ys, x) <= max(ys) + 1e-9
    assert [along(FULL, ys, at) for at in FULL] == pytest.approx(ys)
    assert along(FULL, ys, 101) == pytest.approx(ys[-1])


def test_half_way_is_half_way_in_the_logarithm() -> None:
    assert along(FULL, (0.0, 1.0, 2.0), math.sqrt(11 * 101) - 1) == pytest.approx(1.5)


def test_the_share_kept_is_of_the_gain_and_bits_that_fall_are_gains() -> None:
    rising = curve((0.2, 0.5, 0.8), (0.2, 0.6, 1.0))
    found = kept(rising, rising, 10)
    assert found is not None
    assert found.value == pytest.approx(0.5)
    assert kept(rising, rising, 0) == pytest.approx((0.0, 0.0, 0.0, 2))
    falling = curve((4.0, 3.0, 2.0), measure="bits")
    assert kept(falling, falling, 10) == pytest.approx((0.5, 0.5, 0.5, 1))
    assert falling.gains() == [2.0]
    assert curve((0.5, 0.5, 0.4)).gains() == pytest.approx([-0.1])


def test_a_trimmed_thief_is_measured_against_the_whole_harvest() -> None:
    whole, trimmed = curve((0.0, 0.5, 1.0)), curve((0.6, 0.7, 1.0), remedy="trimmed after")
    found = kept(trimmed, whole, 0)
    assert found is not None
    assert found.value == pytest.approx(0.6)


def test_nothing_gained_is_no_share() -> None:
    flat = curve((0.5, 0.5, 0.5))
    assert kept(flat, flat, 10) is None


def test_intervals_hold_the_mean_and_widen_with_disagreement() -> None:
    near, far = estimate([0.5, 0.51, 0.49]), estimate([0.2, 0.5, 0.8])
    assert near.low < near.value < near.high
    assert far.high - far.low > near.high - near.low
    assert far.high - far.value == pytest.approx(4.303 * 0.3 / math.sqrt(3))
    assert estimate([0.7]) == (0.7, 0.7, 0.7, 1)
    assert estimate([float(i) for i in range(40)]).n == 40
    with pytest.raises(ValueError, match="no runs"):
        estimate([])


def test_points_are_the_runs_means() -> None:
    one = curve((0.0, 0.5, 1.0), (0.0, 0.7, 1.0))
    assert [(n, e.value) for n, e in one.points()] == [(0, 0.0), (10, pytest.approx(0.6)), (100, 1.0)]
    assert one.at(10).value == pytest.approx(0.6)
    assert one.name == "classifier.desk.natural"
