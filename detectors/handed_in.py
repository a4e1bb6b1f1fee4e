"""Handed in: encrypted reasoning that was served to somebody else, in a conversation that it does not belong to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Final

import msgspec

from detectors.base import Baseline, Evidence, Family, Observation, QueryObservation
from detectors.sketches import distinct
from detectors.stats import betting, tally
from detectors.stats.tally import GRAINS, Tally

DAILY: Final = 24.0  # starts of a bet in a day: one an hour
BLOBS: Final = 7  # lgk: 9.2 % standard error


class HandedInState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Trials are questions with blobs, successes those with a foreign one elsewhere; which blobs these were."""

    presented: Tally = Tally()
    foreign: bytes = b""
    handed: int = 0


@dataclass(frozen=True)
class HandedIn:
    """The client presents blobs of encrypted reasoning that the model gave to another, in other conversations.

    Reasoning that a provider seals can only be read by the provider. Replayed under another account in a session that
    asks for it, it comes out in clear. A blob cannot be made, and an honest client has those of its own conversations
    only. Accounts of one organisation that take over from each other move the conversation with its blobs: such a
    question is a trial, and no success. Blobs served to kin, or to nobody that is known, are no success either.

    What it bets on is the ledgers' note (``QueryObservation.takings``); without a ledger it is silent. One blob that is
    presented again and again is one.

    Numbers read from the baseline (``nulls``): ``handed_in.rate``, the highest share of an honest subject's questions
    with blobs that present a foreign one elsewhere. The default is an assumption, set high: no honest traffic with
    such blobs is at hand to measure it on.

    Attributes:
        ceiling: most that it ever says, nats: it joins others, and never condemns alone.

    Example:
        >>> from detectors.base import Taking
        >>> def life(n, foreign):
        ...     state = HandedIn().initial()
        ...     for i in range(n):
        ...         takings = (Taking("reasoning", what=i, owner=9, elsewhere=True),) if i < foreign else ()
        ...         state = HandedIn().update(state, QueryObservation(at=60.0 * i, presented=(i,), takings=takings))
        ...     return round(HandedIn().evidence(state, Baseline()).weight, 1)
        >>> life(12, 12), life(100, 0), life(100, 3)
        (9.2, 0.0, 0.0)

    References:
        Anthropic 2026-09-10, GTG-16002, GTG-16001; Stillguard's threat notes, signal S3.
    """

    ceiling: float = 9.2

    name: ClassVar[str] = "handed_in"
    family: ClassVar[Family] = "identity"
    state: ClassVar[type[HandedInState]] = HandedInState
    nulls: ClassVar[Mapping[str, float]] = MappingProxyType({"handed_in.rate": 0.05})
    delay: ClassVar[int] = 8  # questions that all present a foreign blob, until `speaks`, by the default null
    speaks: ClassVar[float] = 4.6  # nats: one in a hundred
    merge_tolerance: ClassVar[float] = 0.25  # share of the weight: the sketch

    def initial(self) -> HandedInState:
        """Return a subject that presented nothing."""
        return HandedInState()

    def update(self, state: HandedInState, observation: Observation) -> HandedInState:
        """Count a question with blobs."""
        return self.fold(state, (observation,))

    def fold(self, state: HandedInState, observations: Sequence[Observation]) -> HandedInState:
        """Count questions with blobs."""
        asked = [one for one in observations if isinstance(one, QueryObservation) and one.presented]
        if not asked:
            return state
        foreign = [_foreign(query) for query in asked]
        blobs = [blob for some in foreign for blob in some]
        return HandedInState(
            tally.add_all(state.presented, [query.at for query in asked], [bool(some) for some in foreign]),
            distinct.add_all(state.foreign, blobs, BLOBS) if blobs else state.foreign,
            state.handed + sum(map(bool, foreign)),
        )

    def merge(self, a: HandedInState, b: HandedInState) -> HandedInState:
        """Add the counts, unite the sketches."""
        foreign = distinct.union(a.foreign, b.foreign, BLOBS)
        return HandedInState(tally.merge(a.presented, b.presented), foreign, a.handed + b.handed)

    def evidence(self, state: HandedInState, baseline: Baseline) -> Evidence:
        """Bet against the rate."""
        if not state.handed:
            return Evidence()
        trials, grains = tally.columns(state.presented)
        blobs = distinct.count(state.foreign)
        fresh = min(1.0, blobs.low / state.handed)
        rate = baseline.number("handed_in.rate", self.nulls["handed_in.rate"])
        bet = betting.log_e_sum(trials, [grain * fresh / GRAINS for grain in grains], rate, DAILY)
        because = {"questions": float(sum(trials)), "handed_in": float(state.handed), "blobs": blobs.mid}
        return Evidence(min(self.ceiling, max(0.0, bet)), because)

    def statistic(self, state: HandedInState) -> dict[str, float]:
        """Return what calibration compares among honest subjects, by the names of ``nulls``."""
        n, k = tally.totals(state.presented)
        return {"handed_in.rate": k / n} if n else {}


def _foreign(query: QueryObservation) -> list[int]:
    """Return the blobs of others that do not belong to the question's conversation."""
    return [taking.what for taking in query.takings if taking.kind == "reasoning" and taking.elsewhere]
