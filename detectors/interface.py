"""Interface: parameters that read a model's insides rather than its answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import msgspec

from detectors.base import CEILING, Baseline, Evidence, Family, Observation, QueryObservation
from detectors.batch import Batch
from detectors.stats import betting, tally
from detectors.stats.tally import GRAINS, Tally

DAILY = 24.0  # starts of a bet in a day: one an hour


class InterfaceState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Trials are questions, successes how plainly they probe, and those that lift logits; probes by kind."""

    queries: Tally = Tally()
    lifted: Tally = Tally()
    biased: int = 0
    scored: int = 0


@dataclass(frozen=True)
class Interface:
    """The client sets parameters that serve to read the model's probabilities, not to use its answers.

    Two bets are averaged. A logit bias together with log-probabilities lifts logits out of the model, and honest uses
    of one seldom need the other. Beside it each question is worth x: many log-probabilities over a long text one half
    (a scoring job asks for a handful of tokens), a few over a long text one quarter. Each bet is against the highest
    mean that honest subjects keep to. Many samples of one question are ``resampling``'s to count.

    Numbers read from the baseline (``nulls``): ``interface.rate``, the highest mean x of an honest subject, and
    ``interface.lift_rate``, the highest share of its questions with both bias and log-probabilities.

    Attributes:
        ceiling: most that log-probabilities without a bias ever say, nats: scoring jobs take them as well.
        scoring_tokens: a cap on the answer up to which log-probabilities serve scoring, tokens.
        many_logprobs: alternatives per token from which on they are many.

    Example:
        >>> def life(**parameters):
        ...     state = Interface().initial()
        ...     for i in range(60):
        ...         state = Interface().update(state, QueryObservation(at=60.0 * i, **parameters))
        ...     return Interface().evidence(state, Baseline()).weight
        >>> life(logprobs=5, logit_bias=300) > 13.8  # lifting logits
        True
        >>> life(logprobs=5, max_tokens=1), life(samples=8), life()  # scoring, voting, asking
        (0.0, 0.0, 0.0)

    References:
        Carlini et al. 2024, "Stealing part of a production language model"; Stillguard's threat notes, signal S12.
    """

    ceiling: float = CEILING
    scoring_tokens: float = 16
    many_logprobs: float = 5

    name: ClassVar[str] = "interface"
    family: ClassVar[Family] = "interface"
    state: ClassVar[type[InterfaceState]] = InterfaceState
    nulls: ClassVar[Mapping[str, float]] = MappingProxyType({"interface.rate": 0.1, "interface.lift_rate": 0.05})
    delay: ClassVar[int] = 12  # questions with bias and log-probabilities until `speaks`, under the default null
    speaks: ClassVar[float] = 13.8  # nats: one in a million
    merge_tolerance: ClassVar[float] = 0.0  # counts are exact

    def initial(self) -> InterfaceState:
        """Return a subject that asked nothing."""
        return InterfaceState()

    def update(self, state: InterfaceState, observation: Observation) -> InterfaceState:
        """Count a question."""
        return self.fold(state, (observation,))

    def fold(self, state: InterfaceState, observations: Sequence[Observation]) -> InterfaceState:
        """Count questions."""
        batch = Batch.of(observations)
        if not batch.asked:
            return state
        times = batch.times
        biased, scored = zip(*map(self._probes, batch.asked), strict=True)
        return InterfaceState(
            tally.add_all(state.queries, times, scored),
            tally.add_all(state.lifted, times, biased),
            state.biased + sum([x > 0 for x in biased]),
            state.scored + sum([x > 0 for x in scored]),
        )

    def merge(self, a: InterfaceState, b: InterfaceState) -> InterfaceState:
        """Add the counts."""
        queries = tally.merge(a.queries, b.queries)
        lifted = tally.merge(a.lifted, b.lifted)
        return InterfaceState(queries, lifted, a.biased + b.biased, a.scored + b.scored)

    def evidence(self, state: InterfaceState, baseline: Baseline) -> Evidence:
        """Bet against both rates and average the two bets."""
        trials, grains = tally.columns(state.queries)
        _, lifted = tally.columns(state.lifted)
        if not any(grains) and not any(lifted):
            return Evidence()
        rate, lift = (baseline.number(name, default) for name, default in self.nulls.items())
        scored = betting.log_e_sum(trials, [grain / GRAINS for grain in grains], rate, DAILY)
        lifts = betting.log_e_sum(trials, [grain / GRAINS for grain in lifted], lift, DAILY)
        bet = betting.log_mean(min(self.ceiling, scored), lifts)
        n = sum(trials)
        because = {
            "queries": float(n),
            "bias_with_logprobs_share": state.biased / n,
            "logprobs_over_long_text_share": state.scored / n,
        }
        return Evidence(max(0.0, bet), because)

    def statistic(self, state: InterfaceState) -> dict[str, float]:
        """Return what calibration compares among honest subjects, by the names of ``nulls``."""
        n, k = tally.totals(state.queries)
        _, lifted = tally.totals(state.lifted)
        return {"interface.rate": k / n, "interface.lift_rate": lifted / n} if n else {}

    def _probes(self, query: QueryObservation) -> tuple[float, float]:
        """Return how plainly a question probes by bias with log-probabilities, and by these alone; each from 0 to 1."""
        if query.logprobs <= 0:
            return 0.0, 0.0
        biased = 1.0 if query.logit_bias > 0 else 0.0
        scored = 0.0
        if not 0 < query.max_tokens <= self.scoring_tokens:
            scored = 0.5 if query.logprobs >= self.many_logprobs else 0.25
        return biased, scored
