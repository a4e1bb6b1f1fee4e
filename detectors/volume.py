"""Volume: more new answers in a week than clients of this kind ever take."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import msgspec

from detectors.base import AnswerObservation, Baseline, Evidence, Family, Observation
from detectors.sketches import distinct
from detectors.stats import likeness, tally

WEEK = 168  # hours
PAYLOADS = 9  # lgk: 4.6 % standard error
TURNS = 2  # messages of a single question


class VolumeState(msgspec.Struct, frozen=True, array_like=True):
    """The newest week, counted from 1970 (-1 if none), its answers and different questions, and those before."""

    week: int = -1
    answers: int = 0
    payloads: bytes = b""
    before: int = 0
    before_payloads: bytes = b""


@dataclass(frozen=True)
class Volume:
    """The client takes home answers to more different single questions than its kind does in a week, or in its life.

    What a subscription is for depends on who has it: a labeller takes thousands of labels, a person some dozens of
    answers. Compared is the logarithm of the number of different single questions answered, with the tail of the
    honest subjects of the class; see ``detectors.stats.likeness``. It is a quota seen from the other side: nobody
    tells the client, and it costs an honest giant a few nats at most.

    Numbers read from the baseline: ``volume.many`` (the weight of the logarithm, 1) and ``volume.tail.*``.

    Attributes:
        ceiling: most that it ever says, nats: size alone never condemns.

    Example:
        >>> from detectors.base import QueryObservation
        >>> numbers = {"volume.many": 1.0, "volume.tail.from": 6.0, "volume.tail.scale": 0.5}
        >>> def life(n):
        ...     asked = [QueryObservation(at=60.0 * i, payload=i) for i in range(n)]
        ...     said = [AnswerObservation(at=query.at, query=query) for query in asked]
        ...     return round(Volume().evidence(Volume().fold(Volume().initial(), said), Baseline(numbers=numbers)).weight, 1)
        >>> life(4000) > 4.0, life(50)
        (True, 0.0)

    References:
        CISA AA26-251A ("new accounts that immediately reach maximum quota"); Stillguard's threat notes, S5 and S9.
    """

    ceiling: float = 9.2

    name: ClassVar[str] = "volume"
    family: ClassVar[Family] = "timing"
    state: ClassVar[type[VolumeState]] = VolumeState
    nulls: ClassVar[Mapping[str, float]] = MappingProxyType({})
    signs: ClassVar[Mapping[str, int]] = MappingProxyType({"many": 1})
    merge_tolerance: ClassVar[float] = 0.1  # share of the weight (and 0.5 nats): the sketch

    def initial(self) -> VolumeState:
        """Return a subject that was never answered."""
        return VolumeState()

    def update(self, state: VolumeState, observation: Observation) -> VolumeState:
        """Count one answer."""
        return self.fold(state, (observation,))

    def fold(self, state: VolumeState, observations: Sequence[Observation]) -> VolumeState:
        """Count answers to single questions."""
        weeks: dict[int, list[int]] = {}
        for answer in observations:
            if not isinstance(answer, AnswerObservation) or answer.status >= 400:  # noqa: PLR2004 - HTTP's own
                continue
            query = answer.query
            if query.turns <= TURNS and not query.tools and not query.tool_results:
                weeks.setdefault(tally.block_of(query.at) // WEEK, []).append(query.payload)
        for week in sorted(weeks):
            if week == state.week:
                payloads = distinct.add_all(state.payloads, weeks[week], PAYLOADS)
                answers = state.answers + len(weeks[week])
                state = VolumeState(week, answers, payloads, state.before, state.before_payloads)
            else:
                one = VolumeState(week, len(weeks[week]), distinct.add_all(b"", weeks[week], PAYLOADS))
                state = self.merge(state, one)
        return state

    def merge(self, a: VolumeState, b: VolumeState) -> VolumeState:
        """Add the counts, unite the sketches; what is not of the newest week is of before."""
        if a.week < b.week:
            a, b = b, a
        before = a.before + b.before
        earlier = distinct.union(a.before_payloads, b.before_payloads, PAYLOADS)
        if a.week == b.week:
            both = distinct.union(a.payloads, b.payloads, PAYLOADS)
            return VolumeState(a.week, a.answers + b.answers, both, before, earlier)
        earlier = distinct.union(earlier, b.payloads, PAYLOADS)
        return VolumeState(a.week, a.answers, a.payloads, before + b.answers, earlier)

    def evidence(self, state: VolumeState, baseline: Baseline) -> Evidence:
        """Weigh the whole life."""
        ((n, shares),) = self.spans(state)
        weight = likeness.log_e(self.name, shares, n, baseline)
        if not weight:
            return Evidence()
        because = {"answers": n, "different": math.exp(shares["many"]) - 1.0}
        return Evidence(min(self.ceiling, weight), because)

    def statistic(self, state: VolumeState) -> dict[str, float]:
        """Return nothing: calibration learns from ``spans``."""
        return {}

    def spans(self, state: VolumeState) -> list[tuple[float, dict[str, float]]]:
        """Return answers, and the logarithm of the different questions among them: what the tail is learnt on."""
        everything = distinct.union(state.payloads, state.before_payloads, PAYLOADS)
        n = float(state.answers + state.before)
        return [(n, {"many": math.log1p(min(n, distinct.count(everything).mid))})]
