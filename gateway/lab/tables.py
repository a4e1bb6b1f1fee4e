"""The benchmark's tables, as a page shows them."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

import numpy as np

from detectors.lab.rivals.base import threshold
from gateway.lab import intervals
from gateway.lab.figures import PER_WINDOW, Figure
from gateway.lab.findings import LONG, OTHER_RATE, Findings, by, detected, fused, kind, queries, windows
from gateway.lab.outcome import Outcome, Windowed

Lines: TypeAlias = Iterator[str]
_TOP = 3  # detectors named


def measured(figures: Iterable[Figure]) -> Lines:
    """Yield the figures."""
    yield from _head("figure", "value", "unit", "must", "aim", "n", "95 % interval", "reached")
    for one in figures:
        value = "-" if one.value is None else f"{one.value:.4g}"
        must, aim = (f"{one.op} {bound:g}" if bound is not None else "" for bound in (one.must, one.aim))
        between = f"{one.interval[0]:.3g} to {one.interval[1]:.3g}" if one.interval else ""
        yield f"| {one.name} | {value} | {one.unit} | {must} | {aim} | {one.n} | {between} | {one.verdict} |"


def _head(*columns: str) -> Lines:
    yield f"| {' | '.join(columns)} |"
    yield f"|---|{'---:|' * (len(columns) - 1)}"


def innocent(found: Findings) -> Lines:
    """Yield honest tenants by class and by kind: how many alarmed, and how near the others came."""
    honest = found.honest()
    yield from _head(
        "honest tenants", "n", "of unseen sources", "placed in their class", "exchanges", "alarmed",
        "with 500 exchanges and more", "alarmed", "highest weight", "speak loudest",
    )  # fmt: skip
    for name, some in by(honest, lambda one: one.who.traffic_class):
        yield _row(found, f"class {name}", some)
    for name, some in by(honest, kind):
        yield _row(found, f"{name}{' (hard)' if some[0].who.hard else ''}", some)
    yield _row(found, "all", honest)
    if entitled := found.contracted():
        yield _row(found, "under contract, not counted above", entitled)


def _row(found: Findings, name: str, some: Sequence[Outcome]) -> str:
    long = [one for one in some if one.exchanges >= LONG]
    peak = max((float(one.trace.fused.max(initial=0.0)) for one in some), default=0.0)
    unseen = sum(not one.who.seen for one in some)
    placed = sum(one.placed == one.who.traffic_class for one in some)
    return (
        f"| {name} | {len(some)} | {unseen} | {placed} | {sum(one.exchanges for one in some)} | "
        f"{sum(one.alarm > 0 for one in some)} | {len(long)} | {sum(one.alarm > 0 for one in long)} | {peak:.1f} | "
        f"{_loudest(found, some)} |"
    )


def _loudest(found: Findings, some: Sequence[Outcome]) -> str:
    """Return the detectors that spoke loudest, by their mean highest weight."""
    peaks = np.mean([one.trace.weights.max(axis=0, initial=0.0) for one in some], axis=0)
    order = sorted(range(len(peaks)), key=lambda i: -peaks[i])[:_TOP]
    return ", ".join(f"{found.detectors[i]} {peaks[i]:.1f}" for i in order if peaks[i] >= 0.05)  # noqa: PLR2004 - rounds to 0.1


def caught(found: Findings) -> Lines:
    """Yield adversaries by kind, profile, share and source: detection, queries to it, and what was gone by then."""
    yield from _head(
        "adversaries", "n", "detected", "median queries", "90 % within", "convinced, median", "harvest gone, median",
        "speak loudest",
    )  # fmt: skip
    keys: tuple[tuple[str, Callable[[Outcome], str]], ...] = (
        ("", kind),
        ("profile ", lambda one: one.who.profile),
        ("attack share ", lambda one: f"{one.who.share:g}"),
        ("source ", lambda one: f"{one.who.source} ({'seen' if one.who.seen else 'unseen'})"),
    )
    for said, key in keys:
        for name, some in by(found.thieves(), key):
            yield _thieves(found, said + name, some)


def _thieves(found: Findings, name: str, some: Sequence[Outcome]) -> str:
    alarms = [one.alarm for one in some]
    most = sorted(alarm or math.inf for alarm in alarms)[math.ceil(0.9 * len(alarms)) - 1]
    gone = intervals.median([one.gone if one.alarm else 1.0 for one in some])
    return (
        f"| {name} | {len(some)} | {detected(alarms):.3f} | {_count(queries(alarms))} | {_count(most)} | "
        f"{_count(queries([one.convinced for one in some]))} | {gone:.2f} | {_loudest(found, some)} |"
    )


def _count(value: float) -> str:
    return f"{value:.0f}" if value < math.inf else "never"


def compared(found: Findings) -> Lines:
    """Yield the rivals beside the panel, all at one rate of false alarms, on each kind of single-key harvester."""
    limits, kinds = found.limits(found.rate()), list(by(found.single(), kind))
    names = ["stillguard", *limits]
    yield f"At {found.rate():.2%} of honest tenants ever alarmed. Detected share, and median queries to the alarm:"
    yield ""
    yield from _head("single-key kind", "n", *names)
    for name, some in [*kinds, ("all", found.single())]:
        columns = [[one.alarm for one in some]]
        columns += [[one.rivals[rival].reaches(limit) for one in some] for rival, limit in limits.items()]
        cells = " | ".join(f"{detected(alarms):.2f} ({_count(queries(alarms))})" for alarms in columns)
        yield f"| {name} | {len(some)} | {cells} |"


def costs(found: Findings) -> Lines:
    """Yield what each rival's threshold costs honest tenants with long histories, and at another rate."""
    honest = found.honest()
    yield from _head(
        "detector", "at share of honest tenants", "honest alarmed", "of those with 500 exchanges and more",
        "single-key detected", "median queries",
    )  # fmt: skip
    yield _cost(found, "| stillguard | its policy |", {id(one): one.alarm for one in found.outcomes})
    for share in (found.rate(), OTHER_RATE):
        weight = threshold([fused(one).peak() for one in honest], share)
        alarms = {id(one): fused(one).reaches(weight) for one in found.outcomes}
        yield _cost(found, f"| fused weight alone | {share:.2%} |", alarms)
        for name, limit in found.limits(share).items():
            alarms = {id(one): one.rivals[name].reaches(limit) for one in found.outcomes}
            yield _cost(found, f"| {name} | {share:.2%} |", alarms)


