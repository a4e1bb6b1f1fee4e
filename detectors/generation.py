"""Generation: prompt after prompt asks for what a training set is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import msgspec

from detectors.base import Baseline, Evidence, Family, Observation, QueryObservation
from detectors.sketches import distinct
from detectors.stats import betting, tally
from detectors.stats.tally import GRAINS, Tally

DAILY = 24.0  # starts of a bet in a day: one an hour
PAYLOADS = 7  # lgk: 9.2 % standard error
TASKS, HARDER, BOTH_SIDES, SCORE, COMPARE, SPIN, _TOOLS, CLEAN = (1 << i for i in range(8))  # as ``gateway.asks``
WHOLE = HARDER | BOTH_SIDES  # hardly anybody else asks for these
HALVES = (TASKS, SPIN, CLEAN)  # others do, but seldom two at once
JUDGING = SCORE | COMPARE  # evaluators do as well: a bet of its own
NAMES = ("tasks", "harder", "both_sides", "score", "compare", "spin", "tools", "clean")
TURNS = 2  # messages of a single question


class GenerationState(msgspec.Struct, frozen=True, array_like=True):
    """Trials are questions, successes how plainly they ask for training data, and for verdicts on answers; a sketch of
    the payloads of either; how many there were; the kinds.
    """

    queries: Tally = Tally()
    verdicts: Tally = Tally()
    payloads: bytes = b""
    hits: int = 0
    kinds: tuple[int, ...] = (0,) * len(NAMES)


@dataclass(frozen=True)
class Generation:
    """The client has tasks written, made harder, talks played on both sides, answers scored and compared.

    A question that asks for a task to be made harder, or for both sides of a talk, is worth 1; one for new tasks, for
    material to be spun further, or for a trace to be cleaned, is worth one half, and two of these 1. One for a score
    or a preference counts apart, since evaluators ask for them too. Asking the same again counts less: successes are
    scaled by the share of different payloads among them, so that a judge's run over the same items is not a harvest.
    Both are bet against the highest means of honest subjects of the class, and the two bets are averaged.

    Numbers read from the baseline (``nulls``): ``generation.rate`` and ``generation.verdict_rate``, the highest means
    of an honest subject.

    Example:
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
    nulls: ClassVar[Mapping[str, float]] = MappingProxyType({"generation.rate": 0.1, "generation.verdict_rate": 0.2})
    delay: ClassVar[int] = 40  # questions of a plain recipe until `speaks`, under the default null
    speaks: ClassVar[float] = 13.8  # nats: one in a million
    merge_tolerance: ClassVar[float] = 0.1  # share of the weight (and 0.5 nats): the sketch

    def initial(self) -> GenerationState:
        """Return a subject that asked nothing."""
        return GenerationState()

    def update(self, state: GenerationState, observation: Observation) -> GenerationState:
        """Count a question; those within a conversation or with tools are trials without success."""
        if not isinstance(observation, QueryObservation):
            return state
        asks = observation.asks if observation.turns <= TURNS and not observation.tools else 0
        x, verdict = plainly(asks), 1.0 if asks & JUDGING else 0.0
        queries = tally.add(state.queries, observation.at, x)
        verdicts = tally.add(state.verdicts, observation.at, verdict)
        if not (x or verdict):
            return GenerationState(queries, verdicts, state.payloads, state.hits, state.kinds)
        kinds = tuple([count + (asks >> i & 1) for i, count in enumerate(state.kinds)])
        return GenerationState(
            queries, verdicts, distinct.add(state.payloads, observation.payload, PAYLOADS), state.hits + 1, kinds
        )

    def merge(self, a: GenerationState, b: GenerationState) -> GenerationState:
        """Add the counts, unite the sketches."""
        queries, verdicts = tally.merge(a.queries, b.queries), tally.merge(a.verdicts, b.verdicts)
        kinds = tuple([x + y for x, y in zip(a.kinds, b.kinds, strict=True)])
        payloads = distinct.union(a.payloads, b.payloads, PAYLOADS)
        return GenerationState(queries, verdicts, payloads, a.hits + b.hits, kinds)

    def evidence(self, state: GenerationState, baseline: Baseline) -> Evidence:
        """Bet against both rates and average the two bets."""
        if not state.hits:
            return Evidence()
        rates = tuple([baseline.number(name, default) for name, default in self.nulls.items()])
        trials, both = _columns(state)
        n = sum(trials)
        because = {name: count / n for name, count in zip(NAMES, state.kinds, strict=True) if count}
        because |= {"queries": float(n), "different": min(1.0, distinct.count(state.payloads).mid / state.hits)}
        return Evidence(max(0.0, betting.log_e_mean(trials, both, rates, DAILY)), because)

    def statistic(self, state: GenerationState) -> dict[str, float]:
        """Return what calibration compares among honest subjects, by the names of ``nulls``."""
        trials, both = _columns(state)
        n = sum(trials)
        return {name: sum(k) / n for name, k in zip(self.nulls, both, strict=True)} if n else {}


def plainly(asks: int) -> float:
    """Return how plainly a question's marks ask for training data: 0, one half, or 1."""
    if asks & WHOLE:
        return 1.0
    return min(1.0, 0.5 * sum([bool(asks & half) for half in HALVES]))


def _columns(state: GenerationState) -> tuple[list[int], tuple[list[float], list[float]]]:
    """Return trials, and successes of both kinds, by block, scaled by how different the payloads were."""
    trials, grains = tally.columns(state.queries)
    _, verdicts = tally.columns(state.verdicts)
    scale = min(1.0, distinct.count(state.payloads).low / state.hits) / GRAINS if state.hits else 0.0
    return trials, ([grain * scale for grain in grains], [grain * scale for grain in verdicts])
