"""One way: answers are taken and nothing ever comes back; the API is a tap, not a partner."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from struct import pack, unpack
from types import MappingProxyType
from typing import ClassVar

import msgspec

from detectors.base import AnswerObservation, Baseline, Evidence, Family, Observation, QueryObservation
from detectors.batch import Batch
from detectors.sketches import distinct
from detectors.stats import likeness

PAYLOADS, SETTINGS = 7, 4  # lgk of the sketches
SERVED = 96  # shingles of the newest answers that are remembered, four bytes each
WORD = 0xFFFFFFFF
RETURNS = 2  # shingles that must come back: one may be a common phrase
WHOLE = 4  # lowest shingles of a turn that are an answer's own: the turn is that answer, said again
TURNS, HOT, DEEP = 2, 0.7, 10  # messages of a single question; temperature; alternatives a token
COUNTS = (
    "queries", "single", "tooled", "named", "returned", "sampled", "hot", "scored", "biased", "answers", "cut", "long",
    "refused", "images", "bare", "deep", "echoed",
)  # fmt: skip
_LONG = 200  # tokens


class Flow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Counts by the names of ``COUNTS``, and sketches of different payloads and settings, of some time."""

    counts: tuple[int, ...] = (0,) * len(COUNTS)
    payloads: bytes = b""
    settings: bytes = b""


class OneWayState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The newest week, counted from 1970 (-1 if none), its flow and that before, and the newest answers' shingles."""

    week: int = -1
    newest: Flow = Flow()
    before: Flow = Flow()
    served: bytes = b""


@dataclass(frozen=True)
class OneWay:
    """The client asks single questions and takes the answers away: no conversation, no tool, no end user, no return.

    People quote what they were told, agents work on with it, apps name their users; a harvest does none of it. What
    comes back is measured: shingles of the newest answers that stand in what is handed in later. Beside it stand the
    ways in which the interface is used to get more out of each question: several samples, heat, log-probabilities.
    The weights of these are learnt together and face the tail of the subject's traffic class, where labelling and
    evaluation are one-way too; see ``detectors.stats.likeness``.

    Numbers read from the baseline: ``one_way.<share>`` and its ``.slope``, ``one_way.tail.*``.

    Example:
        >>> numbers = {"one_way.kept": 8.0, "one_way.tail.from": 7.0, "one_way.tail.scale": 0.1}
        >>> def life(answer, quote):
        ...     state = OneWay().initial()
        ...     for i in range(100):
        ...         query = QueryObservation(at=60.0 * i, payload=i, quotes=quote)
        ...         said = AnswerObservation(at=60.0 * i, query=query, completion_tokens=300, shingles=answer)
        ...         state = OneWay().fold(state, (query, said))
        ...     return round(OneWay().evidence(state, Baseline(numbers=numbers)).weight, 1)
        >>> life((1, 2, 3), ()) > 5.0, life((1, 2, 3), (1, 2, 3))
        (True, 0.0)

    References:
        Stillguard's threat notes, signals S6 and S12; Broder 1997 (shingles).
    """

    name: ClassVar[str] = "one_way"
    family: ClassVar[Family] = "interface"
    state: ClassVar[type[OneWayState]] = OneWayState
    nulls: ClassVar[Mapping[str, float]] = MappingProxyType({})
    signs: ClassVar[Mapping[str, int]] = MappingProxyType(
        {"single": 1, "untooled": 1, "unnamed": 1, "kept": 1, "sampled": 1, "hot": 0, "scored": 1, "biased": 1}
        | {"fresh": 1, "again": 0, "settings": 0, "many": 1, "cut": 0, "text": 1, "kept.long": 1, "kept.fresh": 1}
        | {"again.hot": 1, "bare": 1, "deep": 1, "echoed": 1}
    )
    delay: ClassVar[int] = 60  # answers taken away until `speaks`, if being kept has a weight and a narrow tail
    speaks: ClassVar[float] = 6.9  # nats: one in a thousand
    merge_tolerance: ClassVar[float] = math.inf  # which answers are the newest depends on who is asked

    def initial(self) -> OneWayState:
        """Return a subject that asked nothing."""
        return OneWayState()

    def update(self, state: OneWayState, observation: Observation) -> OneWayState:
        """Count one observation."""
        return self.fold(state, (observation,))

    def fold(self, state: OneWayState, observations: Sequence[Observation]) -> OneWayState:
        """Count observations, oldest first."""
        for week, run in Batch.of(observations).weeks():
            state = _run(state, week, run)
        return state

    def merge(self, a: OneWayState, b: OneWayState) -> OneWayState:
        """Add the counts, unite the sketches, keep what both were served last."""
        if (a.week, a.served) < (b.week, b.served):
            a, b = b, a
        before, newest = _united(a.before, b.before), a.newest
        if a.week == b.week:
            newest = _united(newest, b.newest)
        else:
            before = _united(before, b.newest)
        half = 2 * SERVED  # bytes of each: half of four bytes times so many
        return OneWayState(
            a.week, newest, before, a.served[-4 * SERVED :] if not b.served else b.served[-half:] + a.served[-half:]
        )

    def evidence(self, state: OneWayState, baseline: Baseline) -> Evidence:
        """Weigh the newest week and the whole life, and say the larger."""
        best, shown = 0.0, {}
        asked = state.newest.counts[0] + state.before.counts[0]
        for n, shares in self.spans(state, baseline) if likeness.enough(asked) else ():
            weight = likeness.log_e(self.name, shares, n, baseline)
            if weight > best:
                best, shown = weight, {**shares, "queries": n}
        return Evidence(best, {name: value for name, value in shown.items() if "." not in name})

    def spans(self, state: OneWayState, _baseline: Baseline) -> list[tuple[float, dict[str, float]]]:
        """Return queries and shares, of the newest week and of the whole life: what the weights are learnt on."""
        flows = [state.newest]
        if state.before.counts[0]:
            flows.append(_united(state.newest, state.before))
        return [(float(flow.counts[0]), _shares(flow)) for flow in flows]


