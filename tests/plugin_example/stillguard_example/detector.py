"""Greedy: asks for the likeliest words only, question after question."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from detectors.base import CEILING, Baseline, Evidence, Family, Observation, QueryObservation
from detectors.stats import betting, tally
from detectors.stats.tally import GRAINS, Tally


@dataclass(frozen=True)
class Greedy:
    """The client decodes greedily, as somebody does who labels a training set and wants no surprises.

    Each question is a trial, and a success if its temperature is at most ``most``. The bet is against the highest
    share of such questions that honest subjects keep to, ``greedy.rate`` of the baseline.

    Attributes:
        most: temperature up to which decoding counts as greedy.
        ceiling: most that it ever says, nats: honest batch jobs decode greedily too.
    """

    most: float = 0.0
    ceiling: float = CEILING

    name: ClassVar[str] = "greedy"
    family: ClassVar[Family] = "interface"
    state: ClassVar[type[Tally]] = Tally
    nulls: ClassVar[Mapping[str, float]] = MappingProxyType({"greedy.rate": 0.5})
    delay: ClassVar[int] = 40  # questions until `speaks`, under the default null
    speaks: ClassVar[float] = CEILING
    merge_tolerance: ClassVar[float] = 0.0  # counts are exact

    def initial(self) -> Tally:
        """Return a subject that asked nothing."""
        return Tally()

    def update(self, state: Tally, observation: Observation) -> Tally:
        """Count a question."""
        if not isinstance(observation, QueryObservation):
            return state
        return tally.add(state, observation.at, float(0.0 <= observation.temperature <= self.most))

    def merge(self, a: Tally, b: Tally) -> Tally:
        """Add the counts."""
        return tally.merge(a, b)

    def evidence(self, state: Tally, baseline: Baseline) -> Evidence:
        """Bet against the rate."""
        trials, grains = tally.columns(state)
        if not any(grains):
            return Evidence()
        rate = baseline.number("greedy.rate", self.nulls["greedy.rate"])
        bet = betting.log_e_sum(trials, [grain / GRAINS for grain in grains], rate, 24.0)
        return Evidence(min(self.ceiling, max(0.0, bet)), {"greedy_share": sum(grains) / GRAINS / sum(trials)})

    def statistic(self, state: Tally) -> dict[str, float]:
        """Return what calibration compares among honest subjects."""
        n, k = tally.totals(state)
        return {"greedy.rate": k / n} if n else {}
