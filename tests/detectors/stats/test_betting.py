import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.stats.betting import log_e, log_e_mean, log_e_sum, log_mean

rates = st.floats(0.01, 0.99)


@given(rates, st.integers(1, 40))
def test_the_bet_is_fair_at_the_edge_of_the_null(p0: float, n: int) -> None:
    mean = sum(math.comb(n, k) * p0**k * (1 - p0) ** (n - k) * math.exp(log_e(n, k, p0)) for k in range(n + 1))
    assert mean == pytest.approx(1.0)


@given(rates, rates, st.integers(1, 40))
def test_the_bet_loses_inside_the_null(a: float, b: float, n: int) -> None:
    p, p0 = sorted((a, b))
    mean = sum(math.comb(n, k) * p**k * (1 - p) ** (n - k) * math.exp(log_e(n, k, p0)) for k in range(n + 1))
    assert mean <= 1.0 + 1e-9


@given(rates, st.lists(st.floats(0.0, 1.0), min_size=2, max_size=4), st.lists(st.floats(0.01, 1.0), min_size=4))
def test_the_bet_is_fair_for_fractions_too(p0: float, values: list[float], masses: list[float]) -> None:
    law = [m / sum(masses[: len(values)]) for m in masses[: len(values)]]
    expected = sum(p * x for p, x in zip(law, values, strict=True))
    scale = min(1.0, p0 / expected) if expected else 1.0  # the same law, shrunk until its mean keeps to the null
    mean = 0.0
    for outcome in product(range(len(values)), repeat=3):
        k = sum(values[i] * scale for i in outcome)
        mean += math.prod(law[i] for i in outcome) * math.exp(log_e(3, k, p0))
    assert mean <= 1.0 + 1e-9


def test_a_linear_bet_would_not_be_matched_by_a_bolder_one() -> None:
    p0, p1 = 0.2, 0.6
    up, down = p1 / p0, (1 - p1) / (1 - p0)
    for x in (0.0, 0.25, 0.5, 0.75, 1.0):
        assert up**x * down ** (1 - x) <= x * up + (1 - x) * down + 1e-12


@given(rates, st.integers(1, 3))
def test_the_summed_bets_have_the_starts_by_day_as_their_mean(p0: float, blocks: int) -> None:
    mean = 0.0
    for outcome in product((0, 1), repeat=2 * blocks):
        chance = math.prod(p0 if x else 1 - p0 for x in outcome)
        k = [outcome[2 * i] + outcome[2 * i + 1] for i in range(blocks)]
        mean += chance * math.exp(log_e_sum([2.0] * blocks, [float(v) for v in k], p0, 24.0))
    assert mean == pytest.approx(blocks / 24.0)


@given(rates, rates, st.integers(1, 500), st.floats(0.0, 1.0))
def test_a_higher_null_never_says_more(a: float, b: float, n: int, share: float) -> None:
    assert log_e(n, n * share, max(a, b)) <= log_e(n, n * share, min(a, b)) + 1e-9


def test_a_sleeper_is_caught_as_soon_as_a_newcomer_nearly() -> None:
    newcomer = log_e_sum([30.0], [29.0], 0.2, 24.0)
    sleeper = log_e_sum([500.0] * 10 + [30.0], [10.0] * 10 + [29.0], 0.2, 24.0)
    assert newcomer <= sleeper + 1e-9
    assert sleeper > log_e(5030.0, 129.0, 0.2) + 20.0


@given(rates, st.integers(1, 10**12), st.floats(0.0, 1.0))
def test_huge_counts_stay_finite(p0: float, n: int, share: float) -> None:
    assert math.isfinite(log_e(n, n * share, p0))


@pytest.mark.parametrize("impossible", [-1.0, 0.0, 1.0, 7.0])
def test_a_null_at_the_end_of_the_scale_is_drawn_inside(impossible: float) -> None:
    assert math.isfinite(log_e(10, 5, impossible))


@given(st.lists(st.floats(-700.0, 700.0), min_size=1, max_size=5))
def test_the_mean_lies_between_its_terms_and_survives_large_ones(weights: list[float]) -> None:
    mean = log_mean(*weights)
    assert max(weights) - math.log(len(weights)) - 1e-9 <= mean <= max(weights) + 1e-9
    assert log_mean(*(w + 5000.0 for w in weights)) == pytest.approx(mean + 5000.0)


def test_bets_made_together_are_the_mean_of_bets_made_apart() -> None:
    n, one, other = [9.0, 0.0, 30.0, 4.0], [3.0, 0.0, 25.0, 4.0], [0.5, 0.0, 7.25, 1.0]
    apart = log_mean(log_e_sum(n, one, 0.25, 24.0), log_e_sum(n, other, 0.6, 24.0))
    assert log_e_mean(n, (one, other), (0.25, 0.6), 24.0) == pytest.approx(apart, abs=1e-9)
    assert log_e(9.0, 3.0, 0.25) == pytest.approx(log_e_sum([9.0], [3.0], 0.25, 1.0), abs=1e-9)
