"""Elicitation: prompt after prompt demands that hidden reasoning be written out."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import msgspec
from msgspec.structs import replace

from detectors.base import CEILING, Baseline, Evidence, Family, Observation, QueryObservation
from detectors.batch import Batch
from detectors.sketches import distinct
from detectors.stats import betting, tally
from detectors.stats.tally import GRAINS, Tally

WEEK = 168  # hours
DAILY = 24.0  # starts of a bet in a day: one an hour
TURNS = 2  # messages of a single question
LGK = 7  # 104 bytes a sketch, 9.2 % standard error


class ElicitationState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Different templates and those among them that demanded reasoning, this week and before it.

    Attributes:
        week: newest week seen, counted from 1970; -1 if none was.
        templates, demanding: sketches of that week.
        before_templates, before_demanding: sketches of all weeks before.
        queries, demands: questions, and those that demanded reasoning; for the reasons only.
        taken: trials are questions, successes the single ones that demanded reasoning: 1 if they insisted on what was
            not meant to be shown, one half if they only asked for reasoning in tags.
        payloads, kept: a sketch of the questions so asked, and how many.
    """

    week: int = -1
    templates: bytes = b""
    demanding: bytes = b""
    before_templates: bytes = b""
    before_demanding: bytes = b""
    queries: int = 0
    demands: int = 0
    taken: Tally = Tally()
    payloads: bytes = b""
    kept: int = 0


