"""Rhythm: when it is asked, how evenly, how long without a night, how much in an hour."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import sub
from types import MappingProxyType
from typing import ClassVar

import msgspec

from detectors.base import CEILING, Baseline, Evidence, Family, Observation
from detectors.batch import Batch
from detectors.stats import likeness, tally

EDGES = (1.0, 4.0, 15.0, 60.0, 240.0, 3600.0)  # seconds between two queries: borders of the kinds of gap
GAPS = tuple([f"gap.{i}" for i in range(len(EDGES) + 1)])
HOURS = 24
QUIET = 8  # hours of the quietest stretch of a day
GRAINS = 64
_HOUR, _DAY = 3600, 86_400


class RhythmState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Counts of time.

    Attributes:
        last: of the newest query, seconds since the epoch; below 0 if there was none.
        gap: before it, seconds.
        queries: asked.
        gaps: by kind, see ``EDGES``.
        unlike: sum of how unlike neighbouring gaps are, sixty-fourths, and how many were compared.
        hours: queries by hour of the day (UTC).
        active: hours in which anything was asked, and days.
        newest: hour and day of the newest query, counted from 1970.
        busiest: most queries in one hour, and those in the newest.
    """

    last: float = -1.0
    gap: float = -1.0
    queries: int = 0
    gaps: tuple[int, ...] = (0,) * (len(EDGES) + 1)
    unlike: tuple[int, int] = (0, 0)
    hours: tuple[int, ...] = (0,) * HOURS
    active: tuple[int, int] = (0, 0)
    newest: tuple[int, int] = (-1, -1)
    busiest: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Rhythm:
    """The client asks evenly, without a night, and from its first hour as much as it may.

    Neighbouring gaps are compared by Shinomoto's local variation: near 0 for a clock, 1 for pure chance, more for
    people, whatever the pace and however it drifts. Beside it stand the kinds of gaps, the quietest eight hours of the
    day, the hours active among all since the first, and the busiest hour. Weights are learnt together and face the
    tail of the subject's traffic class, where batch jobs are even too; see ``detectors.stats.likeness``.

    Merging adds the counts: the gaps between members' queries are not looked at, hence no finite merge tolerance.

    Numbers read from the baseline: ``rhythm.<share>`` and its ``.slope``, ``rhythm.tail.*``.

    Attributes:
        ceiling: most that it ever says, nats: timing alone never condemns.

    Example:
        >>> from detectors.base import QueryObservation
        >>> import random
        >>> numbers = {"rhythm.even": 8.0, "rhythm.tail.from": 4.0, "rhythm.tail.scale": 0.5}
        >>> def life(gap):
        ...     at, state = 1e9, Rhythm().initial()
        ...     for i in range(300):
        ...         at += gap()
        ...         state = Rhythm().update(state, QueryObservation(at=at))
        ...     return round(Rhythm().evidence(state, Baseline(numbers=numbers)).weight, 1)
        >>> life(lambda: 10.0) > 3.0, life(lambda: random.expovariate(0.1))
        (True, 0.0)

    References:
        Shinomoto, Shima, Tanji 2003 (local variation); Stillguard's threat notes, signal S9.
    """

    ceiling: float = CEILING

    name: ClassVar[str] = "rhythm"
    family: ClassVar[Family] = "timing"
    state: ClassVar[type[RhythmState]] = RhythmState
    nulls: ClassVar[Mapping[str, float]] = MappingProxyType({})
    signs: ClassVar[Mapping[str, int]] = MappingProxyType(
        {f"gap.{i}": 0 for i in range(len(EDGES) + 1)}
        | {"even": 1, "awake": 1, "steady": 1, "pace": 1, "peak": 1, "many": 1, "even.awake": 1, "days": 0}
    )
    delay: ClassVar[int] = 100  # ticks of a clock until `speaks`, if evenness has a weight and a narrow tail
    speaks: ClassVar[float] = CEILING  # nats: one in a hundred
    merge_tolerance: ClassVar[float] = math.inf
    # A group never rests, and the tail is that of single honest subjects; gaps between members are not known.
    merges: ClassVar[bool] = False

    def initial(self) -> RhythmState:
        """Return a subject that asked nothing."""
        return RhythmState()

    def update(self, state: RhythmState, observation: Observation) -> RhythmState:
        """Count one observation."""
        return self.fold(state, (observation,))

    def fold(self, state: RhythmState, observations: Sequence[Observation]) -> RhythmState:
        """Count queries; one that is older than the newest counts, but not its gap."""
        gaps, hours = list(state.gaps), list(state.hours)
        last, gap, queries = state.last, state.gap, state.queries
        (unlike, compared), (hour, day), (peak, now) = state.unlike, state.newest, state.busiest
        active_hours, active_days = state.active
        for at in Batch.of(observations).times:
            if not 0.0 <= at <= tally.LAST:
                continue
            queries += 1
            hours[int(at // _HOUR) % HOURS] += 1
            if last >= 0.0 and at >= last:
                wait = at - last
                gaps[_kind(wait)] += 1
                if gap >= 0.0 and wait + gap > 0.0:
                    unlike += int(GRAINS * 3.0 * ((wait - gap) / (wait + gap)) ** 2)
                    compared += 1
                gap = wait
            if at < last:
                continue
            last = at
            own_hour, own_day = int(at // _HOUR), int(at // _DAY)
            active_hours += own_hour != hour
            active_days += own_day != day
            now = now + 1 if own_hour == hour else 1
            peak, hour, day = max(peak, now), own_hour, own_day
        return RhythmState(
            last, gap, queries, tuple(gaps), (unlike, compared), tuple(hours), (active_hours, active_days), (hour, day),
            (peak, now),
        )  # fmt: skip

    def merge(self, a: RhythmState, b: RhythmState) -> RhythmState:
        """Add the counts; the newest of both goes on."""
        if (a.last, a.gap, a.queries) < (b.last, b.gap, b.queries):
            a, b = b, a
        return RhythmState(
            a.last,
            a.gap,
            a.queries + b.queries,
            tuple([x + y for x, y in zip(a.gaps, b.gaps, strict=True)]),
            (a.unlike[0] + b.unlike[0], a.unlike[1] + b.unlike[1]),
            tuple([x + y for x, y in zip(a.hours, b.hours, strict=True)]),
            (max(a.active[0], b.active[0]), max(a.active[1], b.active[1])),
            a.newest,
            (a.busiest[0] + b.busiest[0], a.busiest[1] + (b.busiest[1] if b.newest[0] == a.newest[0] else 0)),
        )

    def evidence(self, state: RhythmState, baseline: Baseline) -> Evidence:
        """Weigh the whole life."""
        if not likeness.enough(state.queries):
            return Evidence()
        ((n, shares),) = self.spans(state, baseline)
        weight = likeness.log_e(self.name, shares, n, baseline)
        if not weight:
            return Evidence()
        weight = min(self.ceiling, weight)
        return Evidence(weight, {"queries": n} | {name: value for name, value in shares.items() if "." not in name})

    def spans(self, state: RhythmState, _baseline: Baseline) -> list[tuple[float, dict[str, float]]]:
        """Return queries and shares of the whole life: what the weights are learnt on."""
        return [(float(state.queries), _shares(state))]


def _kind(wait: float) -> int:
    for i, edge in enumerate(EDGES):
        if wait < edge:
            return i
    return len(EDGES)


def _shares(state: RhythmState) -> dict[str, float]:
    """Return the shares that are weighed, each about 0 to 1."""
    n, waits = max(1, state.queries), max(1, sum(state.gaps))
    variation = state.unlike[0] / GRAINS / max(1, state.unlike[1]) if state.unlike[1] else 1.5
    even = max(0.0, 1.0 - variation)
    ends = list(accumulate(state.hours + state.hours[:QUIET], initial=0))
    quiet = min(map(sub, ends[QUIET:], ends)) / n
    awake = min(1.0, quiet * HOURS / QUIET) * min(1.0, state.active[0] / 16.0)
    days = max(1, state.active[1])
    return {name: gap / waits for name, gap in zip(GAPS, state.gaps, strict=True)} | {
        "even": even,
        "awake": awake,
        "steady": min(1.0, state.active[0] / (HOURS * days)),
        "pace": math.log2(1.0 + n / max(1, state.active[0])) / 12.0,
        "peak": math.log2(1.0 + state.busiest[0]) / 12.0,
        "many": math.log2(1.0 + n) / 12.0,
        "days": min(1.0, days / 14.0),
        "even.awake": even * awake,
    }
