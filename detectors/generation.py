"""Generation: prompt after prompt asks for what a training set is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import msgspec

from detectors.base import Baseline, Evidence, Family, Observation
from detectors.batch import Batch
from detectors.sketches import distinct
from detectors.stats import betting, tally
from detectors.stats.tally import GRAINS, Tally

DAILY = 24.0  # starts of a bet in a day: one an hour
PAYLOADS = 7  # lgk: 9.2 % standard error
TASKS, HARDER, BOTH_SIDES, SCORE, COMPARE, SPIN, _TOOLS, CLEAN = (1 << i for i in range(8))  # as ``gateway.asks``
WHOLE = HARDER | BOTH_SIDES  # hardly anybody else asks for these
HALVES = (TASKS, SPIN, CLEAN)  # others do, but seldom two at once
JUDGING = SCORE | COMPARE  # evaluators ask for verdicts as much as harvesters of preferences: told, never bet on
NAMES = ("tasks", "harder", "both_sides", "score", "compare", "spin", "tools", "clean")
TURNS = 2  # messages of a single question


class GenerationState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Trials are questions, successes how plainly they ask for training data; a sketch of such payloads and how many
    there were; the kinds, verdicts among them.
    """

    queries: Tally = Tally()
    payloads: bytes = b""
    hits: int = 0
    kinds: tuple[int, ...] = (0,) * len(NAMES)


@dataclass(frozen=True)
class Generation:
    """The client has tasks written, made harder, talks played on both sides, answers scored and compared.

    A question that asks for a task to be made harder, or for both sides of a talk, is worth 1; one for new tasks, for
    material to be spun further, or for a trace to be cleaned, is worth one half, and two of these 1. Asking the same
    again counts less: successes are scaled by the share of different payloads among them. The bet is against the
    highest mean of honest subjects of the class.

    A score or a preference is counted and told among the reasons, but not bet on: an honest judge of its own model
    asks for nothing else, and on the lab's accounts a bet on it alarmed judges as soon as harvesters of preferences.

    Numbers read from the baseline (``nulls``): ``generation.rate``, the highest mean of an honest subject.

    Example:
        >>> from detectors.base import QueryObservation
        >>> def life(asks, payloads=10**9):
        ...     state = Generation().initial()
        ...     for i in range(60):
        ...         query = QueryObservation(at=60.0 * i, asks=asks, payload=1 + i % payloads)
        ...         state = Generation().update(state, query)
        ...     return Generation().evidence(state, Baseline()).weight
        >>> life(asks=TASKS | SPIN) > 13.8  # self-instruct
        True
        >>> life(asks=0), life(asks=TASKS | SPIN, payloads=3)  # asking; the same three items again and again
        (0.0, 0.0)

    References:
        Wang et al. 2022, "Self-Instruct"; Xu et al. 2023 (Baize, WizardLM); Stillguard's threat notes, section 5.
    """

    name: ClassVar[str] = "generation"
    family: ClassVar[Family] = "content"
    state: ClassVar[type[GenerationState]] = GenerationState
    nulls: ClassVar[Mapping[str, float]] = MappingProxyType({"generation.rate": 0.1})
    delay: ClassVar[int] = 40  # questions of a plain recipe until `speaks`, under the default null
    speaks: ClassVar[float] = 13.8  # nats: one in a million
    merge_tolerance: ClassVar[float] = 0.1  # share of the weight (and 0.5 nats): the sketch

    def initial(self) -> GenerationState:
        """Return a subject that asked nothing."""
        return GenerationState()

    def update(self, state: GenerationState, observation: Observation) -> GenerationState:
        """Count a question."""
        return self.fold(state, (observation,))

    def fold(self, state: GenerationState, observations: Sequence[Observation]) -> GenerationState:
        """Count questions; those within a conversation or with tools are trials without success."""
        batch = Batch.of(observations)
        asked = batch.asked
        if not asked:
            return state
        asks = [query.asks if query.turns <= TURNS and not query.tools else 0 for query in asked]
        successes = [plainly(marks) if marks else 0.0 for marks in asks]
        queries = tally.add_all(state.queries, batch.times, successes)
        telling = [marks for marks, x in zip(asks, successes, strict=True) if x or marks & JUDGING]
        kinds = state.kinds
        for marks in telling:
            kinds = tuple([count + (marks >> i & 1) for i, count in enumerate(kinds)])
        hits = [query.payload for query, x in zip(asked, successes, strict=True) if x]
        payloads = distinct.add_each(state.payloads, hits, PAYLOADS)
        return GenerationState(queries, payloads, state.hits + len(hits), kinds)

    def merge(self, a: GenerationState, b: GenerationState) -> GenerationState:
        """Add the counts, unite the sketches."""
        queries = tally.merge(a.queries, b.queries)
        kinds = tuple([x + y for x, y in zip(a.kinds, b.kinds, strict=True)])
        payloads = distinct.union(a.payloads, b.payloads, PAYLOADS)
        return GenerationState(queries, payloads, a.hits + b.hits, kinds)

    def evidence(self, state: GenerationState, baseline: Baseline) -> Evidence:
        """Bet against the rate."""
        if not state.hits:
            return Evidence()
        rate = baseline.number("generation.rate", self.nulls["generation.rate"])
        trials, successes = _columns(state)
        n = sum(trials)
        because = {name: count / n for name, count in zip(NAMES, state.kinds, strict=True) if count}
        because |= {"queries": float(n), "different": min(1.0, distinct.count(state.payloads).mid / state.hits)}
        return Evidence(max(0.0, betting.log_e_sum(trials, successes, rate, DAILY)), because)

    def statistic(self, state: GenerationState) -> dict[str, float]:
        """Return what calibration compares among honest subjects, by the names of ``nulls``."""
        trials, successes = _columns(state)
        return {"generation.rate": sum(successes) / sum(trials)} if sum(trials) else {}


def plainly(asks: int) -> float:
    """Return how plainly a question's marks ask for training data: 0, one half, or 1."""
    if asks & WHOLE:
        return 1.0
    return min(1.0, 0.5 * sum([bool(asks & half) for half in HALVES]))


def _columns(state: GenerationState) -> tuple[list[int], list[float]]:
    """Return trials and successes by block, scaled by how different the payloads were."""
    trials, grains = tally.columns(state.queries)
    scale = min(1.0, distinct.count(state.payloads).low / state.hits) / GRAINS if state.hits else 0.0
    return trials, [grain * scale for grain in grains]
