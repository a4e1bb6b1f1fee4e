import math

import numpy as np
import pytest

from detectors.linkage.balance import BUSIEST, log_e

LEAST = 0.6


def weight(rates: np.ndarray[tuple[int], np.dtype[np.float64]], dice: np.random.Generator, asked: int = 0) -> float:
    days = dice.uniform(3.0, 10.0, len(rates))
    counts = dice.poisson(rates * days).astype(np.float64)
    kept = counts >= asked
    scale = np.minimum(1.0, BUSIEST / np.maximum(counts, 1.0))
    return log_e(np.floor(counts * scale)[kept], (days * scale)[kept], LEAST)


@pytest.mark.parametrize("centre", [0.0, 1.5, 3.5])
def test_at_the_edge_of_the_null_an_e_value_is_at_most_one_on_average(centre: float) -> None:
    dice = np.random.default_rng(1)
    values = [math.exp(weight(dice.lognormal(centre, LEAST, 16), dice)) for _ in range(50)]
    assert np.mean(values) <= 1.0


@pytest.mark.parametrize("asked", [3, 8, 20])
def test_the_busy_end_of_a_crowd_is_not_taken_for_a_pool(asked: int) -> None:
    dice = np.random.default_rng(2)
    for _ in range(10):
        crowd = dice.lognormal(-2.0, 1.0, 100_000 if asked > 9 else 4_000)
        assert weight(crowd, dice, asked) < math.log(20.0)


def test_late_comers_and_those_who_were_stopped_compare_by_their_own_days() -> None:
    dice = np.random.default_rng(3)
    assert weight(np.full(40, 12.0), dice) > 20.0


def test_five_questions_each_say_hardly_anything() -> None:
    dice = np.random.default_rng(4)
    assert weight(np.full(16, 0.8), dice) < 4.0
    assert weight(np.full(16, 20.0), dice) > 10.0


def test_a_few_giants_do_not_hide_a_pool_nor_make_one() -> None:
    dice = np.random.default_rng(5)
    heavy = np.exp(dice.standard_t(2.0, 60))
    assert weight(10.0 * heavy, dice) < 1.0
