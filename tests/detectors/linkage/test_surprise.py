import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from detectors.linkage.surprise import surprise, surprises


@given(st.integers(1, 10**7), st.floats(1e-9, 0.999), st.floats(0.0, 1.0))
def test_it_is_the_tail_of_the_binomial_and_never_more(trials: int, rate: float, share: float) -> None:
    count = max(1, round(share * trials))
    found = surprise(trials, rate, count)
    exact = -float(binom.logsf(count - 1, trials, rate))
    assert math.isfinite(found)
    assert found >= 0.0
    if exact < 600.0:  # scipy's own logarithm is right as long as the tail is a number
        assert found == pytest.approx(max(0.0, exact), rel=1e-6, abs=1e-6)


def test_far_beyond_the_least_number_it_still_grows() -> None:
    found = surprises(10_000_000, 1e-6, [1_000, 10_000, 100_000, 10_000_000])
    assert np.all(np.diff(found) > 0.0)
    assert np.isfinite(found).all()
    # P(Bin(10^7, 10^-6) >= 1000): of the first term ln C(M, n) q^n (1-q)^(M-n), and 1 % of it for the rest
    assert found[0] == pytest.approx(math.lgamma(1001) - 1000 * math.log(10.0) + 10.0, abs=0.2)


def test_every_look_is_paid_for() -> None:
    assert surprise(1_000, 1e-3, 20, looked=1e6) == pytest.approx(surprise(1_000, 1e-3, 20) - math.log(1e6))
    assert surprise(1_000, 1e-3, 2, looked=1e6) == 0.0


@pytest.mark.parametrize(
    ("trials", "rate", "count"), [(0, 0.5, 1), (10, 0.0, 5), (10, 1.0, 10), (10, 0.5, 11), (10, 0.5, 0)]
)
def test_what_cannot_be_surprises_nobody(trials: int, rate: float, count: int) -> None:
    assert surprise(trials, rate, count) == 0.0


@pytest.mark.parametrize("rate", [1e-4, 1e-2])
def test_chance_passes_as_seldom_as_it_says(rate: float) -> None:
    counts = np.random.default_rng(1).binomial(5_000, rate, size=20_000)
    assert np.mean(surprises(5_000, rate, counts) >= math.log(100.0)) <= 0.012
