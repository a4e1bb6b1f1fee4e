"""Consumption: one new question after another, each on its own, each for an answer that is kept."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import msgspec

from detectors.base import CEILING, AnswerObservation, Baseline, Evidence, Family, Observation
from detectors.batch import Batch
from detectors.sketches import distinct
from detectors.stats import betting, tally
from detectors.stats.tally import GRAINS, Tally

DAILY = 24.0  # starts of a bet in a day: one an hour
PAYLOADS = 8  # lgk: 6.5 % standard error
TURNS = 2  # messages of a single question
CHARS = 4  # characters in a token, where the model did not count


class ConsumptionState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Trials are answers, successes those kept; a sketch of the questions they were kept for, and how many."""

    answers: Tally = Tally()
    payloads: bytes = b""
    kept: int = 0


@dataclass(frozen=True)
class Consumption:
    """The client asks single questions without tools, each a new one, and takes an answer of some length for each.

    It is how a batch uses the interface, whatever it asks: people go on talking, agents go on working, apps name their
    users and get the same questions again; labelling takes a word. In a log without answers each is taken to be as
    long as its cap. Successes are scaled by the share of different
    questions among those kept, so that an evaluation which comes back to its items counts less. Honest batch jobs do
    it too. So the rate is that of clients who interact, the weight stops at ``ceiling``, and alone it never condemns:
    it makes what is asked more serious, or less.

    Numbers read from the baseline (``nulls``): ``consumption.rate``, the highest share of an interacting honest
    subject's answers.

    Attributes:
        ceiling: most that it ever says, nats.
        tokens: an answer from here on is more than a label, tokens a choice.
        expands: and it is at least so many times what was handed in: who hands in a document wants it used.

    Example:
        >>> from detectors.base import QueryObservation
        >>> def life(payloads, tokens, turns=1):
        ...     state = Consumption().initial()
        ...     for i in range(80):
        ...         query = QueryObservation(at=60.0 * i, payload=1 + i % payloads, turns=turns)
        ...         answer = AnswerObservation(at=60.0 * i, query=query, completion_tokens=tokens)
        ...         state = Consumption().update(state, answer)
        ...     return round(Consumption().evidence(state, Baseline()).weight, 1)
        >>> life(80, 300), life(80, 3), life(5, 300), life(80, 300, turns=5)
        (4.6, 0.0, 0.0, 0.0)

    References:
        Stillguard's threat notes, signals S5 and S6; Shin, Ramdas, Rinaldo 2023.
    """

    ceiling: float = CEILING
    tokens: float = 48
    expands: float = 0.5

    name: ClassVar[str] = "consumption"
    family: ClassVar[Family] = "interface"
    state: ClassVar[type[ConsumptionState]] = ConsumptionState
    nulls: ClassVar[Mapping[str, float]] = MappingProxyType({"consumption.rate": 0.5})
    delay: ClassVar[int] = 40  # queries of a plain harvester until `speaks`, under the default null
    speaks: ClassVar[float] = CEILING  # nats: one in a hundred
    merge_tolerance: ClassVar[float] = 0.1  # share of the weight (and 0.5 nats): the sketch

    def initial(self) -> ConsumptionState:
        """Return a subject that was never answered."""
        return ConsumptionState()

    def update(self, state: ConsumptionState, observation: Observation) -> ConsumptionState:
        """Count an answer."""
        return self.fold(state, (observation,))

    def fold(self, state: ConsumptionState, observations: Sequence[Observation]) -> ConsumptionState:
        """Count answers; errors of the model and bare queries are no trials."""
        said = Batch.of(observations).answered
        if not said:
            return state
        kept = [self._keeps(answer) for answer in said]
        answers = tally.add_all(state.answers, [answer.query.at for answer in said], kept)
        payloads = [answer.query.payload for answer, x in zip(said, kept, strict=True) if x]
        sketch = distinct.add_each(state.payloads, payloads, PAYLOADS)
        return ConsumptionState(answers, sketch, state.kept + len(payloads))

    def _keeps(self, answer: AnswerObservation) -> float:
        """Return 1 for an answer of some length to a single question without tools, else 0."""
        query = answer.query
        if query.turns > TURNS or query.tools or query.tool_results:
            return 0.0
        counted = answer.completion_tokens or (answer.text_chars + answer.reasoning_chars) / CHARS
        if not counted and not answer.tool_calls:  # a log without answers: as long as it may have been
            counted = float(query.max_tokens) if query.max_tokens > 0 else math.inf
        least = max(self.tokens, self.expands * query.payload_chars / CHARS)
        return 0.0 if counted / max(1, answer.choices) < least else 1.0

    def merge(self, a: ConsumptionState, b: ConsumptionState) -> ConsumptionState:
        """Add the counts, unite the sketches."""
        payloads = distinct.union(a.payloads, b.payloads, PAYLOADS)
        return ConsumptionState(tally.merge(a.answers, b.answers), payloads, a.kept + b.kept)

    def evidence(self, state: ConsumptionState, baseline: Baseline) -> Evidence:
        """Bet against the rate."""
        if not state.kept:
            return Evidence()
        trials, grains = tally.columns(state.answers)
        fresh = min(1.0, distinct.count(state.payloads).low / state.kept)
        rate = baseline.number("consumption.rate", self.nulls["consumption.rate"])
        bet = betting.log_e_sum(trials, [grain * fresh / GRAINS for grain in grains], rate, DAILY)
        because = {"answers": float(sum(trials)), "kept": float(state.kept), "fresh": fresh}
        return Evidence(min(self.ceiling, max(0.0, bet)), because)

    def statistic(self, state: ConsumptionState) -> dict[str, float]:
        """Return what calibration compares among honest subjects, by the names of ``nulls``."""
        n, k = tally.totals(state.answers)
        fresh = min(1.0, distinct.count(state.payloads).low / state.kept) if state.kept else 0.0
        return {"consumption.rate": k * fresh / n} if n else {}