@dataclass(frozen=True)
class Elicitation:
    """The client works through many different prompts that demand the model's hidden reasoning as output.

    Each template counts once, however often it is sent: one sentence in a configuration file, repeated with every
    request, is one template and can never be worth more than the log of 1 / rate. Searching for the wording that
    works, or writing a campaign's accounts a variant each, is many. Trials are different templates, successes are
    those that demanded reasoning (lower bound of the sketch over the upper bound of all templates). The bet runs
    over the whole life and over this week alone, and the two are averaged: one start a week and one for ever, so
    an alarm is a false one at most once in ``one_in`` subject-days.

    Beside it stands what is brought home under such templates, few as they may be: new single questions, one after
    another. A question counts whole if it insists on what was not meant to be shown ("internal", "verbatim", "omit
    nothing"), and half if it asks for reasoning in tags, as evaluations of reasoning models do. It is bet on apart,
    scaled by the share of different questions. It stops at one in a hundred for as many as people ask in a fortnight
    with such a sentence in their settings, and at ``ceiling``, one in ten thousand, for as many as only programs do:
    so one sentence, with whatever batch it stands in, gets no further than the mildest of measures.

    Numbers read from the baseline (``nulls``): ``elicitation.rate``, the highest share of an honest subject's
    templates that demands reasoning, and ``elicitation.taken_rate``, of its questions that are single and do.

    Attributes:
        ceiling: most that questions under few templates ever say, nats.
        few, many: different questions so asked up to which it stops at one in a hundred, and from which at ``ceiling``.

    Example:
        >>> def life(queries):
        ...     state = Elicitation().initial()
        ...     for i, (scaffold, demands) in enumerate(queries):
        ...         query = QueryObservation(at=60.0 * i, scaffold=scaffold, demands_reasoning=demands)
        ...         state = Elicitation().update(state, query)
        ...     return Elicitation().evidence(state, Baseline()).weight
        >>> life([(i + 1, True) for i in range(12)]) > 13.8  # a search over wordings
        True
        >>> life([(7, True)] * 5000) < 2.4  # one sentence in a configuration file, and always the same question
        True
        >>> life([(i + 1, i % 50 == 0) for i in range(500)])
        0.0

    References:
        Stillguard's threat notes, signal S2 and the public false positives of section 2.4; Shin et al. 2023.
    """

    ceiling: float = 2.0 * CEILING
    few: float = 100.0
    many: float = 400.0

    name: ClassVar[str] = "elicitation"
    family: ClassVar[Family] = "content"
    state: ClassVar[type[ElicitationState]] = ElicitationState
    nulls: ClassVar[Mapping[str, float]] = MappingProxyType({"elicitation.rate": 0.1, "elicitation.taken_rate": 0.2})
    delay: ClassVar[int] = 12  # different prompts of a search over wordings until `speaks`, under the default null
    speaks: ClassVar[float] = 13.8  # nats: one in a million
    merge_tolerance: ClassVar[float] = 0.1  # share of the weight (and 0.5 nats): sketches below ~30 things count
    # coupons or registers, depending on the way there

    def initial(self) -> ElicitationState:
        """Return a subject that asked nothing."""
        return ElicitationState()

    def update(self, state: ElicitationState, observation: Observation) -> ElicitationState:
        """Note one question."""
        return self.fold(state, (observation,))

    def fold(self, state: ElicitationState, observations: Sequence[Observation]) -> ElicitationState:
        """Note the templates of questions, and whether they demand reasoning."""
        batch = Batch.of(observations)
        asked = batch.asked
        if not asked:
            return state
        single = [query.demands_reasoning and query.turns <= TURNS and not query.tools for query in asked]
        how = [one * (1.0 if query.insists else 0.5) for query, one in zip(asked, single, strict=True)]
        taken = tally.add_all(state.taken, batch.times, how)
        kept = [query.payload for query, one in zip(asked, single, strict=True) if one]
        payloads, count = distinct.add_each(state.payloads, kept, LGK), state.kept + len(kept)
        run: list[QueryObservation] = []
        for query in asked:
            week = tally.block_of(query.at) // WEEK
            if week == state.week:
                run.append(query)
                continue
            noted = distinct.add(b"", query.scaffold or query.opening, LGK)
            demands = query.demands_reasoning
            one = ElicitationState(week, noted, noted if demands else b"", queries=1, demands=int(demands))
            state, run = self.merge(_noted(state, run), one), []
        return replace(_noted(state, run), taken=taken, payloads=payloads, kept=count)

    def merge(self, a: ElicitationState, b: ElicitationState) -> ElicitationState:
        """Unite the sketches; what is not of the newest week is of before."""
        if a.week < b.week:
            a, b = b, a
        templates, demanding = a.templates, a.demanding
        before = distinct.union(a.before_templates, b.before_templates, LGK)
        demanded = distinct.union(a.before_demanding, b.before_demanding, LGK)
        if a.week == b.week:
            templates = distinct.union(templates, b.templates, LGK)
            demanding = distinct.union(demanding, b.demanding, LGK)
        else:
            before = distinct.union(before, b.templates, LGK)
            demanded = distinct.union(demanded, b.demanding, LGK)
        queries, demands = a.queries + b.queries, a.demands + b.demands
        payloads, kept = distinct.union(a.payloads, b.payloads, LGK), a.kept + b.kept
        taken = tally.merge(a.taken, b.taken)
        return ElicitationState(
            a.week, templates, demanding, before, demanded, queries, demands, taken, payloads, kept
        )  # fmt: skip

    def evidence(self, state: ElicitationState, baseline: Baseline) -> Evidence:
        """Bet against the rate over the whole life and over this week, and average the two bets."""
        if not state.demands:
            return Evidence()
        rate = baseline.number("elicitation.rate", self.nulls["elicitation.rate"])
        templates, demanding = _whole(state)
        n, k = _counts(templates, demanding)
        bets = betting.log_e(n, k, rate), betting.log_e(*_counts(state.templates, state.demanding), rate)
        harvest = self._taken(state, baseline)
        because = {
            "templates": distinct.count(templates).mid,
            "demanding_templates": distinct.count(demanding).mid,
            "demanding_share_of_queries": state.demands / state.queries,
            "single_questions_so_asked": float(state.kept),
        }
        return Evidence(max(0.0, betting.log_mean(betting.log_mean(*bets), harvest)), because)

    def statistic(self, state: ElicitationState) -> dict[str, float]:
        """Return what calibration compares among honest subjects, by the names of ``nulls``."""
        n, k = _counts(*_whole(state))
        trials, taken = tally.totals(state.taken)
        return {"elicitation.rate": k / n, "elicitation.taken_rate": taken / trials} if n and trials else {}

    def _taken(self, state: ElicitationState, baseline: Baseline) -> float:
        """Return the log of the bet on questions asked under demanding templates, nats, at most what they may say."""
        trials, grains = tally.columns(state.taken)
        different = distinct.count(state.payloads).low if state.kept else 0.0
        fresh = min(1.0, different / max(1, state.kept))
        rate = baseline.number("elicitation.taken_rate", self.nulls["elicitation.taken_rate"])
        bet = betting.log_e_sum(trials, [grain * fresh / GRAINS for grain in grains], rate, DAILY)
        way = math.log(max(1.0, different) / self.few) / math.log(self.many / self.few)
        low = min(CEILING, self.ceiling)
        return min(bet, low + (self.ceiling - low) * min(1.0, max(0.0, way)))


def _noted(state: ElicitationState, asked: Sequence[QueryObservation]) -> ElicitationState:
    """Return the state with the templates of more questions of the newest week."""
    if not asked:
        return state
    demanding = [query.scaffold or query.opening for query in asked if query.demands_reasoning]
    return replace(
        state,
        templates=distinct.add_each(state.templates, [query.scaffold or query.opening for query in asked], LGK),
        demanding=distinct.add_each(state.demanding, demanding, LGK),
        queries=state.queries + len(asked),
        demands=state.demands + len(demanding),
    )


def _whole(state: ElicitationState) -> tuple[bytes, bytes]:
    """Return the sketches over the whole life: templates, and those that demanded reasoning."""
    templates = distinct.union(state.templates, state.before_templates, LGK)
    return templates, distinct.union(state.demanding, state.before_demanding, LGK)


def _counts(templates: bytes, demanding: bytes) -> tuple[float, float]:
    """Return trials and successes on the innocent side: as many templates, as few demanding ones, as may be."""
    if templates == demanding:
        n = distinct.count(templates).low
        return n, n
    n = distinct.count(templates).high
    return n, min(n, distinct.count(demanding).low)
