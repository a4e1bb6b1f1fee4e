"""The curve *student quality × queries*, one run a seed, and what of the full harvest's gain it keeps at a point.

Intervals are Student's t at 95 % between seeds; a seed draws the thief's queries and order anew, the teacher stays.
"""

import math
from collections.abc import Iterable, Sequence
from statistics import fmean, stdev
from typing import Final, Literal, NamedTuple, TypeAlias

BUDGETS: Final = (0, 10, 30, 100, 300, 1000, 3000)  # queries; the full harvest comes on top

Remedy: TypeAlias = Literal["refused", "trimmed after", "trimmed"]
"""What became of the thief after its first n queries: refused the rest; answered, but trimmed, to the end of its plan;
or (the same at every n) trimmed from the first query on, n queries in all."""

# Two-sided 95 % quantiles of Student's t by degrees of freedom; beyond the table the normal one.
_T: Final = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)
_NORMAL: Final = 1.96


class Estimate(NamedTuple):
    """A mean over seeds with its 95 % interval; the interval of one seed is the value alone."""

    value: float
    low: float
    high: float
    n: int  # seeds


class Curve(NamedTuple):
    """One thief's students by queries.

    Attributes:
        family: classifier or language.
        task: what the teacher knows.
        thief: how it was asked.
        remedy: what happens after n queries.
        measure: agreement or accuracy (shares, up is better), or bits a byte (down is better).
        budgets: numbers of queries, rising, from 0 to the full plan.
        runs: quality at each budget, a row a seed.
    """

    family: str
    task: str
    thief: str
    remedy: Remedy
    measure: str
    budgets: tuple[int, ...]
    runs: tuple[tuple[float, ...], ...]

    @property
    def name(self) -> str:
        """The name that figures carry: family, task and thief."""
        return f"{self.family}.{self.task}.{self.thief}"

    def gains(self) -> list[float]:
        """Return by how much each run ends better than it began: less than 0 where it ends worse."""
        sign = -1.0 if self.measure == "bits" else 1.0
        return [sign * (run[-1] - run[0]) for run in self.runs]

    def at(self, queries: float) -> Estimate:
        """Return the quality after so many queries, between budgets along the logarithm of queries."""
        return estimate(along(self.budgets, run, queries) for run in self.runs)

    def points(self) -> list[tuple[int, Estimate]]:
        """Return the quality at each budget."""
        return [(n, estimate(run[i] for run in self.runs)) for i, n in enumerate(self.budgets)]


def budgets(full: int) -> tuple[int, ...]:
    """Return the numbers of queries to look at for a plan of ``full`` queries; these end with it.

    Examples:
        >>> budgets(240)
        (0, 10, 30, 100, 240)

    """
    return (*(n for n in BUDGETS if n < full), full)


def along(xs: Sequence[int], ys: Sequence[float], x: float) -> float:
    """Return y at x, linear in log(1 + x) between the given points and level beyond them."""
    x = min(max(x, xs[0]), xs[-1])
    for left in range(len(xs) - 1):
        if x <= xs[left + 1]:
            low, high = math.log1p(xs[left]), math.log1p(xs[left + 1])
            share = (math.log1p(x) - low) / (high - low)
            return ys[left] + share * (ys[left + 1] - ys[left])
    return ys[-1]


def kept(stolen: Curve, full: Curve, queries: float) -> Estimate | None:
    """Return the share of the full harvest's gain that a thief keeps, stopped or trimmed after so many queries.

    The gain of a run is its quality at the end of ``full`` less that at 0. None if the full harvest gains nothing
    in any run, for then there was nothing to steal that the student had not.

    Args:
        stolen: the curve under the remedy.
        full: the curve of the same thief and measure, unhindered; the same seeds in the same order.
        queries: those before the remedy.
    """
    shares = []
    for run, whole in zip(stolen.runs, full.runs, strict=True):
        gain = whole[-1] - whole[0]
        if gain:
            shares.append((along(stolen.budgets, run, queries) - whole[0]) / gain)
    return estimate(shares) if shares else None


def estimate(values: Iterable[float]) -> Estimate:
    """Return the mean with its 95 % interval between seeds; ``ValueError`` without any value."""
    some = list(values)
    if not some:
        raise ValueError("no runs to take a mean of")
    mean = fmean(some)
    if len(some) == 1:
        return Estimate(mean, mean, mean, 1)
    quantile = _T[len(some) - 2] if len(some) - 2 < len(_T) else _NORMAL
    half = quantile * stdev(some) / math.sqrt(len(some))
    return Estimate(mean, mean - half, mean + half, len(some))
