"""Intervals hold what they should as often as they say."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.lab import intervals


@given(st.integers(0, 300), st.integers(0, 300))
def test_a_share_lies_in_its_interval(count: int, more: int) -> None:
    n = count + more
    low, high = intervals.share(count, n)
    assert 0.0 <= low <= (count / n if n else 0.0) <= high <= 1.0


@pytest.mark.parametrize("truth", [0.01, 0.3, 0.98])
def test_shares_cover_the_truth(truth: float) -> None:
    drawn = np.random.default_rng(1).binomial(200, truth, 400)
    covered = [low <= truth <= high for low, high in (intervals.share(int(k), 200) for k in drawn)]
    assert sum(covered) >= 0.94 * 400


@given(st.integers(0, 50), st.floats(0.5, 1e6))
def test_a_rate_lies_in_its_interval(count: int, exposure: float) -> None:
    low, high = intervals.rate(count, exposure)
    assert 0.0 <= low <= count / exposure <= high
    assert intervals.rate(count, 0.0) == (0.0, math.inf)


def test_a_median_of_the_never_seen_is_never() -> None:
    assert intervals.median([1.0, math.inf, math.inf]) == math.inf
    assert intervals.median([1.0, 2.0, math.inf]) == pytest.approx(2.0)
    assert intervals.median([1.0, math.inf]) == math.inf
    assert intervals.median([]) == math.inf


def test_accounts_are_drawn_whole() -> None:
    def mean(values: object) -> float:
        return float(np.mean(np.array(values)))

    alike = intervals.bootstrap([[1.0] * 50, [0.0] * 50], mean)
    apart = intervals.bootstrap([[float(i % 2)] for i in range(100)], mean)
    assert alike == (0.0, 1.0)
    assert 0.3 < apart[0] < 0.5 < apart[1] < 0.7
    assert all(math.isnan(bound) for bound in intervals.bootstrap([], mean))
