"""Volume: more long new answers than clients of this kind ever take home."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import msgspec

from detectors.base import Baseline, Evidence, Family, Observation
from detectors.batch import Batch
from detectors.sketches import distinct
from detectors.stats import likeness
from detectors.taking import Worth

PAYLOADS = 9  # lgk: 4.6 % standard error
WORTH = Worth()


class VolumeState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Answers, those worth taking, and a sketch of the different questions that they answer."""

    answers: int = 0
    taken: int = 0
    payloads: bytes = b""


@dataclass(frozen=True)
class Volume:
    """The client takes home long answers to more different single questions than its kind ever does.

    An evaluation ends with its benchmark and comes back to its items, a catalogue ends with its goods, a person gets
    tired, a labeller takes words: a harvest goes on. What is compared is the logarithm of the number of different
    single questions whose answers are worth taking (``detectors.taking``), with the tail of the honest subjects of
    the class; see ``detectors.stats.likeness``. Honest volumes have heavy tails, so ten times what the busiest fifth
    takes is worth some five nats, and speaks for a mild measure only beside another family.

    Numbers read from the baseline: ``volume.taken`` (the weight of the logarithm, 1) and ``volume.tail.*``.

    Attributes:
        ceiling: most that it ever says, nats: size alone never condemns.

    Example:
        >>> from detectors.base import AnswerObservation, QueryObservation
        >>> numbers = {"volume.taken": 1.0, "volume.tail.from": 6.0, "volume.tail.scale": 0.4}
        >>> def life(n, tokens):
        ...     asked = [QueryObservation(at=60.0 * i, payload=i) for i in range(n)]
        ...     said = [AnswerObservation(at=query.at, query=query, completion_tokens=tokens) for query in asked]
        ...     state = Volume().fold(Volume().initial(), said)
        ...     return round(Volume().evidence(state, Baseline(numbers=numbers)).weight, 1)
        >>> life(4000, 500) >= 4.0, life(4000, 3), life(50, 500)
        (True, 0.0, 0.0)

    References:
        CISA AA26-251A ("new accounts that immediately reach maximum quota"); Stillguard's threat notes, S5 and S9.
    """

    ceiling: float = 9.2

    name: ClassVar[str] = "volume"
    family: ClassVar[Family] = "timing"
    state: ClassVar[type[VolumeState]] = VolumeState
    nulls: ClassVar[Mapping[str, float]] = MappingProxyType({})
    signs: ClassVar[Mapping[str, int]] = MappingProxyType({"taken": 1})
    delay: ClassVar[int] = 4000  # long new answers until `speaks`, where four hundred begin a narrow tail
    speaks: ClassVar[float] = 4.6  # nats: one in a hundred
    merge_tolerance: ClassVar[float] = 0.1  # share of the weight (and 0.5 nats): the sketch
    # A group has taken what all its members took, and the tail is that of single honest subjects.
    merges: ClassVar[bool] = False

    def initial(self) -> VolumeState:
        """Return a subject that was never answered."""
        return VolumeState()

    def update(self, state: VolumeState, observation: Observation) -> VolumeState:
        """Count one answer."""
        return self.fold(state, (observation,))

    def fold(self, state: VolumeState, observations: Sequence[Observation]) -> VolumeState:
        """Count answers, and those worth taking."""
        batch = Batch.of(observations)
        answers = batch.answered
        if not answers:
            return state
        taken = [one.query.payload for one, worth in zip(answers, batch.worth(WORTH), strict=True) if worth]
        payloads = distinct.add_all(state.payloads, taken, PAYLOADS) if taken else state.payloads
        return VolumeState(state.answers + len(answers), state.taken + len(taken), payloads)

    def merge(self, a: VolumeState, b: VolumeState) -> VolumeState:
        """Add the counts, unite the sketches."""
        payloads = distinct.union(a.payloads, b.payloads, PAYLOADS)
        return VolumeState(a.answers + b.answers, a.taken + b.taken, payloads)

    def evidence(self, state: VolumeState, baseline: Baseline) -> Evidence:
        """Weigh the whole life."""
        if not likeness.enough(state.taken):
            return Evidence()
        ((n, shares),) = self.spans(state, baseline)  # who took hardly anything is not among those compared with
        weight = likeness.log_e(self.name, shares, n, baseline)
        if not weight:
            return Evidence()
        because = {"answers": float(state.answers), "taken": n, "different": math.expm1(shares["taken"])}
        return Evidence(min(self.ceiling, weight), because)

    def spans(self, state: VolumeState, _baseline: Baseline) -> list[tuple[float, dict[str, float]]]:
        """Return answers taken, and the logarithm of the different ones: what the tail is learnt on."""
        different = min(float(state.taken), distinct.count(state.payloads).mid) if state.taken else 0.0
        return [(float(state.taken), {"taken": math.log1p(different)})]