def _run(state: OneWayState, week: int, observations: Batch) -> OneWayState:
    """Count observations of one week."""
    flow, before = (state.newest, state.before) if week == state.week else (Flow(), state.before)
    late = state.week > week
    if not late and week != state.week:
        before = _united(before, state.newest)
    counts = list(flow.counts)
    _count_queries(counts, observations.asked)
    _count_answers(counts, observations.answered)
    served = _returned(counts, state.served, observations)
    settings = [_setting(q.temperature, min(q.samples, 99), q.logprobs > 0) for q in observations.asked]
    flow = Flow(
        tuple(counts),
        distinct.add_all(flow.payloads, [query.payload for query in observations.asked], PAYLOADS),
        distinct.add_all(flow.settings, list(dict.fromkeys(settings)), SETTINGS),
    )
    if late:
        return OneWayState(state.week, state.newest, _united(before, flow), served)
    return OneWayState(week, flow, before, served)


def _returned(counts: list[int], served: bytes, observations: Batch) -> bytes:
    """Count what comes back, and return the shingles of the answers that are newest then."""
    words = list(unpack(f"<{len(served) // 4}I", served))
    ever = set(words)  # and those that are no longer remembered: what may be among the words at all
    for one in observations:
        if isinstance(one, QueryObservation):
            back = {word for quote in one.quotes if (word := quote & WORD) in ever} if ever else set()
            back = back.intersection(words) if back else back
            counts[4] += len(back) >= RETURNS or one.turns > TURNS or one.tool_results > 0
            if back:
                counts[16] += len({quote & WORD for quote in one.quotes[:WHOLE]}.intersection(back)) >= WHOLE - 1
        elif one.status < 400 and one.shingles:  # noqa: PLR2004 - HTTP's own
            new = [shingle & WORD for shingle in one.shingles]
            words += new
            ever.update(new)
            del words[:-SERVED]
    return pack(f"<{len(words)}I", *words)


def _count_queries(counts: list[int], asked: Sequence[QueryObservation]) -> None:
    counts[0] += len(asked)
    counts[1] += sum([query.turns <= TURNS for query in asked])
    counts[2] += sum([query.tools > 0 or query.tool_results > 0 for query in asked])
    counts[3] += sum([query.named for query in asked])
    counts[5] += sum([query.samples > 1 for query in asked])
    counts[6] += sum([query.temperature >= HOT or query.temperature < 0.0 for query in asked])
    counts[8] += sum([query.logit_bias > 0 for query in asked])
    counts[13] += sum([query.images > 0 for query in asked])
    scored = [query for query in asked if query.logprobs > 0]
    counts[7] += len(scored)
    counts[14] += sum([not query.scaffold for query in scored])
    counts[15] += sum([query.logprobs >= DEEP for query in scored])


def _count_answers(counts: list[int], said: Sequence[AnswerObservation]) -> None:
    counts[9] += len(said)
    counts[10] += sum([answer.finish == "length" for answer in said])
    counts[11] += sum([answer.completion_tokens >= _LONG or answer.text_chars >= 4 * _LONG for answer in said])
    counts[12] += sum([answer.finish == "refusal" for answer in said])


@lru_cache(maxsize=1024)  # clients set theirs once and for all
def _setting(temperature: float, samples: int, scored: bool) -> int:
    """Return a number for the knobs as they were set: a grid of them shows as many."""
    heat = round(max(-1.0, min(100.0, temperature if temperature == temperature else -1.0)) * 20)  # noqa: PLR0124 - NaN
    return hash((heat, samples, scored))


def _united(a: Flow, b: Flow) -> Flow:
    return Flow(
        tuple([x + y for x, y in zip(a.counts, b.counts, strict=True)]),
        distinct.union(a.payloads, b.payloads, PAYLOADS),
        distinct.union(a.settings, b.settings, SETTINGS),
    )


def _shares(flow: Flow) -> dict[str, float]:
    """Return the shares that are weighed, each 0 to 1."""
    counts = flow.counts
    n, answers = max(1, counts[0]), max(1, counts[9])
    fresh = min(1.0, distinct.count(flow.payloads).mid / n)
    kept, long, hot = 1.0 - counts[4] / n, counts[11] / answers, counts[6] / n
    return {
        "single": counts[1] / n,
        "untooled": 1.0 - counts[2] / n,
        "unnamed": 1.0 - counts[3] / n,
        "kept": kept,
        "sampled": counts[5] / n,
        "hot": hot,
        "scored": counts[7] / n,
        "biased": counts[8] / n,
        "fresh": fresh,
        "again": 1.0 - fresh,
        "settings": min(1.0, math.log2(max(1.0, distinct.count(flow.settings).mid)) / 4.0),
        "many": math.log2(1.0 + n) / 12.0,
        "cut": counts[10] / answers,
        "text": 1.0 - counts[13] / n,
        "kept.long": kept * long,
        "kept.fresh": kept * fresh,
        "again.hot": (1.0 - fresh) * hot,
        "bare": counts[14] / n,
        "deep": counts[15] / n,
        "echoed": counts[16] / n,
    }
