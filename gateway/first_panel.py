"""What a check of the panel found, as lines to read and as figures to keep."""

import json
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from gateway.rehearsal import LAX, MOST, STRICT, Outcome

NAME = "first_panel"
NOTES = f"""An alarm is a fused weight of ln({LAX:.0e}) or ln({STRICT:.0e}): one false one in so many subject-days.
*Backed* is the strict alarm with two families speaking at once, which the shipped policies want before they touch a
client. Queries are counted until the first such moment; a client is played for a week or {MOST} queries at most.

These are **development figures**. The nulls were learnt from other sources and seeds than those checked here. But the
authors of the laboratory had seen the whole traffic pack while they chose which features to look at and which kinds of
client to write; they wrote both sides' habits (pace, caps, sampling) themselves, and public traces stand only behind
the honest pace. Results on the held-out part were looked at during development, and once changed something: when
nulls learnt far below the detectors' own defaults let honest held-out subjects alarm, the defaults became the floor,
and an honest kind that was missing (an app that answers at length) was written. Figures for traffic that nobody who
built this has seen are still to be measured.

*Contracted* are honest clients that do what a harvester does, and need an entitlement: a shop's writer, and an
evaluation of 1,300 problems asked one after another and worked at length: its timing speaks as loudly as its contents.

No alarm among n honest subjects says that fewer than 3 / n of such subjects alarm in a week, at 95 % confidence; it
cannot show one in {LAX:.0e}, which rests on the bets' proof and on the nulls."""


class Checked(NamedTuple):
    """Outcomes of honest clients held out, of honest clients under contract, and of distillers."""

    honest: Sequence[Outcome]
    contracted: Sequence[Outcome]
    distillers: Sequence[Outcome]


def told(checked: Checked) -> Iterator[str]:
    """Yield the report: honest clients first, in sum and by kind, then those under contract, then distillers."""
    for said, some in (("honest, held out", checked.honest), ("distillers", checked.distillers)):
        yield f"{said}: {len(some)} subjects, {sum(one.days for one in some)} subject-days"
        yield f"  {sum(one.lax > 0 for one in some)} alarmed at one in {LAX:.0e}"
        backed = sum(one.backed > 0 for one in some)
        yield f"  {sum(one.strict > 0 for one in some)} at one in {STRICT:.0e}, {backed} backed by a second family"
    for said, some in zip(("honest", "under contract (needs an entitlement)", "distillers"), checked, strict=True):
        yield f"{said}:"
        yield from report(some)


def report(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """Yield a line a kind and source: subjects, days, how many alarmed, median queries, highest weights."""
    yield (
        f"{'kind':24}{'source':28}{'subjects':>9}{'days':>6}{'1e4':>6}{'1e6':>6}{'queries':>9}{'backed':>8}{'queries':>9}"
        "  highest weights"
    )
    for (kind, source), some in _groups(outcomes):
        strict, backed = [one.strict for one in some if one.strict], [one.backed for one in some if one.backed]
        lax, days = sum(one.lax > 0 for one in some), sum(one.days for one in some)
        top = {name: max(one.weights[name] for one in some) for name in some[0].weights}
        said = " ".join([f"{name} {weight:.1f}" for name, weight in top.items() if round(weight, 1)])
        yield (
            f"{kind:24}{source:28}{len(some):9}{days:6}{lax:6}{len(strict):6}{_middle(strict):>9}{len(backed):8}"
            f"{_middle(backed):>9}  {said}"
        )


def figures(checked: Checked) -> Iterator[dict[str, Any]]:
    """Yield the figures: sums first, then each kind of distiller."""
    honest, theirs = checked.honest, checked.distillers
    days = sum(one.days for one in honest)
    yield _figure("honest_subjects", len(honest), "subjects", ">=", len(honest))
    yield _figure("honest_subject_days", days, "subject-days", ">=", len(honest))
    contracted = [(f"contracted.{kind}", some) for (kind, _), some in _groups(checked.contracted)]
    for name, some in (("honest", honest), *contracted):
        yield _figure(f"{name}_alarmed_1e4", sum(one.lax > 0 for one in some), "subjects", "<=", len(some))
        yield _figure(f"{name}_alarmed_1e6", sum(one.strict > 0 for one in some), "subjects", "<=", len(some))
        yield _figure(f"{name}_backed_1e6", sum(one.backed > 0 for one in some), "subjects", "<=", len(some))
    yield from _caught("distillers", theirs)
    for (kind, source), some in _groups(theirs):
        yield from _caught(f"{kind}.{source}", some)


def write(folder: Path, checked: Checked, command: str) -> None:
    """Write the figures as JSON, and as a page that people read."""
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    record: dict[str, Any] = {"command": command, "at": at, "machine": _machine(), "figures": list(figures(checked))}
    (folder / f"{NAME}.json").write_text(json.dumps(record, indent=1) + "\n")
    rows = [
        f"| {one['name']} | {'-' if one['value'] is None else one['value']} | {one['unit']} | {one['n']} |"
        for one in record["figures"]
    ]
    lines = [
        f"# Figures: {NAME}", "", f"Measured by `{command}` on {at}; {record['machine']}.", "", NOTES, "",
        "| figure | value | unit | n |", "|---|---:|---|---:|", *rows, "",
        "## By kind and source", "", "```", *told(checked), "```", "",
    ]  # fmt: skip
    (folder / f"{NAME}.md").write_text("\n".join(lines))


def _caught(name: str, some: Sequence[Outcome]) -> Iterator[dict[str, Any]]:
    """Yield how many were detected, how many of them backed, and the median queries to each."""
    for word in ("strict", "backed"):
        queries = [getattr(one, word) for one in some if getattr(one, word)]
        said = "detected" if word == "strict" else "backed"
        yield _figure(f"{name}.{said}_1e6", len(queries), "subjects", ">=", len(some))
        between = (min(queries), max(queries)) if queries else None
        middle = median(queries) if queries else None
        yield _figure(f"{name}.{said}_median_queries", middle, "queries", "<=", len(queries), between)


def _figure(
    name: str, value: float | None, unit: str, op: str, n: int, interval: tuple[float, float] | None = None
) -> dict[str, Any]:
    """Return one figure; none of these has a bound set. ``interval`` is the least and the greatest."""
    return {
        "name": name, "value": value, "unit": unit, "op": op, "must": None, "aim": None, "n": n, "interval": interval,
    }  # fmt: skip


def _groups(outcomes: Iterable[Outcome]) -> list[tuple[tuple[str, str], list[Outcome]]]:
    groups: dict[tuple[str, str], list[Outcome]] = {}
    for one in outcomes:
        groups.setdefault((one.kind, one.source), []).append(one)
    return sorted(groups.items())


def _middle(queries: Sequence[int]) -> str:
    return f"{median(queries):.0f}" if queries else "-"


def _machine() -> str:
    return f"{os.cpu_count()} cores, Linux {os.uname().release}, {os.uname().machine}"
