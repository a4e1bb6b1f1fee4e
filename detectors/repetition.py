"""Repetition: one template, ever new contents, long answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import msgspec

from detectors.base import CEILING, AnswerObservation, Baseline, Evidence, Family, Observation, QueryObservation
from detectors.batch import Batch
from detectors.sketches import distinct
from detectors.stats import betting, tally
from detectors.stats.tally import GRAINS, Tally
from detectors.taking import Worth, worth_taking

WEEK = 168  # hours: how long answers share one sketch
DAILY = 24.0  # starts of a bet in a day: one an hour
PAYLOADS, TEMPLATES, SCAFFOLDS = 8, 7, 6  # lgk: 6.5 %, 9.2 % and 13 % standard error


class Shelf(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Sketches of the different payloads, templates (scaffold and opening) and scaffolds of long answers.

    ``untemplated`` and ``unscaffolded`` count the long answers whose query had no such thing.
    """

    payloads: bytes = b""
    templates: bytes = b""
    scaffolds: bytes = b""
    untemplated: int = 0
    unscaffolded: int = 0


class RepetitionState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Trials are answers, successes are long answers to one question; the shelves hold this week and all before."""

    answers: Tally = Tally()
    week: Shelf = Shelf()
    before: Shelf = Shelf()


@dataclass(frozen=True)
class Repetition:
    """The client puts ever new contents into few templates, one question at a time, and takes long answers home.

    Of n answers, k were long answers to a single question (no conversation, no tools). Among those k, D_p payloads
    and D_t templates were different, so that D_p - D_t of them repeat a template with new contents. That share of
    k, from the lower bound of D_p and the upper bound of D_t, scales the successes of each week: a conversation, an
    agent, a labelling job (short answers), a translation (no longer than what was handed in), an evaluation run again
    on the same items, and an app whose users all begin differently score near 0, a harvester near 1. Being a count of
    different things, it needs no memory of what came first, and templates shared by the members of a campaign are
    seen when their cases are merged.
    It is read twice, and the two bets are averaged: a template is scaffold and opening together, or the scaffold
    alone, which a harvester with one system prompt and free questions cannot help repeating, but neither can some
    honest apps: so the second rate is calibrated by itself.

    Scaling only takes successes away, so the bound holds wherever long single answers alone keep to the rate;
    beyond, it rests on the calibrated rate of honest subjects (their 99th percentile), and the contract suite tries it.

    Numbers read from the baseline (``nulls``, shares of a subject's answers): ``repetition.rate`` and
    ``repetition.scaffold_rate``, the highest that honest subjects keep to.

    What is asked is not looked at: a template that is filled in again and again is a way to use the interface, and
    honest batch jobs use it so. The rates are therefore those of all honest traffic, not of a class, and the weight
    stops at ``ceiling``: one template never condemns, it only makes what other families say more serious.

    Attributes:
        ceiling: most that it ever says, nats.
        long_tokens, long_chars, turns, expands: which answers count; see ``detectors.taking.Worth``.

    Example:
        >>> from detectors.base import QueryObservation
        >>> def life(answers):
        ...     state = Repetition().initial()
        ...     for i, (payload, tokens) in enumerate(answers):
        ...         query = QueryObservation(at=60.0 * i, scaffold=7, opening=9, payload=payload)
        ...         answer = AnswerObservation(at=60.0 * i + 9.0, query=query, completion_tokens=tokens)
        ...         state = Repetition().update(state, answer)
        ...     return round(Repetition().evidence(state, Baseline()).weight, 1)
        >>> life([(i, 600) for i in range(100)])  # as sure as it gets
        4.6
        >>> life([(i, 4) for i in range(100)])  # labelling: short answers
        0.0
        >>> life([(i % 9, 600) for i in range(100)])  # the same nine items again and again
        0.0

    References:
        Stillguard's threat notes, signals S1, S5 and S6; Flajolet et al. 2007; Shin, Ramdas, Rinaldo 2023.
    """

    long_tokens: float = 200
    long_chars: float = 800
    turns: float = 2
    expands: float = 1.3
    ceiling: float = CEILING

    name: ClassVar[str] = "repetition"
    family: ClassVar[Family] = "interface"
    state: ClassVar[type[RepetitionState]] = RepetitionState
    nulls: ClassVar[Mapping[str, float]] = MappingProxyType({"repetition.rate": 0.25, "repetition.scaffold_rate": 0.5})
    delay: ClassVar[int] = 60  # queries of a plain harvester until `speaks`, under the default nulls
    speaks: ClassVar[float] = CEILING  # nats: one in a hundred
    merge_tolerance: ClassVar[float] = 0.1  # share of the weight (and 0.5 nats): sketches below ~30 things count
    # coupons or registers, depending on the way there

    def initial(self) -> RepetitionState:
        """Return a subject that was never answered."""
        return RepetitionState()

    def update(self, state: RepetitionState, observation: Observation) -> RepetitionState:
        """Count an answer."""
        return self.fold(state, (observation,))

    def fold(self, state: RepetitionState, observations: Sequence[Observation]) -> RepetitionState:
        """Count answers; errors of the model and bare queries are no trials."""
        said = Batch.of(observations).answered
        worth = Worth(self.long_tokens, self.long_chars, self.turns, self.expands)
        run: list[AnswerObservation] = []
        for answer in said:
            own, newest = tally.block_of(answer.query.at) // WEEK, state.answers.block // WEEK
            if own != newest:
                state, run = _counted(state, run, worth), []
                if own < newest:
                    state = _counted_late(state, answer, worth)
                    continue
                if newest >= 0:
                    state = RepetitionState(state.answers, Shelf(), _union(state.before, state.week))
                state = _counted(state, [answer], worth)
            else:
                run.append(answer)
        return _counted(state, run, worth)

    def merge(self, a: RepetitionState, b: RepetitionState) -> RepetitionState:
        """Add the counts, unite the sketches."""
        answers = tally.merge(a.answers, b.answers)
        week, before = Shelf(), _union(a.before, b.before)
        for state in (a, b):
            if state.answers.block // WEEK == answers.block // WEEK:
                week = _union(week, state.week)
            else:
                before = _union(before, state.week)
        return RepetitionState(answers, week, before)

    def evidence(self, state: RepetitionState, baseline: Baseline) -> Evidence:
        """Bet against both rates and average the two bets."""
        trials, grains = tally.columns(state.answers)
        if not any(grains):
            return Evidence()
        rates = tuple([baseline.number(name, default) for name, default in self.nulls.items()])
        repeated = _repeated(state, grains)
        n = sum(trials)
        because = {
            "answers": float(n),
            "long_single": sum(grains) / GRAINS,
            "template_share": sum(repeated[0]) / n,
            "scaffold_share": sum(repeated[1]) / n,
            "templates": distinct.count(state.week.templates).mid,
            "payloads": distinct.count(state.week.payloads).mid,
        }
        bet = betting.log_e_mean(trials, repeated, rates, DAILY)
        return Evidence(min(self.ceiling, max(0.0, bet)), because)

    def statistic(self, state: RepetitionState) -> dict[str, float]:
        """Return what calibration compares among honest subjects, by the names of ``nulls``."""
        trials, grains = tally.columns(state.answers)
        n = sum(trials)
        return {name: sum(k) / n for name, k in zip(self.nulls, _repeated(state, grains), strict=True)} if n else {}


def _counted(state: RepetitionState, said: Sequence[AnswerObservation], worth: Worth) -> RepetitionState:
    """Count answers of the newest week, or that begin it."""
    if not said:
        return state
    taken = [worth_taking(answer, worth) for answer in said]
    answers = tally.add_all(state.answers, [answer.query.at for answer in said], taken)
    queries = [answer.query for answer, worthy in zip(said, taken, strict=True) if worthy]
    return RepetitionState(answers, _shelve(state.week, queries), state.before)


def _counted_late(state: RepetitionState, answer: AnswerObservation, worth: Worth) -> RepetitionState:
    """Count an answer of an earlier week."""
    taken = worth_taking(answer, worth)
    answers = tally.add(state.answers, answer.query.at, taken)
    return RepetitionState(answers, state.week, _shelve(state.before, [answer.query] if taken else []))


def _shelve(shelf: Shelf, queries: Sequence[QueryObservation]) -> Shelf:
    if not queries:
        return shelf
    templates = [query.scaffold ^ query.opening for query in queries if query.opening]
    scaffolds = [query.scaffold for query in queries if query.scaffold]
    return Shelf(
        distinct.add_each(shelf.payloads, [query.payload for query in queries], PAYLOADS),
        distinct.add_each(shelf.templates, templates, TEMPLATES),
        distinct.add_each(shelf.scaffolds, scaffolds, SCAFFOLDS),
        shelf.untemplated + len(queries) - len(templates),
        shelf.unscaffolded + len(queries) - len(scaffolds),
    )


def _union(a: Shelf, b: Shelf) -> Shelf:
    return Shelf(
        distinct.union(a.payloads, b.payloads, PAYLOADS),
        distinct.union(a.templates, b.templates, TEMPLATES),
        distinct.union(a.scaffolds, b.scaffolds, SCAFFOLDS),
        a.untemplated + b.untemplated,
        a.unscaffolded + b.unscaffolded,
    )


def _repeated(state: RepetitionState, grains: list[int]) -> tuple[list[float], list[float]]:
    """Return, by block, long answers that repeat a template, or a scaffold, with new contents."""
    cut = tally.before(state.answers, state.answers.block // WEEK * WEEK)  # this week begins there
    old, recent = grains[:cut], grains[cut:]
    was, now = _novelty(state.before, sum(old) / GRAINS), _novelty(state.week, sum(recent) / GRAINS)
    template, scaffold = (
        [grain * was[i] / GRAINS for grain in old] + [grain * now[i] / GRAINS for grain in recent] for i in (0, 1)
    )
    return template, scaffold


def _novelty(shelf: Shelf, k: float) -> tuple[float, float]:
    """Return the share of k long answers with new contents in an old template, and in an old scaffold."""
    if not k:
        return 0.0, 0.0
    payloads = distinct.count(shelf.payloads).low
    templates = distinct.count(shelf.templates).high + shelf.untemplated
    scaffolds = distinct.count(shelf.scaffolds).high + shelf.unscaffolded
    return min(1.0, max(0.0, (payloads - templates) / k)), min(1.0, max(0.0, (payloads - scaffolds) / k))
