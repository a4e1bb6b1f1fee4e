"""Volume: more new answers than clients of this kind ever take."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import msgspec

from detectors.base import CEILING, Baseline, Evidence, Family, Observation
from detectors.batch import Batch, is_single
from detectors.sketches import distinct
from detectors.stats import likeness

PAYLOADS = 9  # lgk: 4.6 % standard error


class VolumeState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Single questions answered, and a sketch of the different ones."""

    answers: int = 0
    payloads: bytes = b""


@dataclass(frozen=True)
class Volume:
    """The client takes home answers to more different single questions than its kind ever does.

    What a subscription is for depends on who has it: a labeller takes thousands of labels, a person some dozens of
    answers. Compared is the logarithm of the number of different single questions answered, with the tail of the
    honest subjects of the class; see ``detectors.stats.likeness``. It is a quota seen from the other side: nobody
    tells the client, and it costs an honest giant a few nats at most.

    Numbers read from the baseline: ``volume.many`` (the weight of the logarithm, 1) and ``volume.tail.*``.

    Attributes:
        ceiling: most that it ever says, nats: size alone never condemns.

    Example:
        >>> from detectors.base import AnswerObservation, QueryObservation
        >>> numbers = {"volume.many": 1.0, "volume.tail.from": 6.0, "volume.tail.scale": 0.2}
        >>> def life(n):
        ...     asked = [QueryObservation(at=60.0 * i, payload=i) for i in range(n)]
        ...     said = [AnswerObservation(at=query.at, query=query) for query in asked]
        ...     state = Volume().fold(Volume().initial(), said)
        ...     return round(Volume().evidence(state, Baseline(numbers=numbers)).weight, 1)
        >>> life(4000) >= 4.0, life(50)
        (True, 0.0)

    References:
        CISA AA26-251A ("new accounts that immediately reach maximum quota"); Stillguard's threat notes, S5 and S9.
    """

    ceiling: float = CEILING

    name: ClassVar[str] = "volume"
    family: ClassVar[Family] = "timing"
    state: ClassVar[type[VolumeState]] = VolumeState
    nulls: ClassVar[Mapping[str, float]] = MappingProxyType({})
    signs: ClassVar[Mapping[str, int]] = MappingProxyType({"many": 1})
    delay: ClassVar[int] = 4000  # new questions answered until `speaks`, where four hundred begin a narrow tail
    speaks: ClassVar[float] = CEILING  # nats: one in a hundred
    merge_tolerance: ClassVar[float] = 0.1  # share of the weight (and 0.5 nats): the sketch

    def initial(self) -> VolumeState:
        """Return a subject that was never answered."""
        return VolumeState()

    def update(self, state: VolumeState, observation: Observation) -> VolumeState:
        """Count one answer."""
        return self.fold(state, (observation,))

    def fold(self, state: VolumeState, observations: Sequence[Observation]) -> VolumeState:
        """Count answers to single questions."""
        single = [answer.query.payload for answer in Batch.of(observations).answered if is_single(answer.query)]
        if not single:
            return state
        return VolumeState(state.answers + len(single), distinct.add_all(state.payloads, single, PAYLOADS))

    def merge(self, a: VolumeState, b: VolumeState) -> VolumeState:
        """Add the counts, unite the sketches."""
        return VolumeState(a.answers + b.answers, distinct.union(a.payloads, b.payloads, PAYLOADS))

    def evidence(self, state: VolumeState, baseline: Baseline) -> Evidence:
        """Weigh the whole life."""
        if not likeness.enough(state.answers):
            return Evidence()
        ((n, shares),) = self.spans(state, baseline)
        weight = likeness.log_e(self.name, shares, n, baseline)
        if not weight:
            return Evidence()
        because = {"answers": n, "different": math.exp(shares["many"]) - 1.0}
        return Evidence(min(self.ceiling, weight), because)

    def spans(self, state: VolumeState, _baseline: Baseline) -> list[tuple[float, dict[str, float]]]:
        """Return answers, and the logarithm of the different questions among them: what the tail is learnt on."""
        n = float(state.answers)
        return [(n, {"many": math.log1p(min(n, distinct.count(state.payloads).mid))})]
