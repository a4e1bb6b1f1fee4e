"""Where a baseline comes from: weights from labelled accounts, and places, means, tails and rates from honest ones.

``taught`` needs the lab's adversaries, is done once, and shipped. ``calibrated`` needs nobody but honest subjects, or
traffic that is honest but for a small share, so operators do it on their own; what was taught stays as it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from detectors.base import Baseline, Panel
from detectors.company import CompanyFold, CompanyState
from detectors.coverage import NAMED
from detectors.lab import nulls
from detectors.lab.learning import FEWEST, Row, places, tail, weights
from detectors.stats import likeness

COMPANY: Final = CompanyFold()
GIVEN: Final = {"volume": {"volume.taken": 1.0}}  # weights that need no teaching
POOLED: Final = (
    "repetition.",
    "consumption.",
    "elicitation.rate",
    "generation.verdict",
)  # nulls that are those of all honest traffic
INTERACTING: Final = ("chat", "agent", "app", "retrieval")
BATCH: Final = (
    "repetition",
    "consumption",
)  # detectors that know batch use as such: their rates are those of clients who
# interact. Labellers, evaluators and generators exceed them all day, which is why these detectors stop at a ceiling
BELLS: Final = ("volume",)  # learnt detectors whose score has a bell for a law
COVERED: Final = 0.8  # share of the interacting subjects whose rates such a null covers
FEW: Final = ("elicitation",)  # whose honest exceptions are too few in a class to be learnt: that of all is the least
OWN_PLACE: Final = 0.5  # how likely a class must be for a subject to count as its member
LOOKS: Final = tuple(sorted({round(8 * 2 ** (i / 2)) for i in range(24)}))  # exchanges at which a life is looked at
_QUIET: Final = 8  # exchanges that a mean needs


class Look(NamedTuple):
    """A subject after so many exchanges: the states of the panel, and of the company that it keeps."""

    exchanges: int
    states: Mapping[str, Any]
    company: CompanyState


class Record(NamedTuple):
    """One subject's life, looked at now and then.

    Attributes:
        kind: its traffic class; empty if nobody knows.
        adversary: it harvests.
        looks: oldest first.
    """

    kind: str
    adversary: bool
    looks: Sequence[Look]


def taught(records: Sequence[Record], panel: Panel) -> Baseline:
    """Return a baseline with places, means and weights, and no tails or rates yet."""
    honest = [record for record in records if not record.adversary]
    numbers = _places(honest)
    baseline = _with_means(Baseline(numbers=numbers), honest, panel)
    for name, detector in _learnt(panel):
        rows = list(_rows(records, name, detector, baseline))
        numbers |= GIVEN.get(name) or weights(name, rows, detector.signs)
    return baseline


def calibrated(
    baseline: Baseline, honest: Sequence[Record], panel: Panel, source: str, spoilt: float = 0.0
) -> Baseline:
    """Return the baseline with means, tails and rates of these subjects.

    Args:
        baseline: one that was taught.
        honest: subjects; those whose class nobody knows are placed.
        panel: the detectors.
        source: what the subjects are, in words.
        spoilt: share of them that may be harvesters: so many of the highest are left out, everywhere.
    """
    own = [record if record.kind else record._replace(kind=_place(record, baseline)) for record in honest]
    found = _with_means(Baseline(source, dict(baseline.numbers)), own, panel)
    by_class = {
        kind: [record for record in own if record.kind == kind] for kind in sorted({r.kind for r in own} - {""})
    }
    for name, detector in _learnt(panel):
        _tails(found, name, detector, by_class, own, spoilt)
    for name, detector in panel.items():
        _rates(found, name, detector, by_class, own, spoilt)
    if "coverage" in panel:
        found.numbers.update(nulls.rarefaction(_cells(own, panel["coverage"]), NAMED))
    return found


def _learnt(panel: Panel) -> list[tuple[str, Any]]:
    return [(name, detector) for name, detector in panel.items() if hasattr(detector, "spans")]


def _places(honest: Sequence[Record]) -> dict[str, float]:
    shares, kinds, counts = [], [], []
    for record in honest:
        seen = [look for look in record.looks if look.exchanges >= likeness.LEAST // 2]
        for look in seen:
            shares.append(COMPANY.shares(look.company))
            kinds.append(record.kind)
            counts.append(1.0 / len(seen))
    return places(shares, kinds, counts)


def _place(record: Record, baseline: Baseline) -> str:
    placed = COMPANY.placed(record.looks[-1].company, baseline) if record.looks else {}
    return next((kind for kind, likely in placed.items() if likely > OWN_PLACE), "")


def _with_means(baseline: Baseline, honest: Sequence[Record], panel: Panel) -> Baseline:
    means: dict[str, tuple[float, ...]] = {}
    class_means: dict[str, dict[str, tuple[float, ...]]] = {}
    for name, detector in panel.items():
        if not hasattr(detector, "mean"):
            continue
        found: dict[str, list[Any]] = {}
        for record in honest:
            state = record.looks[-1].states[name] if record.looks else None
            if state is not None and state.n >= _QUIET:
                found.setdefault(record.kind, []).append(detector.mean(state))
        means[name] = _mean([row for rows in found.values() for row in rows])
        for kind, rows in found.items():
            if kind and len(rows) >= FEWEST:
                class_means.setdefault(kind, {})[name] = _mean(rows)
    return Baseline(baseline.source, baseline.numbers, {kind: {} for kind in class_means}, means, class_means)


def _mean(rows: Sequence[Any]) -> tuple[float, ...]:
    return tuple([round(float(x), 4) for x in np.mean(rows, axis=0)]) if rows else ()


def _spans(
    record: Record, name: str, detector: Any, baseline: Baseline
) -> Iterator[list[tuple[float, dict[str, float]]]]:
    for look in record.looks:
        if look.exchanges >= likeness.LEAST:
            within = baseline.within(COMPANY.placed(look.company, baseline)) if hasattr(detector, "mean") else baseline
            yield [span for span in detector.spans(look.states[name], within) if span[0] >= likeness.LEAST]


def _rows(records: Sequence[Record], name: str, detector: Any, baseline: Baseline) -> Iterator[Row]:
    for record in records:
        looks = [spans for spans in _spans(record, name, detector, baseline) if spans]
        for spans in looks:
            for n, shares in spans:
                yield Row(n, shares, record.adversary, 1.0 / (len(looks) * len(spans)))


def _highest(record: Record, name: str, detector: Any, baseline: Baseline) -> float | None:
    """Return the highest score of a life, if it has one."""
    scores = [
        likeness.score(name, shares, n, baseline)
        for spans in _spans(record, name, detector, baseline)
        for n, shares in spans
    ]
    return max(scores, default=None)


def _tails(
    found: Baseline,
    name: str,
    detector: Any,
    by_class: Mapping[str, Sequence[Record]],
    own: Sequence[Record],
    spoilt: float,
) -> None:
    highest = {id(record): score for record in own if (score := _highest(record, name, detector, found)) is not None}
    if highest:
        found.numbers.update(tail(name, list(highest.values()), spoilt, bell=name in BELLS))
    for kind, some in by_class.items():
        its = [highest[id(record)] for record in some if id(record) in highest]
        if len(its) >= FEWEST:
            found.classes.setdefault(kind, {}).update(tail(name, its, spoilt, bell=name in BELLS))


def _rates(
    found: Baseline,
    name: str,
    detector: Any,
    by_class: Mapping[str, Sequence[Record]],
    own: Sequence[Record],
    spoilt: float,
) -> None:
    for rate, default in detector.nulls.items():
        if name == "coverage":
            continue
        lowest = {
            id(r): nulls.lowest_rate(detector, rate, [look.states[name] for look in r.looks]) for r in own if r.looks
        }
        values = [lowest[id(r)] for r in own if r.looks]
        if name in BATCH:
            values = [lowest[id(r)] for r in own if r.looks and r.kind in INTERACTING] or values
        honest = float(np.quantile(values, COVERED)) if name in BATCH else nulls.kept(values, spoilt)
        found.numbers[rate] = max(default, honest)
        for kind, some in by_class.items():
            its = [lowest[id(r)] for r in some if r.looks]
            if not rate.startswith(POOLED) and len(its) >= FEWEST:
                least = found.numbers[rate] if name in FEW else default / 5.0
                found.classes.setdefault(kind, {})[rate] = max(least, nulls.kept(its, spoilt))


def _cells(records: Sequence[Record], coverage: Any) -> dict[int, list[float]]:
    found: dict[int, list[float]] = {}
    for record in records:
        for look in record.looks:
            for said, value in coverage.statistic(look.states["coverage"]).items():
                found.setdefault(int(said.rpartition(".")[2]), []).append(value)
    return found
