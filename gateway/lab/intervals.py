"""How sure a figure is: exact intervals for shares and rates, bootstrap by account for medians; all at 95 %."""

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from scipy.stats import beta, chi2

Interval: TypeAlias = tuple[float, float]
_TAIL = 0.025
_DRAWS = 1000  # of the bootstrap
_SEED = 20_260_101  # of the bootstrap: figures are the same whoever computes them


def share(count: int, n: int) -> Interval:
    """Return the interval of Clopper and Pearson for a share.

    Examples:
        >>> [round(bound, 4) for bound in share(0, 700)]
        [0.0, 0.0053]

    """
    if not n:
        return (0.0, 1.0)
    low = float(beta.ppf(_TAIL, count, n - count + 1)) if count else 0.0
    high = float(beta.ppf(1.0 - _TAIL, count + 1, n - count)) if count < n else 1.0
    return (low, high)


def rate(count: int, exposure: float) -> Interval:
    """Return the exact Poisson interval for a count over an exposure.

    Examples:
        >>> [round(bound, 5) for bound in rate(0, 1000.0)]
        [0.0, 0.00369]

    """
    if exposure <= 0.0:
        return (0.0, math.inf)
    low = float(chi2.ppf(_TAIL, 2 * count)) / 2.0 if count else 0.0
    return (low / exposure, float(chi2.ppf(1.0 - _TAIL, 2 * (count + 1))) / 2.0 / exposure)


def median(values: Sequence[float]) -> float:
    """Return the median; of an even number the higher one of the middle, so that infinity stays what it is."""
    return sorted(values)[len(values) // 2] if values else math.inf


def bootstrap(groups: Sequence[Sequence[float]], of: Callable[[Sequence[float]], float]) -> Interval:
    """Return a percentile interval of a statistic when whole accounts are drawn again.

    Args:
        groups: the values of each account.
        of: the statistic of all values together.
    """
    if not groups:
        return (math.nan, math.nan)
    dice = np.random.default_rng(_SEED)
    drawn = sorted(
        of([value for pick in dice.integers(0, len(groups), len(groups)) for value in groups[pick]])
        for _ in range(_DRAWS)
    )
    return (drawn[int(_DRAWS * _TAIL)], drawn[int(_DRAWS * (1.0 - _TAIL)) - 1])
