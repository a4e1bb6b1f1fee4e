import math

import numpy as np

from detectors.linkage import blocks


def test_blocks_that_pass_at_the_nulls_rate_are_worth_at_most_one_on_average() -> None:
    dice = np.random.default_rng(1)
    values = []
    for _ in range(200):
        passing = iter(dice.random(10_000) < 0.25)
        values.append(math.exp(blocks.log_e(40, lambda _, passing=passing: bool(next(passing)), 0.25)[0]))  # type: ignore[misc]
    assert np.mean(values) <= 1.1


def test_all_blocks_alike_speak_and_none_do_not() -> None:
    assert blocks.log_e(40, lambda _: True, 0.25)[0] > 8.0
    assert blocks.log_e(40, lambda _: False, 0.25)[0] < 0.0
    assert blocks.log_e(3, lambda _: True, 0.25) == (0.0, 0.0)
