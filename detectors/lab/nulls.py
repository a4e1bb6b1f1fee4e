"""From honest subjects to the numbers that detectors bet against.

The bound on false alarms holds for a subject whose own rate stays below the null's. Subjects differ, so the null is
not a mean but a high quantile between subjects, and an upper confidence bound of it: few subjects make it cautious.
"""

import math
from collections.abc import Mapping, Sequence
from statistics import fmean, stdev
from typing import Any, Final

from detectors.base import CELLS, Baseline, Detector

QUANTILE: Final = 0.99  # of honest subjects, whose rate the null covers
CONFIDENCE: Final = 0.95  # that it does
TOLERATED: Final = 3.0  # nats that an honest subject may show at the null's edge: one in twenty
# Rates tried, steps of about a tenth of the odds; a null of 0.99 or more would silence a detector.
RATES: Final = (
    0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75,
    0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99,
)  # fmt: skip
_MUTE: Final = 1.0 - 1e-6  # null of the rates not looked at: nothing can beat it
_RULE_OF_THREE: Final = 3.0  # no success in n trials: the rate is below 3 / n at 95 %
_LEAST_SPREAD: Final = 0.02  # of log distinct cells: the sketch's own error
_ENOUGH: Final = 12  # subjects that a mean and a standard deviation need


def lowest_rate(detector: Detector[Any], name: str, states: Sequence[Any]) -> float:
    """Return the lowest null under which this subject, honest as it is, never shows more than ``TOLERATED``.

    It is the subject's own highest rate over any stretch of its life, with allowance for its size: three long
    answers out of three are no evidence, and count for little. Looked for by bisection: weight falls as rates rise.

    Args:
        detector: one whose nulls are rates.
        name: which of its rates.
        states: the subject's states at each look, oldest first.
    """
    others = dict.fromkeys(getattr(detector, "nulls", ()), _MUTE)
    low, high = 0, len(RATES) - 1
    while low < high:
        middle = (low + high) // 2
        baseline = Baseline(numbers=others | {name: RATES[middle]})
        if all(detector.evidence(state, baseline).weight <= TOLERATED for state in states):
            high = middle
        else:
            low = middle + 1
    return RATES[low]


def upper(values: Sequence[float], quantile: float = QUANTILE, confidence: float = CONFIDENCE) -> float:
    """Return an upper confidence bound on a quantile between subjects, from order statistics alone.

    With fewer than 299 subjects (for 0.99 and 0.95) even the largest is no such bound; it is returned all the same,
    and never less than 3 / n.

    Examples:
        >>> upper([0.0] * 300), upper([i / 1000 for i in range(1000)])
        (0.01, 0.995)

    """
    ordered, n = sorted(values), len(values)
    if not n:
        raise ValueError("a null needs honest subjects to learn from")
    below = 0.0
    for rank, value in enumerate(ordered):
        below += math.exp(_log_choose(n, rank) + rank * math.log(quantile) + (n - rank) * math.log1p(-quantile))
        if below >= confidence:
            return max(value, _RULE_OF_THREE / n)
    return max(ordered[-1], _RULE_OF_THREE / n)


def kept(values: Sequence[float], spoilt: float = 0.0) -> float:
    """Return the highest rate that honest subjects keep to, when a share of the subjects may be harvesters.

    So many of the highest are left out before the bound on the quantile is taken, and that of fewer than 299 subjects
    is at most the highest that is left.
    """
    ordered = sorted(values)
    left = ordered[: max(1, math.ceil(len(ordered) * (1.0 - spoilt)))]
    return min(upper(left), max(left[-1], RATES[0]))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def rarefaction(samples: Mapping[int, Sequence[float]], sizes: Sequence[int]) -> dict[str, float]:
    """Return ``coverage.mean.N`` and ``coverage.sd.N`` for every size, from log distinct cells of subjects.

    Sizes that too few subjects reached go on with the last slope, up to all cells, and with the widest spread seen:
    rarefaction only ever flattens, so that errs on the side of the innocent. Between fewer than two sizes there is no
    slope, and every question is taken to open a new cell.
    """
    numbers: dict[str, float] = {}
    mean, slope, widest = math.log(sizes[0]), math.log(2.0), 0.0
    for size in sizes:
        seen = samples.get(size, ())
        if len(seen) >= _ENOUGH:
            slope = min(math.log(2.0), max(0.0, fmean(seen) - mean)) if widest else slope
            mean = fmean(seen)
            sd = stdev(seen)
            widest = max(widest, sd, _LEAST_SPREAD)
        else:
            mean, sd = min(math.log(CELLS), mean + slope), widest or 1.0
        numbers |= {f"coverage.mean.{size}": round(mean, 4), f"coverage.sd.{size}": round(max(sd, _LEAST_SPREAD), 4)}
    return numbers
