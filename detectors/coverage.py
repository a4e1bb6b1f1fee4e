"""Coverage: the client sweeps over more kinds of contents than clients of its size do."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import msgspec

from detectors.base import CELLS, Baseline, Evidence, Family, Observation, QueryObservation
from detectors.sketches import bitmap
from detectors.stats import betting, calibration, tally

WEEK = 168  # hours
NAMED = tuple(2**j for j in range(5, 15))  # sample sizes with a calibrated null, queries: 32 to 16,384
OCTAVES = 16  # sizes at which a look is paid for: 32 to 1,048,576 queries in a week
SUBSPACE = (
    384.0  # cells that an honest subject lives on, until calibrated: B4B's "legitimate users keep to a sub-space"
)
SPREAD = 0.25  # standard deviation of the logarithm of distinct cells between honest subjects, until calibrated


def _rarefied(n: float) -> float:
    """Return the log of the cells expected of n queries spread evenly over the sub-space."""
    return math.log(SUBSPACE * -math.expm1(-n / SUBSPACE))


NULLS: Mapping[str, float] = MappingProxyType(
    {f"coverage.mean.{n}": _rarefied(n) for n in NAMED} | {f"coverage.sd.{n}": SPREAD for n in NAMED}
)


class CoverageState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Cells visited and queries counted, this week and before it.

    Attributes:
        week: newest week seen, counted from 1970; -1 if none was.
        cells, queries: of that week.
        before_cells, before_queries: of all weeks before.
    """

    week: int = -1
    cells: bytes = b""
    queries: int = 0
    before_cells: bytes = b""
    before_queries: int = 0


