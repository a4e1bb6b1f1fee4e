"""Resampling: one question asked many times over while answers differ, or a pair of texts in both orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from types import MappingProxyType
from typing import ClassVar

import msgspec

from detectors.base import CEILING, Baseline, Evidence, Family, Observation, QueryObservation
from detectors.batch import Batch
from detectors.sketches import distinct
from detectors.stats import betting, tally
from detectors.stats.tally import GRAINS, Tally

DAILY = 24.0  # starts of a bet in a day: one an hour
REMEMBERED = 32  # newest questions among which one is found again
WORD = 0xFFFFFFFF
DIFFERENT = 5  # lgk: 18 % standard error
ENOUGH = 12  # different questions drawn anew: a load test has fewer, a harvest soon has more


class ResamplingState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Trials are questions, successes those asked again; the newest payloads and bags, newest last; the kinds; a sketch
    of the different payloads that were drawn anew.
    """

    queries: Tally = Tally()
    payloads: tuple[int, ...] = ()
    bags: tuple[int, ...] = ()
    again: int = 0
    swapped: int = 0
    sampled: int = 0
    different: bytes = b""


@dataclass(frozen=True)
class Resampling:
    """The client draws several answers to one question, to keep the best or to learn from all of them.

    A question counts if it stands among the subject's last 32 and answers differ from draw to draw (a temperature of
    ``hot`` or more, or none set), if it asks for ``many`` answers at once under such a temperature, or if its sentences
    were asked in another order just before: preference labels are drawn in both orders. An evaluation that comes back
    to its items at the next checkpoint does not count, nor does one without heat. Voting evaluations do: hence the
    class's own rate.

    Only single questions without tools count, and in full only once a dozen different ones were drawn anew.

    Merging keeps the newest questions of both, so what one member asks again of another's is seen from then on only.

    Numbers read from the baseline (``nulls``): ``resampling.rate``, the highest share of an honest subject's questions.

    Attributes:
        hot: temperature from which on answers differ; one that is not set counts as 1.
        many: answers to one question from which on they are many.
        ceiling: most that it ever says, nats: an honest evaluation that votes draws as often as a harvester.

    Example:
        >>> def life(draws, heat=1.0):
        ...     state = Resampling().initial()
        ...     for i in range(120):
        ...         query = QueryObservation(at=60.0 * i, payload=1 + i // draws, temperature=heat)
        ...         state = Resampling().update(state, query)
        ...     return Resampling().evidence(state, Baseline()).weight
        >>> life(draws=8), life(draws=1), life(draws=8, heat=0.0)
        (4.6, 0.0, 0.0)

    References:
        Ho et al. 2022, "Large language models are reasoning teachers" (8 to 64 draws); Wang et al. 2023, "Large
        language models are not fair evaluators" (swapped pairs); Stillguard's threat notes, signal S12.
    """

    hot: float = 0.3
    many: float = 4
    ceiling: float = CEILING

    name: ClassVar[str] = "resampling"
    family: ClassVar[Family] = "interface"
    state: ClassVar[type[ResamplingState]] = ResamplingState
    nulls: ClassVar[Mapping[str, float]] = MappingProxyType({"resampling.rate": 0.25})
    delay: ClassVar[int] = 96  # questions, eight draws each, until `speaks`, under the default null
    speaks: ClassVar[float] = CEILING  # nats: one in a hundred
    merge_tolerance: ClassVar[float] = inf

    def initial(self) -> ResamplingState:
        """Return a subject that asked nothing."""
        return ResamplingState()

    def update(self, state: ResamplingState, observation: Observation) -> ResamplingState:
        """Count one question."""
        return self.fold(state, (observation,))

    def fold(self, state: ResamplingState, observations: Sequence[Observation]) -> ResamplingState:
        """Look for questions among the newest, and count them."""
        batch = Batch.of(observations)
        asked = batch.asked
        if not asked:
            return state
        payloads, bags, drawn = list(state.payloads), list(state.bags), list[int]()
        kinds, successes = [state.again, state.swapped, state.sampled], [0.0] * len(asked)
        for place, query in enumerate(asked):
            if not batch.single[place]:
                continue
            if self._drawn_anew(query, payloads, bags, kinds):
                successes[place] = 1.0
                drawn.append(query.bag or query.payload & WORD)
            _remember(payloads, query.payload & WORD)
            if query.bag & WORD:
                _remember(bags, query.bag & WORD)
        queries = tally.add_all(state.queries, batch.times, successes)
        different = distinct.add_each(state.different, drawn, DIFFERENT)
        return ResamplingState(queries, tuple(payloads), tuple(bags), kinds[0], kinds[1], kinds[2], different)

    def _drawn_anew(
        self, query: QueryObservation, payloads: Sequence[int], bags: Sequence[int], kinds: list[int]
    ) -> bool:
        """Say whether a question is one of the newest again, and count how."""
        payload, bag = query.payload & WORD, query.bag & WORD
        hot = not 0.0 <= query.temperature < self.hot
        known = payload in payloads
        again = hot and payload != 0 and known
        swapped = bag != 0 and not known and bag in bags
        sampled = hot and query.samples >= self.many
        kinds[0] += again
        kinds[1] += swapped
        kinds[2] += sampled
        return again or swapped or sampled

    def merge(self, a: ResamplingState, b: ResamplingState) -> ResamplingState:
        """Add the counts; the newest questions of both stay."""
        if (a.queries.block, a.payloads) < (b.queries.block, b.payloads):
            a, b = b, a
        half = REMEMBERED // 2
        payloads = (*b.payloads[-half:], *a.payloads[-half:]) if b.payloads else a.payloads
        bags = (*b.bags[-half:], *a.bags[-half:]) if b.bags else a.bags
        return ResamplingState(
            tally.merge(a.queries, b.queries), payloads, bags, a.again + b.again, a.swapped + b.swapped,
            a.sampled + b.sampled, distinct.union(a.different, b.different, DIFFERENT),
        )  # fmt: skip

    def evidence(self, state: ResamplingState, baseline: Baseline) -> Evidence:
        """Bet against the rate."""
        trials, grains = tally.columns(state.queries)
        if not any(grains):
            return Evidence()
        rate = baseline.number("resampling.rate", self.nulls["resampling.rate"])
        scale = _scale(state) / GRAINS
        bet = betting.log_e_sum(trials, [grain * scale for grain in grains], rate, DAILY)
        n = sum(trials)
        because = {
            "queries": float(n),
            "asked_again_share": state.again / n,
            "swapped_share": state.swapped / n,
            "many_samples_share": state.sampled / n,
        }
        return Evidence(min(self.ceiling, max(0.0, bet)), because)

    def statistic(self, state: ResamplingState) -> dict[str, float]:
        """Return what calibration compares among honest subjects, by the names of ``nulls``."""
        n, k = tally.totals(state.queries)
        return {"resampling.rate": k * _scale(state) / n} if n else {}


def _remember(newest: list[int], one: int) -> None:
    newest.append(one)
    del newest[:-REMEMBERED]


def _scale(state: ResamplingState) -> float:
    return min(1.0, distinct.count(state.different).low / ENOUGH)
