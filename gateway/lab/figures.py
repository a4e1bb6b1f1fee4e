"""The benchmark's figures, each with what it must and should reach, under the names that every report uses."""

import math
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from detectors.lab.rivals.base import threshold
from gateway.lab import intervals
from gateway.lab.findings import LONG, Findings, by, detected, false_alarms, kind, queries, windows
from gateway.lab.intervals import Interval
from gateway.lab.outcome import Outcome, Windowed

PER_WINDOW = 0.003  # share of honest windows that may be alarmed
ONE_IN = (1e2, 1e3, 1e4, 1e5, 1e6)  # promises tried, subject-days
POINTS = 100.0
_WINDOWS = (  # share of attack, size, name, must, aim
    (0.25, 200, "share25_window200", 0.85, 0.95),
    (0.10, 200, "share10_window200", 0.40, 0.70),
    (0.10, 1500, "share10_window1500", 0.94, 0.99),
)


class Figure(NamedTuple):
    """One measured number, with what it must and should reach; None where nothing is set or nothing was measured."""

    name: str
    value: float | None
    unit: str
    op: str
    must: float | None
    aim: float | None
    n: int  # items behind the value
    interval: Interval | None = None

    @property
    def verdict(self) -> str:
        """Return what became of it in a word."""
        if self.value is None:
            return "not measured" if self.must is not None else ""
        return "aim" if self._holds(self.aim) else "must" if self._holds(self.must) else self._short()

    def _holds(self, bound: float | None) -> bool:
        if bound is None or self.value is None:
            return False
        return self.value >= bound if self.op == ">=" else self.value <= bound

    def _short(self) -> str:
        return "" if self.must is None and self.aim is None else "aim missed" if self.must is None else "**missed**"


def figures(found: Findings) -> Iterator[Figure]:
    """Yield every figure: those with bounds first."""
    yield from _innocent(found)
    yield from _caught(found)
    for share, size, name, must, aim in _WINDOWS:
        yield from _windows(found, (share, size, name), must, aim)
    yield from _compared(found)
    yield from _sources(found)
    yield from _apart(found)


def _share(name: str, alarms: Sequence[int], op: str, must: float | None = None, aim: float | None = None) -> Figure:
    hit = sum(alarm > 0 for alarm in alarms)
    value = hit / len(alarms) if alarms else None
    return Figure(name, value, "share", op, must, aim, len(alarms), intervals.share(hit, len(alarms)))