@dataclass(frozen=True)
class Coverage:
    """The client's questions visit more different regions of the space of contents than those of honest clients do.

    After n questions an honest subject has visited D cells, and subjects differ: log D has a mean and a standard
    deviation between subjects, learnt at n = 32, 64, … 16,384 (beyond, the last slope is drawn on, up to all
    cells). Since D only grows, what D reaches at any time up to n = 2^j it has reached at 2^j: so D is compared
    with the null at the *next* power of two, and one p-value holds for a whole octave. The spread gets a logistic
    tail, heavier than normal: honest subjects include a few very broad ones. The p-value becomes an e-value, its
    octaves share one stake (1/16 each), and this week and the time before are two stakes of one half each, lest
    old calm dilute a new sweep. Each is tried once a week at most, which keeps to one alarm in ``one_in``
    subject-days with room to spare. Evidence stays modest by construction, a few nats: breadth alone proves little.

    Only cells are read, so it works for any model with an embedding in front. Too narrow is no evidence here.

    Numbers read from the baseline (``nulls``, logarithms of cells): ``coverage.mean.N`` and ``coverage.sd.N``,
    mean and standard deviation between honest subjects of log D after N questions.

    Example:
        >>> def life(cells):
        ...     state = Coverage().initial()
        ...     for i in range(4096):
        ...         state = Coverage().update(state, QueryObservation(at=float(i), cell=i * 1237 % cells))
        ...     return round(Coverage().evidence(state, Baseline()).weight, 1)
        >>> life(CELLS), life(300)
        (5.0, 0.0)

    References:
        Dubiński et al. 2023, "Bucks for Buckets" (B4B); Kesarwani et al. 2017; Vovk, Wang 2021.
    """

    name: ClassVar[str] = "coverage"
    family: ClassVar[Family] = "content"
    state: ClassVar[type[CoverageState]] = CoverageState
    nulls: ClassVar[Mapping[str, float]] = NULLS
    delay: ClassVar[int] = 4096  # questions of an even sweep until `speaks`, under the default nulls
    speaks: ClassVar[float] = 2.0  # nats
    merge_tolerance: ClassVar[float] = 0.0  # cells and counts are exact

    def initial(self) -> CoverageState:
        """Return a subject that asked nothing."""
        return CoverageState()

    def update(self, state: CoverageState, observation: Observation) -> CoverageState:
        """Mark the cell of a question."""
        return self.fold(state, (observation,))

    def fold(self, state: CoverageState, observations: Sequence[Observation]) -> CoverageState:
        """Mark the cells of questions that have contents."""
        cells, n = state.cells, 0  # of the newest week, not yet in the state
        for query in observations:
            if not isinstance(query, QueryObservation) or not 0 <= query.cell < CELLS:
                continue
            week = tally.block_of(query.at) // WEEK
            if week == state.week:
                cells, n = bitmap.add(cells, query.cell), n + 1
            else:
                state = self.merge(_with(state, cells, n), CoverageState(week, bitmap.add(b"", query.cell), 1))
                cells, n = state.cells, 0
        return _with(state, cells, n)

    def merge(self, a: CoverageState, b: CoverageState) -> CoverageState:
        """Unite the cells, add the counts; what is not of the newest week is of before."""
        if a.week < b.week:
            a, b = b, a
        before = bitmap.union(a.before_cells, b.before_cells)
        earlier = a.before_queries + b.before_queries
        if a.week == b.week:
            return CoverageState(a.week, bitmap.union(a.cells, b.cells), a.queries + b.queries, before, earlier)
        return CoverageState(a.week, a.cells, a.queries, bitmap.union(before, b.cells), earlier + b.queries)

    def evidence(self, state: CoverageState, baseline: Baseline) -> Evidence:
        """Compare the cells of this week, and of the time before, with what honest subjects reach."""
        if max(state.queries, state.before_queries) < NAMED[0]:
            return Evidence()
        cells, before = bitmap.count(state.cells), bitmap.count(state.before_cells)
        stakes = _log_e(cells, state.queries, baseline), _log_e(before, state.before_queries, baseline)
        recent = state.before_queries < NAMED[0] or (state.queries >= NAMED[0] and stakes[0] >= stakes[1])
        shown, n = (cells, state.queries) if recent else (before, state.before_queries)
        because = {"cells": float(shown), "queries": float(n), "expected": math.exp(_null(n, baseline)[0])}
        return Evidence(max(0.0, betting.log_mean(*stakes)), because)

    def statistic(self, state: CoverageState) -> dict[str, float]:
        """Return log D under ``coverage.mean.N`` when this week's questions number exactly N, else nothing.

        Calibration folds honest subjects one question at a time and takes mean and standard deviation by name.
        """
        if state.queries not in NAMED:
            return {}
        return {f"coverage.mean.{state.queries}": math.log(bitmap.count(state.cells))}


def _with(state: CoverageState, cells: bytes, n: int) -> CoverageState:
    """Return the state after n more questions of the newest week, which has visited these cells then."""
    if not n:
        return state
    return CoverageState(state.week, cells, state.queries + n, state.before_cells, state.before_queries)


def _log_e(cells: int, n: int, baseline: Baseline) -> float:
    """Return the log e-value of so many cells after n questions, one octave's stake of sixteen."""
    if not NAMED[0] <= n <= NAMED[0] << OCTAVES - 1:
        return -math.log(2.0 * OCTAVES)  # nothing is bet: the least a stake can be worth
    mean, sd = _null(n, baseline)
    p = calibration.upper_tail((math.log(cells) - mean) / max(sd, 1e-3))
    return calibration.log_e_of_p(p) - math.log(OCTAVES)


def _null(n: int, baseline: Baseline) -> tuple[float, float]:
    """Return mean and standard deviation of log D at the power of two that n has not passed yet."""
    size = max(NAMED[0], 1 << max(0, n - 1).bit_length())
    known = min(size, NAMED[-1])
    mean, sd = _number(f"coverage.mean.{known}", baseline), _number(f"coverage.sd.{known}", baseline)
    if size > known:
        slope = mean - _number(f"coverage.mean.{known // 2}", baseline)
        mean = min(math.log(CELLS), mean + slope * math.log2(size / known))
    return mean, sd


def _number(name: str, baseline: Baseline) -> float:
    return baseline.number(name, NULLS[name])
