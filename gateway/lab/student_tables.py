"""The tables of the students' page."""

from collections.abc import Iterator
from typing import Final

from detectors.lab.student.curve import Estimate
from gateway.lab.student_findings import REMEDIES, AtAlarm, Findings, at_alarms

POINTS: Final = (100, 300, 1000)  # queries at which shares are told; 1,000 traces are where the shipped policies deny
SOON: Final = 0.5  # share of the gain kept after 100 queries from which a thief is said to be quick


def at_alarm(found: Findings) -> Iterator[str]:
    """Yield a row a kind of adversary: its alarm, and what it keeps if refused or trimmed from there on."""
    yield from _head(
        "adversary", "tenants", "alarmed", "queries to alarm, median", "of them attack", "stands for it",
        "kept if refused", "kept if trimmed", "knowledge kept if refused", "kept if refused, 90 % within",
    )  # fmt: skip
    for one in at_alarms(found):
        alarm = one.alarm
        queries = "never" if alarm.queries is None else f"{alarm.queries:.0f}"
        seen = "" if alarm.detected is None else f"{alarm.detected:.0%}"
        yield (
            f"| {alarm.kind} | {alarm.tenants} | {seen} | {queries} | {alarm.share:.0%} | {one.curve} | "
            f"{share(one.refused)} | {share(one.trimmed)} | {share(one.known)} | {_late(one)} |"
        )


def quick(found: Findings) -> Iterator[str]:
    """Yield the thieves that keep half of the gain or more after 100 queries: against these, detection buys little."""
    yield from _head("thief", "plan, queries", "kept at 100, refused", "kept at 100, then trimmed")
    for name in found.names():
        refused, plan = found.kept(name, "refused", POINTS[0]), found.curve(name, "refused").budgets[-1]
        if refused is not None and refused.value >= SOON and plan > POINTS[0]:
            yield f"| {name} | {plan} | {share(refused)} | {share(found.kept(name, 'trimmed after', POINTS[0]))} |"


def nothing(found: Findings) -> Iterator[str]:
    """Yield the thieves that gain next to nothing by a full harvest."""
    for name in found.names():
        if found.kept(name, "refused", 0) is None:
            curve = found.curve(name, "refused")
            before, after = curve.at(0).value, curve.at(curve.budgets[-1]).value
            yield f"- {name}: {curve.measure} {before:.3f} before, {after:.3f} after"


def shares(found: Findings) -> Iterator[str]:
    """Yield a row a thief: its gain, what trimming alone leaves of it, and what is kept at fixed numbers of queries."""
    yield from _head(
        "thief", "measure", "no harvest", "full harvest", "teacher", "plan, queries", "all of it trimmed",
        *(f"refused at {n}" for n in POINTS), *(f"trimmed at {n}" for n in POINTS),
    )  # fmt: skip
    for name in found.names():
        for measure in _measures(found, name):
            full = found.curve(name, "refused", measure)
            plan = full.budgets[-1]
            teacher = found.teachers.get((full.family, full.task, measure))
            cells = [share(found.kept(name, "trimmed", plan, measure))]
            for remedy in REMEDIES:
                cells += [share(found.kept(name, remedy, n, measure)) if n < plan else "" for n in POINTS]
            yield (
                f"| {name} | {measure} | {full.at(0).value:.3f} | {full.at(plan).value:.3f} | "
                f"{'' if teacher is None else f'{teacher:.3f}'} | {plan} | {' | '.join(cells)} |"
            )


def curves(found: Findings) -> Iterator[str]:
    """Yield the quality at each number of queries, whole and trimmed, in each family's main measure."""
    grid = sorted({n for one in found.curves for n in one.budgets})
    yield from _head("thief", "answers", *(str(n) for n in grid))
    for name in found.names():
        for remedy, says in (("refused", "whole"), ("trimmed", "trimmed")):
            points = dict(found.curve(name, "refused" if remedy == "refused" else "trimmed").points())
            cells = (f"{points[n].value:.3f}" if n in points else "" for n in grid)
            yield f"| {name} | {says} | {' | '.join(cells)} |"


def share(estimate: Estimate | None) -> str:
    """Return a share with its interval, in per cent; a dash where there is nothing to share."""
    if estimate is None:
        return "-"
    return f"{estimate.value:.0%} ({estimate.low:.0%} to {estimate.high:.0%})"


def _late(one: AtAlarm) -> str:
    return "not known" if one.alarm.most is None else share(one.late)


def _measures(found: Findings, name: str) -> list[str]:
    return list(dict.fromkeys(one.measure for one in found.curves if one.name == name))


def _head(*columns: str) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|---|{'---|' * (len(columns) - 1)}"
