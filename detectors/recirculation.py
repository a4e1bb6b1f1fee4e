"""Recirculation: what the model said comes back as the next question, not as the memory of a conversation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from struct import pack, unpack
from types import MappingProxyType
from typing import ClassVar

import msgspec

from detectors.base import CEILING, Baseline, Evidence, Family, Observation, QueryObservation
from detectors.sketches import distinct
from detectors.stats import betting, tally
from detectors.stats.tally import GRAINS, Tally

DAILY = 24.0  # starts of a bet in a day: one an hour
PAYLOADS = 7  # lgk: 9.2 % standard error
SERVED = 96  # shingles of the newest answers that are remembered, four bytes each
WORD = 0xFFFFFFFF
RETURNS = 2  # shingles of an answer that must come back: one may be a common phrase


class RecirculationState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Trials are questions, successes those that hand an answer in; their payloads; the newest answers' shingles."""

    queries: Tally = Tally()
    payloads: bytes = b""
    fed: int = 0
    served: bytes = b""


@dataclass(frozen=True)
class Recirculation:
    """The client hands served answers in as new questions: to be solved, graded, cleaned, answered by another role.

    In a conversation the model's words return as its own turns. Here they return as the user's: a bred task that is
    asked next, a trace to be cleaned, a speaker that the model itself played. Writers who paste a draft back and
    pipelines of several steps do it too, so the rate is that of the class and the weight stops at ``ceiling``.
    Only its own newest answers are remembered here; what others were served the ledger tells (``takings``). It is the
    same habit in the same family under the same ceiling, for text can be planted: who knows what an innocent will ask
    can have the model say it first. One text that comes back in many questions is one.

    Numbers read from the baseline (``nulls``): ``recirculation.rate``, the highest share of an honest subject's
    questions that hand an answer in.

    Attributes:
        ceiling: most that it ever says, nats.

    Example:
        >>> from detectors.base import AnswerObservation
        >>> def life(comes_back):
        ...     state = Recirculation().initial()
        ...     for i in range(60):
        ...         quotes = (3 * i - 3, 3 * i - 2, 3 * i - 1) if comes_back else ()
        ...         query = QueryObservation(at=60.0 * i, payload=i, quotes=quotes)
        ...         answer = AnswerObservation(at=60.0 * i, query=query, shingles=(3 * i, 3 * i + 1, 3 * i + 2))
        ...         state = Recirculation().update(Recirculation().update(state, query), answer)
        ...     return round(Recirculation().evidence(state, Baseline()).weight, 1)
        >>> life(True), life(False)
        (4.6, 0.0)

    References:
        Stillguard's threat notes, signal S4; Broder 1997 (shingles).
    """

    ceiling: float = CEILING

    name: ClassVar[str] = "recirculation"
    family: ClassVar[Family] = "interface"
    state: ClassVar[type[RecirculationState]] = RecirculationState
    nulls: ClassVar[Mapping[str, float]] = MappingProxyType({"recirculation.rate": 0.1})
    delay: ClassVar[int] = 40  # questions that are all answers of the one before, until `speaks`, by the default null
    speaks: ClassVar[float] = CEILING  # nats: one in a hundred
    merge_tolerance: ClassVar[float] = float("inf")  # which answers are the newest depends on who is asked

    def initial(self) -> RecirculationState:
        """Return a subject that asked nothing."""
        return RecirculationState()

    def update(self, state: RecirculationState, observation: Observation) -> RecirculationState:
        """Count a question, or remember an answer."""
        return self.fold(state, (observation,))

    def fold(self, state: RecirculationState, observations: Sequence[Observation]) -> RecirculationState:
        """Count questions and remember answers, oldest first."""
        words = list(unpack(f"<{len(state.served) // 4}I", state.served))
        asked: list[QueryObservation] = []
        feeds: list[bool] = []
        fed: list[int] = []
        for observation in observations:
            if isinstance(observation, QueryObservation):
                asked.append(observation)
                found = _fed(observation, words)
                feeds.append(found is not None)
                fed += [] if found is None else [found]
            elif observation.shingles:
                words += [shingle & WORD for shingle in observation.shingles][:SERVED]
                del words[:-SERVED]
        return RecirculationState(
            tally.add_all(state.queries, [query.at for query in asked], feeds),
            distinct.add_all(state.payloads, fed, PAYLOADS) if fed else state.payloads,
            state.fed + len(fed),
            pack(f"<{len(words)}I", *words),
        )

    def merge(self, a: RecirculationState, b: RecirculationState) -> RecirculationState:
        """Add the counts, unite the sketches, keep what both were served last."""
        if (a.queries.block, a.served) < (b.queries.block, b.served):
            a, b = b, a
        half = 2 * SERVED  # bytes of each: half of four bytes times so many
        return RecirculationState(
            tally.merge(a.queries, b.queries),
            distinct.union(a.payloads, b.payloads, PAYLOADS),
            a.fed + b.fed,
            a.served if not b.served else b.served[-half:] + a.served[-half:],
        )

    def evidence(self, state: RecirculationState, baseline: Baseline) -> Evidence:
        """Bet against the rate."""
        if not state.fed:
            return Evidence()
        trials, grains = tally.columns(state.queries)
        fresh = min(1.0, distinct.count(state.payloads).low / state.fed)
        rate = baseline.number("recirculation.rate", self.nulls["recirculation.rate"])
        bet = betting.log_e_sum(trials, [grain * fresh / GRAINS for grain in grains], rate, DAILY)
        because = {"queries": float(sum(trials)), "handed_in": float(state.fed), "fresh": fresh}
        return Evidence(min(self.ceiling, max(0.0, bet)), because)

    def statistic(self, state: RecirculationState) -> dict[str, float]:
        """Return what calibration compares among honest subjects, by the names of ``nulls``."""
        n, k = tally.totals(state.queries)
        return {"recirculation.rate": k / n} if n else {}


def _fed(query: QueryObservation, served: Sequence[int]) -> int | None:
    """Return what counts once of a newest turn that is, or holds, an answer: its payload, or another's answer."""
    if query.tools or query.tool_results:
        return None
    if served and query.quotes and len({quote & WORD for quote in query.quotes}.intersection(served)) >= RETURNS:
        return query.payload
    return next((taking.what for taking in query.takings if taking.kind == "recirculation"), None)