def _cost(found: Findings, said: str, alarms: dict[int, int]) -> str:
    honest, theirs = found.honest(), [alarms[id(one)] for one in found.single()]
    false = [one for one in honest if alarms[id(one)]]
    long = sum(one.exchanges >= LONG for one in honest)
    return (
        f"{said} {len(false)} of {len(honest)} | {sum(one.exchanges >= LONG for one in false)} of {long} | "
        f"{detected(theirs):.3f} | {_count(queries(theirs))} |"
    )


def stretches(found: Findings) -> Lines:
    """Yield detection by windows, of the panel and of rivals, each at the windows' own rate of false alarms."""
    groups = [(share, size) for share in (0.25, 0.1) for size in (200, 1500)]
    yield from _head("windows detected", *[f"{share:.0%} attack, of {size}" for share, size in groups])
    for name in ("stillguard", *found.rivals()):
        yield f"| {name} | {' | '.join(_stretch(found, name, share, size) for share, size in groups)} |"


def _stretch(found: Findings, name: str, share: float, size: int) -> str:
    def score(window: Windowed) -> float:
        return window.rivals.get(name, window.weight)

    honest = [score(window) for _, window in windows(found.honest(), size)]
    padded = [one for one in found.padded() if math.isclose(one.who.share, share, abs_tol=0.02)]
    theirs = [score(window) for _, window in windows(padded, size)]
    if not (honest and theirs):
        return "-"
    limit = threshold(honest, PER_WINDOW)
    return f"{sum(one >= limit for one in theirs) / len(theirs):.2f}"


def left_out(found: Findings) -> Lines:
    """Yield the ablation: what the panel does without each detector."""
    yield from _head(
        "left out", "honest alarmed", "single-key detected", "median queries", "padded detected",
        "campaign shares detected",
    )  # fmt: skip
    groups = [{id(one) for one in some} for some in (found.honest(), found.single(), found.padded(), found.slow())]
    for name, pairs in found.left_out.items():
        honest, single, padded, slow = ([alarm for one, alarm in pairs if id(one) in group] for group in groups)
        yield (
            f"| {name} | {sum(alarm > 0 for alarm in honest)} | {detected(single):.3f} | {_count(queries(single))} | "
            f"{detected(padded):.3f} | {detected(slow):.3f} |"
        )