def _middle(name: str, alarms: Sequence[int], must: float | None = None, aim: float | None = None) -> Figure:
    value = queries(alarms)
    low, high = intervals.bootstrap([[float(alarm or math.inf)] for alarm in alarms], intervals.median)
    return Figure(
        name, _finite(value), "queries", "<=", must, aim, len(alarms), (low, high) if high < math.inf else None
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _innocent(found: Findings) -> Iterator[Figure]:
    honest = found.honest()
    days = sum(one.days for one in honest)
    yield _share("benign_tenants_alarmed", [one.alarm for one in honest], "<=", 0.005, 0.001)
    twice = [name for name, some in by([one for one in honest if one.who.hard], kind) if _alarmed(some) > 1]
    hard = len({one.who.kind for one in honest if one.who.hard})
    yield Figure("hard_negative_kinds_alarmed_twice", float(len(twice)), "kinds", "<=", None, 0.0, hard)
    rates = {one_in: false_alarms(honest, one_in) / max(1, days) for one_in in ONE_IN}
    worst = max(rate * one_in for one_in, rate in rates.items())
    yield Figure("false_alarms_per_tenant_day_over_promise", worst, "ratio", "<=", 1.0, 1.0, days)
    for one_in, value in rates.items():
        between = intervals.rate(round(value * days), days)
        name = f"false_alarms_per_tenant_day_1e{round(math.log10(one_in))}"
        yield Figure(name, value, "alarms per tenant-day", "<=", 1.0 / one_in, 1.0 / one_in, days, between)
    count = _alarmed(honest)
    between, promised = intervals.rate(count, days), 1.0 / found.one_in
    name = "enforced_false_alarms_per_tenant_day"
    yield Figure(name, count / max(1, days), "alarms per tenant-day", "<=", promised, promised, days, between)


def _alarmed(some: Sequence[Outcome]) -> int:
    return sum(one.alarm > 0 for one in some)


def _caught(found: Findings) -> Iterator[Figure]:
    single = found.single()
    alarms = [one.alarm for one in single]
    yield _share("single_key_detected", alarms, ">=", 0.98, 1.0)
    yield _middle("single_key_median_queries", alarms, 300.0, 100.0)
    yield _middle("single_key_convinced_median_queries", [one.convinced for one in single])
    gone = [one.gone if one.alarm else 1.0 for one in single]
    value = _finite(intervals.median(gone)) if gone else None
    between = intervals.bootstrap([[one] for one in gone], intervals.median) if gone else None
    yield Figure("single_key_harvest_gone", value, "share", "<=", None, None, len(gone), between)


def _windows(found: Findings, what: tuple[float, int, str], must: float, aim: float) -> Iterator[Figure]:
    """Yield detection at the rate of false alarms of the windows judged here, and at the threshold learnt elsewhere."""
    share, size, name = what
    honest = [window.weight for _, window in windows(found.honest(), size)]
    learnt = [window.weight for _, window in found.learnt if window.size == size]
    theirs = [(one, w) for one, w in windows(found.padded(), size) if math.isclose(one.who.share, share, abs_tol=0.02)]
    if not (honest and theirs):
        yield Figure(name, None, "share of windows", ">=", must, aim, len(theirs))
        return
    yield _reached(name, theirs, threshold(honest, PER_WINDOW), must, aim)
    false = sum(weight >= threshold(honest, PER_WINDOW) for weight in honest)
    between = intervals.share(false, len(honest))
    yield Figure(
        f"{name}_false_alarms",
        false / len(honest),
        "share of windows",
        "<=",
        PER_WINDOW,
        PER_WINDOW,
        len(honest),
        between,
    )
    if learnt:
        limit = threshold(learnt, PER_WINDOW)
        yield _reached(f"{name}_limit_learnt", theirs, limit)
        false = sum(weight >= limit for weight in honest)
        between = intervals.share(false, len(honest))
        yield Figure(
            f"{name}_limit_learnt_false_alarms",
            false / len(honest),
            "share of windows",
            "<=",
            None,
            None,
            len(honest),
            between,
        )


def _reached(
    name: str,
    theirs: Sequence[tuple[Outcome, Windowed]],
    limit: float,
    must: float | None = None,
    aim: float | None = None,
) -> Figure:
    groups: dict[str, list[float]] = {}
    for one, window in theirs:
        groups.setdefault(one.who.account, []).append(float(window.weight >= limit))
    values = [value for group in groups.values() for value in group]
    between = intervals.bootstrap(list(groups.values()), lambda drawn: sum(drawn) / len(drawn))
    return Figure(name, sum(values) / len(values), "share of windows", ">=", must, aim, len(values), between)


def _compared(found: Findings) -> Iterator[Figure]:
    """Yield how many rivals fall behind on every kind, and by how much, all at one rate of false alarms."""
    limits = found.limits(found.rate())
    kinds = list(by(found.single(), kind))
    beaten, ratios = 0, [math.inf]
    for name, limit in limits.items():
        pairs = [([one.alarm for one in some], [one.rivals[name].reaches(limit) for one in some]) for _, some in kinds]
        beaten += all(_beats(ours, theirs) for ours, theirs in pairs)
        ratios += [queries(theirs) / queries(ours) for ours, theirs in pairs if queries(ours) < math.inf]
    count = len(limits)
    yield Figure("baselines_beaten_on_every_kind", float(beaten), "baselines", ">=", count, count, len(kinds))
    least = min(ratios)
    unit = "times the queries to alarm of the best baseline on the worst kind"
    yield Figure("baselines_least_ratio", _finite(least), unit, ">=", None, 3.0, len(kinds) * count)


def _beats(ours: Sequence[int], theirs: Sequence[int]) -> bool:
    """More are detected, or as many with fewer queries; a kind that both miss altogether is no win."""
    if detected(ours) != detected(theirs):
        return detected(ours) > detected(theirs)
    return queries(ours) < queries(theirs)


def _sources(found: Findings) -> Iterator[Figure]:
    """Yield what unseen sources cost, in points of detection, and of honest tenants alarmed."""
    for name, some, op, must in (
        ("unseen_minus_seen_points", found.single(), ">=", -5.0),
        ("unseen_minus_seen_benign_points", found.honest(), "<=", 5.0),
    ):
        both = [one for _, group in by(some, kind) if {one.who.seen for one in group} == {True, False} for one in group]
        between = intervals.bootstrap([[i] for i in range(len(both))], partial(_drawn, both)) if both else None
        yield Figure(name, _points(both) if both else None, "points", op, must, 0.0, len(both), between)


def _drawn(some: Sequence[Outcome], numbers: Sequence[float]) -> float:
    return _points([some[int(number)] for number in numbers])


def _points(some: Sequence[Outcome]) -> float:
    """Return by how many more of the unseen alarm, in points, within kinds: kinds are not mixed."""
    groups = [group for _, group in by(some, kind) if {one.who.seen for one in group} == {True, False}]
    n = sum(not one.who.seen for group in groups for one in group)
    return POINTS * sum(_unseen_less_seen(group) for group in groups) / max(1, n)


def _unseen_less_seen(group: Sequence[Outcome]) -> float:
    """Return by how much more of a kind's tenants of unseen sources alarm, times their number."""
    seen = [one.alarm for one in group if one.who.seen]
    unseen = [one.alarm for one in group if not one.who.seen]
    return len(unseen) * (detected(unseen) - detected(seen))


def _apart(found: Findings) -> Iterator[Figure]:
    """Yield figures without bounds: long histories, campaigns' small accounts, contracts, classes, kinds and rivals."""
    honest, long = found.honest(), [one for one in found.honest() if one.exchanges >= LONG]
    yield _share("benign_long_history_alarmed", [one.alarm for one in long], "<=")
    yield _share("contracted_alarmed", [one.alarm for one in found.contracted()], "<=")
    yield _share("campaign_shares_detected", [one.alarm for one in found.slow()], ">=")
    yield _share("padded_detected", [one.alarm for one in found.padded()], ">=")
    for name, some in by(honest, lambda one: one.who.traffic_class):
        yield _share(f"benign_alarmed.class.{name}", [one.alarm for one in some], "<=")
    for name, some in by(found.thieves(), kind):
        yield _share(f"detected.kind.{name}", [one.alarm for one in some], ">=")
        yield _middle(f"median_queries.kind.{name}", [one.alarm for one in some])
    for name, limit in found.limits(found.rate()).items():
        theirs = [one.rivals[name].reaches(limit) for one in found.single()]
        yield _share(f"rival.{name}.single_key_detected", theirs, ">=")
        yield _middle(f"rival.{name}.single_key_median_queries", theirs)
        yield _share(
            f"rival.{name}.benign_long_history_alarmed", [one.rivals[name].reaches(limit) for one in long], "<="
        )
