"""Departure: what is asked lies far from what the class asks, or wider than any of its clients roams."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from operator import add
from types import MappingProxyType
from typing import ClassVar, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from detectors.base import Baseline, Evidence, Family, Observation
from detectors.batch import Batch
from detectors.stats import kernels, likeness

Floats: TypeAlias = npt.NDArray[np.float64]

GRAINS = 64  # features are added in whole sixty-fourths, which add alike in every order


class DepartureState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How many single questions had an embedding, and the sums of their random Fourier features, sixty-fourths."""

    n: int = 0
    sums: tuple[int, ...] = ()


@dataclass(frozen=True)
class Departure:
    """The client's questions are not where its class asks, or are spread wider than one purpose needs.

    The mean of random Fourier features is the kernel mean of all that was asked, and adds up over accounts. From it
    come the squared maximum mean discrepancy to the class (how far away), and the mean kernel between the subject's
    own questions (how narrow: it is 1 for one question asked for ever and near 0 for a sweep). Both are unbiased in
    the number of questions. They are weighed together with what else a question can be, and face the class's tail;
    see ``detectors.stats.likeness``. Text does not transfer, so being elsewhere is weak evidence; being everywhere is
    more.

    Numbers read from the baseline: means ``departure`` of each class, ``departure.<share>``, ``departure.tail.*``.

    Example:
        >>> from random import Random
        >>> from detectors.base import QueryObservation
        >>> numbers = {"departure.spread": 9.0, "departure.tail.from": 7.0, "departure.tail.scale": 0.1}
        >>> def life(turn):
        ...     dice, asked = Random(1), []
        ...     for i in range(200):
        ...         direction = bytes(round(40 + turn * dice.gauss(0.0, 40.0)) % 256 for _ in range(96))
        ...         asked.append(QueryObservation(at=60.0 * i, vector=direction))
        ...     state = Departure().fold(Departure().initial(), asked)
        ...     return round(Departure().evidence(state, Baseline(numbers=numbers)).weight, 1)
        >>> life(turn=3.0) > 3.0, life(turn=0.1)
        (True, 0.0)

    References:
        Gretton et al. 2012 (MMD); Rahimi, Recht 2007 (random Fourier features); LabRAI 2026, arXiv 2606.05725;
        Stillguard's threat notes, signal S8.
    """

    name: ClassVar[str] = "departure"
    family: ClassVar[Family] = "content"
    state: ClassVar[type[DepartureState]] = DepartureState
    nulls: ClassVar[Mapping[str, float]] = MappingProxyType({})
    signs: ClassVar[Mapping[str, int]] = MappingProxyType({"apart": 1, "spread": 1, "spread.many": 1, "apart.many": 1})
    delay: ClassVar[int] = 200  # questions from everywhere until `speaks`, if the spread has a weight and a narrow tail
    speaks: ClassVar[float] = 6.9  # nats: one in a thousand
    merge_tolerance: ClassVar[float] = 0.0  # sums are exact
    # A group of people spreads wider than any of them, and the tail is that of single honest subjects.
    merges: ClassVar[bool] = False

    def initial(self) -> DepartureState:
        """Return a subject that asked nothing."""
        return DepartureState()

    def update(self, state: DepartureState, observation: Observation) -> DepartureState:
        """Add one question's features."""
        return self.fold(state, (observation,))

    def fold(self, state: DepartureState, observations: Sequence[Observation]) -> DepartureState:
        """Add the features of single questions."""
        return self.fold_all([state], [observations])[0]

    def fold_all(
        self, states: Sequence[DepartureState], batches: Sequence[Sequence[Observation]]
    ) -> list[DepartureState]:
        """Fold the questions of many subjects: few at a time, features cost several times as much."""
        after = list(states)
        asked = [_vectors(Batch.of(observations)) for observations in batches]
        for dims in {len(vector) for vectors in asked for vector in vectors}:
            some = [[vector for vector in vectors if len(vector) == dims] for vectors in asked]
            places = [place for place, vectors in enumerate(some) if vectors]
            for place, sums in zip(places, _sums([some[place] for place in places]), strict=True):
                state = after[place]
                was = state.sums or (0,) * kernels.FEATURES
                after[place] = DepartureState(state.n + len(some[place]), tuple(map(add, was, sums)))
        return after

    def merge(self, a: DepartureState, b: DepartureState) -> DepartureState:
        """Add the sums."""
        if not a.n or not b.n:
            return a if a.n else b
        return DepartureState(a.n + b.n, tuple([x + y for x, y in zip(a.sums, b.sums, strict=True)]))

    def evidence(self, state: DepartureState, baseline: Baseline) -> Evidence:
        """Weigh the whole life."""
        if not likeness.enough(state.n):
            return Evidence()
        ((n, shares),) = self.spans(state, baseline)
        weight = likeness.log_e(self.name, shares, n, baseline)
        if not weight:
            return Evidence()
        return Evidence(weight, {"queries": n, "apart": shares["apart"], "spread": shares["spread"]})

    def mean(self, state: DepartureState) -> Floats:
        """Return the mean features, shape (FEATURES,); zeros of nothing."""
        if not state.n:
            return np.zeros(kernels.FEATURES)
        return (np.array(state.sums, dtype=np.float64) + 0.5 * state.n) / (GRAINS * state.n)

    def spans(self, state: DepartureState, baseline: Baseline) -> list[tuple[float, dict[str, float]]]:
        """Return questions and shares of the whole life: what the weights are learnt on."""
        if state.n < 2:  # noqa: PLR2004 - one question has no spread
            return [(float(state.n), dict.fromkeys(self.signs, 0.0))]
        mean = self.mean(state)
        within = (state.n * float(mean @ mean) - 1.0) / (state.n - 1)
        learnt = baseline.row(self.name)
        reference = learnt if len(learnt) else np.zeros(len(mean))
        apart = within - 2.0 * float(mean @ reference) + float(reference @ reference)
        spread, apart = min(1.0, max(0.0, 1.0 - within)), min(1.0, max(0.0, apart))
        many = math.log2(1.0 + state.n) / 12.0
        shares = {"apart": apart, "spread": spread, "spread.many": spread * many, "apart.many": apart * many}
        return [(float(state.n), shares)]


def _vectors(batch: Batch) -> list[bytes]:
    """Return the embeddings of single questions."""
    return [query.vector for query, one in zip(batch.asked, batch.single, strict=True) if one and query.vector]


def _sums(groups: Sequence[Sequence[bytes]]) -> list[list[int]]:
    """Return the sum of the features of each group of embeddings, in sixty-fourths; no group is empty."""
    rows = np.frombuffer(b"".join(chain.from_iterable(groups)), np.int8).reshape(sum(map(len, groups)), -1)
    waves = kernels.features(rows)
    waves *= GRAINS
    np.floor(waves, out=waves)  # whole numbers: exact in any order
    begins = list(accumulate(map(len, groups[:-1]), initial=0))
    sums: list[list[int]] = np.add.reduceat(waves, begins, axis=0).astype(np.int64).tolist()
    return sums
