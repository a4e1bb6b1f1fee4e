"""Cadence: long answers taken more evenly than chance, as a pool of workers on a budget takes them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import msgspec

from detectors.base import CEILING, Baseline, Evidence, Family, Observation
from detectors.batch import Batch
from detectors.stats import betting, tally
from detectors.stats.tally import DAYS, GRAINS, Tally
from detectors.taking import Worth

SCALES = (4.0, 16.0, 64.0, 256.0, 1024.0)  # width of a bin, seconds: from 30 long answers a minute to 7 an hour
BINS = 16  # bins of a frame
EMPTY = (0,) * BINS
BUSY = 2 * BINS  # answers from which on a frame is judged: with 2 a bin the chi-squared law is near enough
Z05 = 1.6449  # standard normal quantile of 0.95
DAILY = 1.0  # starts of a bet in a day


def _even_below(df: int) -> float:
    """Return the lower 5 % quantile of chi-squared by Wilson and Hilferty's cube root: 7.26 for 15."""
    spread = 2.0 / (9.0 * df)
    return df * (1.0 - spread - Z05 * math.sqrt(spread)) ** 3


EVEN = _even_below(BINS - 1)


class Clock(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One scale: the open frame, counted from 1970 (-1 if none), its bins, and the closed busy frames."""

    frame: int = -1
    bins: tuple[int, ...] = ()
    closed: Tally = Tally()


class CadenceState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One clock for each of the scales."""

    clocks: tuple[Clock, Clock, Clock, Clock, Clock] = (Clock(),) * 5


@dataclass(frozen=True)
class Cadence:
    """The client takes long answers home more evenly than independent users can.

    People come when they please: even pure chance (Poisson) is uneven, and real services are more so. A pool of
    workers asks again as soon as it was answered, or as fast as its limit lets it, and that is even. Over 16 bins the
    index of dispersion times 15 is chi-squared under chance. A frame of the clock with 32 answers or more is even if
    that falls below the law's lower 5 %. Trials are closed frames, successes even ones, at five widths of a bin from
    4 s to 17 min; the five bets are averaged.

    Only answers worth taking count (long, to single questions, more than was handed in): labelling, scoring,
    translation, retrieval and agents are as even as any harvester, and never become trials. So this speaks of timing
    *given* the contents, and the null is that of honest clients who take such answers at all. What is left of them
    that is even, evaluation runs above all, is mostly short, and the rate is calibrated on it; a long evaluation, one
    verbose answer after another, does speak here, and needs an entitlement. The weight stops at ``ceiling``: timing
    alone never condemns. A distiller who draws its pauses by chance goes unseen here.

    An answer later than its frame's close is lost. Merging adds the open frame's bins, and the closed frames of each
    member as they were judged, each a fair bet by itself; the frames of the union would have been others: hence no
    finite merge tolerance.

    Numbers read from the baseline (``nulls``): ``cadence.rate``, the highest share of even frames, at any scale,
    of an honest subject.

    Attributes:
        ceiling: most that it ever says, nats.
        long_tokens, long_chars, turns, expands: which answers count; see ``detectors.taking.Worth``.

    Example:
        >>> import random
        >>> from detectors.base import AnswerObservation, QueryObservation
        >>> def life(gap, tokens=600):
        ...     state, at = Cadence().initial(), 0.0
        ...     for i in range(1000):
        ...         at += gap()
        ...         answer = AnswerObservation(at=at, query=QueryObservation(at=at), completion_tokens=tokens)
        ...         state = Cadence().update(state, answer)
        ...     return round(Cadence().evidence(state, Baseline()).weight, 1)
        >>> life(lambda: 10.0) > 4.5, life(lambda: random.expovariate(0.1)), life(lambda: 10.0, tokens=5)
        (True, 0.0, 0.0)

    References:
        Cochran 1954 (index of dispersion); Wilson, Hilferty 1931; Stillguard's threat notes, signal S9. In the public
        arrivals of a code service (Azure 2023) and a chat service (Mooncake), 1 busy frame in 400 is even.
    """

    ceiling: float = CEILING
    long_tokens: float = 200
    long_chars: float = 800
    turns: float = 2
    expands: float = 1.3

    name: ClassVar[str] = "cadence"
    family: ClassVar[Family] = "timing"
    state: ClassVar[type[CadenceState]] = CadenceState
    nulls: ClassVar[Mapping[str, float]] = MappingProxyType({"cadence.rate": 0.3})
    delay: ClassVar[int] = 1000  # long answers, one each ten seconds, until `speaks`, under the default null
    speaks: ClassVar[float] = 4.5  # nats: all but its ceiling
    merge_tolerance: ClassVar[float] = math.inf  # nats; see above, and the detector's own tests for what does hold
    # Frames are judged member by member, and their number grows with members as that of no subject does.
    merges: ClassVar[bool] = False

    def initial(self) -> CadenceState:
        """Return a subject that was never answered."""
        return CadenceState()

    def update(self, state: CadenceState, observation: Observation) -> CadenceState:
        """Count one answer."""
        return self.fold(state, (observation,))

    def fold(self, state: CadenceState, observations: Sequence[Observation]) -> CadenceState:
        """Count answers worth taking in the open frames, closing those that are over."""
        worth = Worth(self.long_tokens, self.long_chars, self.turns, self.expands)
        batch = Batch.of(observations)
        worthy = [answer.at for answer, taken in zip(batch.answered, batch.worth(worth), strict=True) if taken]
        times = [at for at in worthy if 0.0 <= at <= tally.LAST]
        if not times:
            return state
        a, b, c, d, e = (_ticked(clock, times, width) for clock, width in zip(state.clocks, SCALES, strict=True))
        return CadenceState((a, b, c, d, e))

    def merge(self, a: CadenceState, b: CadenceState) -> CadenceState:
        """Add the open frames and the closed ones."""
        one, two, three, four, five = map(_merged, a.clocks, b.clocks, SCALES)
        return CadenceState((one, two, three, four, five))

    def evidence(self, state: CadenceState, baseline: Baseline) -> Evidence:
        """Bet against the rate at each scale and average the five bets."""
        counts = [tally.columns(clock.closed) for clock in state.clocks]
        if not any(any(grains) for _, grains in counts):
            return Evidence()
        rate = baseline.number("cadence.rate", self.nulls["cadence.rate"])
        bets = [_bet(frames, grains, rate) for frames, grains in counts]
        because = {}
        for width, (frames, grains) in zip(SCALES, counts, strict=True):
            if frames:
                because[f"frames_{width:.0f}s"] = float(sum(frames))
                because[f"even_{width:.0f}s"] = sum(grains) / GRAINS
        return Evidence(min(self.ceiling, max(0.0, betting.log_mean(*bets))), because)

    def statistic(self, state: CadenceState) -> dict[str, float]:
        """Return what calibration compares among honest subjects, by the names of ``nulls``."""
        counts = [tally.totals(clock.closed) for clock in state.clocks]
        shares = [k / n for n, k in counts if n]
        return {"cadence.rate": max(shares)} if shares else {}


def _bet(frames: list[int], grains: list[int], rate: float) -> float:
    """Return the log of one scale's summed bets (nats, maybe below 0); a scale without trials bets nothing."""
    if not frames:
        return 0.0
    return betting.log_e_sum(frames, [grain / GRAINS for grain in grains], rate, DAILY)


def _ticked(clock: Clock, times: Sequence[float], width: float) -> Clock:
    """Count arrivals at one scale; those that are older than the open frame are lost."""
    frame, bins, closed = clock.frame, list(clock.bins), clock.closed
    for at in times:
        own, place = divmod(int(at // width), BINS)
        if own < frame:
            continue
        if own > frame:
            closed = _closed(Clock(frame, tuple(bins), closed), width)
            frame, bins = own, list(EMPTY)
        bins[place] += 1
    return Clock(frame, tuple(bins), closed)


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
        return Clock(a.frame, bins, tally.merge(a.closed, b.closed, DAYS))
    return Clock(a.frame, a.bins, tally.merge(a.closed, _closed(b, width), DAYS))
