"""Likeness: what is asked and brought home looks like a harvest, taken together."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType
from typing import ClassVar

import msgspec

from detectors.base import AnswerObservation, Baseline, Evidence, Family, Observation
from detectors.batch import GRAINS, Batch, Size, is_single
from detectors.sketches import distinct
from detectors.stats import likeness

PAYLOADS, GRAMS, TEMPLATES, SCAFFOLDS, CELLS = 7, 7, 5, 5, 6  # lgk of the sketches: 56 to 104 bytes each
MARKS = 8  # kinds of request that are told apart (``gateway.asks``)
TELLING = (0, 1, 2, 5, 7)  # of them: tasks, harder, both sides, spin, clean; evaluators score, compare, label and ask
# for steps as often as harvesters do, and frameworks describe tools in the text: that tells nothing
SHORT, LONG = 16, 200  # tokens of a label; tokens worth taking
COUNTS = (
    "queries", "single", "demands", "grams", "answers", "sized", "short", "long", "tokens", "given", "expands",
    "entropy", "reasoned",
)  # fmt: skip
WIDTH = len(COUNTS) + MARKS
_ALL_MARKS = 2**MARKS - 1
_PRODUCTS = (".long", ".novel", ".many", ".fresh")  # shares that only repeat what others say


class Sheaf(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Counts, by the names of ``COUNTS`` and then one a mark, and sketches of different things, of some time."""

    counts: tuple[int, ...] = (0,) * WIDTH
    payloads: bytes = b""
    grams: bytes = b""
    templates: bytes = b""
    scaffolds: bytes = b""
    cells: bytes = b""


