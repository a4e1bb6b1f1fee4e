"""Cadence: arrivals more even than chance, as a machine on a budget makes them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import msgspec

from detectors.base import Baseline, Evidence, Family, Observation, QueryObservation
from detectors.stats import betting, tally
from detectors.stats.tally import DAYS, GRAINS, Row, Tally

SCALES = (1.0, 60.0, 900.0)  # width of a bin, seconds: a loop, a rate limit, a daily budget
BINS = 32  # bins of a frame
EMPTY = (0,) * BINS
BUSY = 2 * BINS  # queries from which on a frame is judged: with 2 a bin the chi-squared law is near enough
Z05 = 1.6449  # standard normal quantile of 0.95
DAILY = 1.0  # starts of a bet in a day


def _even_below(df: int) -> float:
    """Return the lower 5 % quantile of chi-squared by Wilson and Hilferty's cube root: 19.3 for 31."""
    spread = 2.0 / (9.0 * df)
    return df * (1.0 - spread - Z05 * math.sqrt(spread)) ** 3


EVEN = _even_below(BINS - 1)


class Clock(msgspec.Struct, frozen=True, array_like=True):
    """One scale: the open frame, counted from 1970 (-1 if none), its bins, and the closed busy frames."""

    frame: int = -1
    bins: tuple[int, ...] = ()
    closed: Tally = Tally()


class CadenceState(msgspec.Struct, frozen=True, array_like=True):
    """One clock for each of the scales."""

    second: Clock = Clock()
    minute: Clock = Clock()
    quarter: Clock = Clock()


@dataclass(frozen=True)
class Cadence:
    """The client's questions arrive more evenly than independent arrivals can.

    People and their programs come in bursts, and even pure chance (Poisson) is uneven: over 32 bins the index of
    dispersion times 31 is chi-squared. A frame of the clock with 64 queries or more is even if that falls below the
    law's lower 5 %. Trials are closed frames, successes even ones, at bins of a second, a minute and a quarter of an
    hour; the three bets are averaged. Batch jobs and load tests are even too, so the rate is calibrated on them, and
    the weight stops at ``ceiling``: timing alone never condemns.

    A query later than its frame's close is lost. Merging adds the bins of the open frame; the bins of closed frames
    are gone, so per day the tally of the busier member stands for both. That is less than folding the union: hence
    the merge tolerance is the ceiling itself.

    Numbers read from the baseline (``nulls``): ``cadence.rate``, the highest share of even frames, at any scale,
    of an honest subject.

    Attributes:
        ceiling: most that it ever says, nats.

    Example:
        >>> import random
        >>> def life(gap):
        ...     state, at = Cadence().initial(), 0.0
        ...     for i in range(3000):
        ...         at += gap()
        ...         state = Cadence().update(state, QueryObservation(at=at))
        ...     return round(Cadence().evidence(state, Baseline()).weight, 1)
        >>> life(lambda: 10.0) > 4.6, life(lambda: random.expovariate(0.1))
        (True, 0.0)

    References:
        Cochran 1954 (index of dispersion); Wilson, Hilferty 1931; Stillguard's threat notes, signal S9.
    """

    ceiling: float = 6.9

    name: ClassVar[str] = "cadence"
    family: ClassVar[Family] = "timing"
    state: ClassVar[type[CadenceState]] = CadenceState
    nulls: ClassVar[Mapping[str, float]] = MappingProxyType({"cadence.rate": 0.3})
    delay: ClassVar[int] = 3000  # queries, one each ten seconds, until `speaks`, under the default null
    speaks: ClassVar[float] = 4.6  # nats: one in a hundred
    merge_tolerance: ClassVar[float] = math.inf  # nats; see above, and the detector's own tests for what does hold

    def initial(self) -> CadenceState:
        """Return a subject that asked nothing."""
        return CadenceState()

    def update(self, state: CadenceState, observation: Observation) -> CadenceState:
        """Count an arrival in the open frames, closing those that are over."""
        if not isinstance(observation, QueryObservation) or not 0.0 <= observation.at <= tally.LAST:
            return state
        at = observation.at
        return CadenceState(
            _tick(state.second, at, SCALES[0]), _tick(state.minute, at, SCALES[1]), _tick(state.quarter, at, SCALES[2])
        )

    def merge(self, a: CadenceState, b: CadenceState) -> CadenceState:
        """Add the open frames; of closed ones, keep per day those of the busier."""
        return CadenceState(
            _merged(a.second, b.second, SCALES[0]),
            _merged(a.minute, b.minute, SCALES[1]),
            _merged(a.quarter, b.quarter, SCALES[2]),
        )

    def evidence(self, state: CadenceState, baseline: Baseline) -> Evidence:
        """Bet against the rate at each scale and average the three bets."""
        clocks = [tally.rows(clock.closed, DAYS) for clock in (state.second, state.minute, state.quarter)]
        if not any(row.k for rows in clocks for row in rows):
            return Evidence()
        rate = baseline.number("cadence.rate", self.nulls["cadence.rate"])
        bets = [_bet(rows, rate) for rows in clocks]
        because = {}
        for name, rows in zip(("second", "minute", "quarter"), clocks, strict=True):
            because[f"{name}_frames"] = float(sum(row.n for row in rows))
            because[f"{name}_even"] = sum(row.k for row in rows) / GRAINS
        return Evidence(min(self.ceiling, max(0.0, betting.log_mean(*bets))), because)

    def statistic(self, state: CadenceState) -> dict[str, float]:
        """Return what calibration compares among honest subjects, by the names of ``nulls``."""
        counts = [tally.totals(clock.closed) for clock in (state.second, state.minute, state.quarter)]
        shares = [k / n for n, k in counts if n]
        return {"cadence.rate": max(shares)} if shares else {}


def _bet(rows: list[Row], rate: float) -> float:
    """Return the log of one scale's summed bets (nats, maybe below 0); a scale without trials bets nothing."""
    if not rows:
        return 0.0
    return betting.log_e_sum([row.n for row in rows], [row.k / GRAINS for row in rows], rate, DAILY)


def _tick(clock: Clock, at: float, width: float) -> Clock:
    """Count one arrival at one scale; one that is older than the open frame is lost."""
    tick = int(at // width)
    frame, place = divmod(tick, BINS)
    bins = clock.bins
    if frame == clock.frame:
        return Clock(frame, (*bins[:place], bins[place] + 1, *bins[place + 1 :]), clock.closed)
    if frame < clock.frame:
        return clock
    return Clock(frame, (*EMPTY[:place], 1, *EMPTY[place + 1 :]), _closed(clock, width))


def _closed(clock: Clock, width: float) -> Tally:
    """Return the closed frames once the open one is over; one with few arrivals is no trial."""
    total = sum(clock.bins)
    if total < BUSY:
        return clock.closed
    dispersion = sum(count * count for count in clock.bins) * BINS / total - total
    return tally.add(clock.closed, clock.frame * BINS * width, 1.0 if dispersion <= EVEN else 0.0, DAYS)


def _merged(a: Clock, b: Clock, width: float) -> Clock:
    if a.frame < b.frame:
        a, b = b, a
    if a.frame == b.frame:
        bins = tuple(x + y for x, y in zip(a.bins, b.bins, strict=True))
        return Clock(a.frame, bins, tally.larger(a.closed, b.closed, DAYS))
    return Clock(a.frame, a.bins, tally.larger(a.closed, _closed(b, width), DAYS))
