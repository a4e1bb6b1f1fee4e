"""Betting against a rate: how strongly n trials with a sum of successes speak for more than p0.

The null: given the past, each x in [0, 1] has mean at most p0. Against it stands a mixture, over a fixed grid of
rates p1 > p0, of likelihood ratios (p1/p0)^k ((1-p1)/(1-p0))^(n-k), where k is the sum of the x. For a fractional
x this is still a fair bet: with a = p1/p0 > 1 and b = (1-p1)/(1-p0) < 1 the inequality of weighted means gives
a^x b^(1-x) <= x a + (1-x) b, whose mean under the null is at most p0 a + (1-p0) b = p1 + (1-p1) = 1. So each
factor has mean at most 1 given the past, the product is a test supermartingale, and so is the mixture. The rates
lie at fixed shares g of the way from p0 to 1, so that a failure costs 1-g and a success pays 1 + g(1/p0 - 1): the
bet never gains by a higher null, which calibration by bisection relies on.

A sleeper is honest for months and then is not. Hence the evidence is the *sum* over the starts of all blocks of
the bet that begins there (Shiryaev and Roberts), divided by the starts in a day: at any stopping time its mean is
at most the days gone by, and an alarm at ``log(one_in)`` is a false one at most once in ``one_in`` subject-days.

References:
    Shin, Ramdas, Rinaldo 2023, "E-detectors: a nonparametric framework for sequential change detection".
    Waudby-Smith, Ramdas 2024, "Estimating means of bounded random variables by betting".
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

SHARES = (0.02, 0.05, 0.1, 0.2, 0.35, 0.55, 0.75, 0.9, 0.97)  # of the way from p0 to 1: the rates bet on
LEAST = 1e-6  # a null surer than one in a million trials was never measured


def log_e(n: float, k: float, p0: float) -> float:
    """Return the log e-value (nats, maybe below 0) of k successes in n trials against a rate of at most p0."""
    fails, adds = _plain_gains(p0)
    wealth = [n * fail + k * add for fail, add in zip(fails, adds, strict=True)]
    top = max(wealth)
    return top + math.log(sum([math.exp(w - top) for w in wealth]) / len(SHARES))


def log_e_sum(n: Sequence[float], k: Sequence[float], p0: float, starts_per_day: float) -> float:
    """Return the log of the summed bets, one from the start of each block (nats, maybe below 0).

    Args:
        n: trials by block, oldest first.
        k: successes by block, each between 0 and its trials.
        p0: the null's rate, a share of trials.
        starts_per_day: blocks that can begin in one day, at most.
    """
    return log_e_mean(n, (k,), (p0,), starts_per_day)


def log_e_mean(
    n: Sequence[float], ks: Sequence[Sequence[float]], rates: tuple[float, ...], starts_per_day: float
) -> float:
    """Return the log of the mean of several summed bets on the same trials, each on its own successes and null."""
    counts = np.array((n, *ks), dtype=np.float64)[:, ::-1].cumsum(axis=1)  # from each start to now
    wealth = counts.T @ _gains(rates)
    top = float(np.maximum.reduce(wealth, axis=None))
    wealth -= top
    np.exp(wealth, out=wealth)
    return top + math.log(float(np.add.reduce(wealth, axis=None)) / (len(rates) * len(SHARES) * starts_per_day))


def log_mean(*weights: float) -> float:
    """Return the log of the mean of e-values given as logs (nats): a mean of e-values is one, however dependent."""
    top = max(weights)
    return top + math.log(sum(math.exp(w - top) for w in weights) / len(weights))


@lru_cache(maxsize=256)
def _gains(rates: tuple[float, ...]) -> Floats:
    """Return what a trial that fails gains in each bet, and below it what a success adds to its own bet."""
    width = len(SHARES)
    gains = np.zeros((1 + len(rates), width * len(rates)))
    for i, rate in enumerate(rates):
        gains[0, i * width : (i + 1) * width], gains[1 + i, i * width : (i + 1) * width] = _plain_gains(rate)
    return gains


@lru_cache(maxsize=256)
def _plain_gains(p0: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return, by rate of the grid, the log gain of a trial that fails, and what a success adds to it."""
    null = min(max(p0, LEAST), 1.0 - LEAST)
    rates = [null + (1.0 - null) * share for share in SHARES]
    fails = tuple([math.log((1.0 - rate) / (1.0 - null)) for rate in rates])
    return fails, tuple([math.log(rate / null) - fail for rate, fail in zip(rates, fails, strict=True)])