class LikenessState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The newest week seen, counted from 1970 (-1 if none), its sheaf, and that of all weeks before."""

    week: int = -1
    newest: Sheaf = Sheaf()
    before: Sheaf = Sheaf()


@dataclass(frozen=True)
class Likeness:
    """The client's questions are single, new, wide and under few templates, and its answers are worth keeping.

    Each of these is honest alone, and most in pairs. Their weights are learnt together, with signs fixed by cause:
    single questions, new contents (payloads, and grams within payloads), breadth, requests that recipes for training
    data make, demands for reasoning, long answers that are more than what was handed in. What speaks is how far the
    weighed sum lies beyond what honest subjects of the same traffic class ever reach; see ``detectors.stats.likeness``.
    It is read over the newest week and over the whole life, and the larger counts, as the tail was learnt so.

    Numbers read from the baseline: ``likeness.<share>`` and its ``.slope``, ``likeness.tail.*``.

    Example:
        >>> from detectors.base import QueryObservation
        >>> numbers = {"likeness.marks.0": 6.0, "likeness.fresh": 3.0}
        >>> numbers |= {"likeness.tail.from": 4.0, "likeness.tail.scale": 0.5}
        >>> def life(asks, payloads):
        ...     state = Likeness().initial()
        ...     for i in range(200):
        ...         query = QueryObservation(at=60.0 * i, payload=i % payloads, grams=(i % payloads,), asks=asks)
        ...         state = Likeness().fold(state, (query, AnswerObservation(at=60.0 * i, query=query)))
        ...     return round(Likeness().evidence(state, Baseline(numbers=numbers)).weight, 1)
        >>> life(asks=1, payloads=200) > 5.0, life(asks=0, payloads=200), life(asks=0, payloads=3)
        (True, 0.0, 0.0)

    References:
        Stillguard's threat notes, signals S1, S2, S5 and S7; Heaps 1978 (how new contents thin out).
    """

    name: ClassVar[str] = "likeness"
    family: ClassVar[Family] = "content"
    state: ClassVar[type[LikenessState]] = LikenessState
    nulls: ClassVar[Mapping[str, float]] = MappingProxyType({})
    signs: ClassVar[Mapping[str, int]] = MappingProxyType(
        {f"marks.{i}": 1 for i in TELLING}
        | {f"marks.{i}.fresh": 1 for i in TELLING}
        | {"single": 1, "fresh": 1, "novel": 1, "wide": 1, "demands": 1, "demands.fresh": 1, "short": 0, "long": 1}
        | {"size": 0, "expands": 1, "entropy": 0, "reasoned": 1, "given": 0, "many": 1}
        | {"fresh.long": 1, "wide.long": 1, "wide.novel": 1, "novel.many": 1, "wide.many": 1}
    )
    delay: ClassVar[int] = 60  # questions of a plain recipe until `speaks`, if one mark has a weight and a narrow tail
    speaks: ClassVar[float] = 6.9  # nats: one in a thousand
    merge_tolerance: ClassVar[float] = 0.15  # share of the weight (and 0.75 nats): four sketches

    def initial(self) -> LikenessState:
        """Return a subject that asked nothing."""
        return LikenessState()

    def update(self, state: LikenessState, observation: Observation) -> LikenessState:
        """Count one observation."""
        return self.fold(state, (observation,))

    def fold(self, state: LikenessState, observations: Sequence[Observation]) -> LikenessState:
        """Count observations: a batch costs less than one at a time, as sketches are opened once."""
        runs = Batch.of(observations).weeks()
        weeks = {week: [run for own, run in runs if own == week] for week, _ in runs}
        for week in sorted(weeks):
            run = weeks[week][0] if len(weeks[week]) == 1 else Batch(chain.from_iterable(weeks[week]))
            if week == state.week:
                state = LikenessState(week, _added(state.newest, run), state.before)
            else:
                state = self.merge(state, LikenessState(week, _added(Sheaf(), run)))
        return state

    def merge(self, a: LikenessState, b: LikenessState) -> LikenessState:
        """Add the counts, unite the sketches; what is not of the newest week is of before."""
        if a.week < b.week:
            a, b = b, a
        before = _united(a.before, b.before)
        if a.week == b.week:
            return LikenessState(a.week, _united(a.newest, b.newest), before)
        return LikenessState(a.week, a.newest, _united(before, b.newest))

    def evidence(self, state: LikenessState, baseline: Baseline) -> Evidence:
        """Weigh the newest week and the whole life, and say the larger."""
        best, shown = 0.0, {}
        asked = state.newest.counts[0] + state.before.counts[0]
        for n, shares in self.spans(state, baseline) if likeness.enough(asked) else ():
            weight = likeness.log_e(self.name, shares, n, baseline)
            if weight > best:
                best, shown = weight, {**shares, "queries": n}
        return Evidence(best, {name: value for name, value in shown.items() if not name.endswith(_PRODUCTS)})

    def spans(self, state: LikenessState, _baseline: Baseline) -> list[tuple[float, dict[str, float]]]:
        """Return queries and shares, of the newest week and of the whole life: what the weights are learnt on."""
        sheaves = [state.newest, *([_united(state.newest, state.before)] if state.before.counts[0] else ())]
        return [(float(sheaf.counts[0]), _shares(sheaf)) for sheaf in sheaves]


def _added(sheaf: Sheaf, observations: Batch) -> Sheaf:
    counts = list(sheaf.counts)
    single = [query for query, one in zip(observations.asked, observations.single, strict=True) if one]
    counts[0] += len(observations.asked)
    counts[1] += len(single)
    counts[2] += sum([query.demands_reasoning for query in single])
    counts[3] += sum([len(query.grams) for query in single])
    for asks in [query.asks & _ALL_MARKS for query in single if query.asks]:
        for mark in range(MARKS):
            counts[len(COUNTS) + mark] += asks >> mark & 1
    for answer, size in zip(observations.answered, observations.sizes(), strict=True):
        _count_answer(counts, answer, size)
    templates = dict.fromkeys([query.scaffold ^ query.opening for query in single if query.opening])
    scaffolds = dict.fromkeys([query.scaffold for query in single if query.scaffold])
    return Sheaf(
        tuple(counts),
        distinct.add_all(sheaf.payloads, [query.payload for query in single], PAYLOADS),
        distinct.add_all(sheaf.grams, [gram for query in single for gram in query.grams], GRAMS),
        distinct.add_all(sheaf.templates, list(templates), TEMPLATES),
        distinct.add_all(sheaf.scaffolds, list(scaffolds), SCAFFOLDS),
        distinct.add_all(sheaf.cells, [query.cell for query in single if query.cell >= 0], CELLS),
    )


def _count_answer(counts: list[int], answer: AnswerObservation, size: Size) -> None:
    if not is_single(answer.query):
        return
    counts[4] += 1
    if size.tokens <= 0:
        return
    counts[5] += 1
    counts[6] += size.tokens <= SHORT
    counts[7] += size.tokens >= LONG
    counts[8] += size.grains
    counts[9] += size.handed_grains
    counts[10] += size.expands
    counts[11] += int(GRAINS * min(8.0, max(0.0, answer.entropy)) / 8.0)
    counts[12] += answer.reasoning_chars > 0


def _united(a: Sheaf, b: Sheaf) -> Sheaf:
    return Sheaf(
        tuple([x + y for x, y in zip(a.counts, b.counts, strict=True)]),
        distinct.union(a.payloads, b.payloads, PAYLOADS),
        distinct.union(a.grams, b.grams, GRAMS),
        distinct.union(a.templates, b.templates, TEMPLATES),
        distinct.union(a.scaffolds, b.scaffolds, SCAFFOLDS),
        distinct.union(a.cells, b.cells, CELLS),
    )


def _shares(sheaf: Sheaf) -> dict[str, float]:
    """Return the shares that are weighed, each about 0 to 1."""
    counts = sheaf.counts
    n, m, sized = max(1.0, counts[0]), max(1.0, counts[1]), max(1.0, counts[5])
    fresh = min(1.0, distinct.count(sheaf.payloads).mid / m)
    novel = _exponent(distinct.count(sheaf.grams).mid, counts[3])
    wide = _exponent(distinct.count(sheaf.cells).mid, min(m, 512.0))
    single, long, many = counts[1] / n, counts[7] / sized, math.log2(1.0 + m) / 12.0
    shares = {
        "single": single,
        "fresh": fresh,
        "novel": novel,
        "wide": wide,
        "templated": 1.0 - min(1.0, distinct.count(sheaf.templates).mid / m),
        "scaffolded": 1.0 - min(1.0, distinct.count(sheaf.scaffolds).mid / m),
        "demands": counts[2] / n,
        "demands.fresh": counts[2] / n * fresh,
        "short": counts[6] / sized,
        "long": long,
        "size": counts[8] / sized / GRAINS / 10.0,
        "given": counts[9] / sized / GRAINS / 10.0,
        "expands": counts[10] / sized / GRAINS,
        "entropy": counts[11] / sized / GRAINS,
        "reasoned": counts[12] / sized,
        "many": many,
        "fresh.long": fresh * long * single,
        "wide.long": wide * long * single,
        "wide.novel": wide * novel * single,
        "novel.many": novel * fresh * single * many,
        "wide.many": wide * fresh * single * many,
    }
    for i in TELLING:
        shares[f"marks.{i}"] = counts[len(COUNTS) + i] / n
        shares[f"marks.{i}.fresh"] = counts[len(COUNTS) + i] / n * fresh
    return shares


def _exponent(different: float, among: float) -> float:
    """Return log different over log among: 1 if all differ, 0 if all are one, hardly moved by how many there are."""
    if among <= 1.0:
        return 0.0
    return min(1.0, max(0.0, math.log(max(1.0, different)) / math.log(among)))
