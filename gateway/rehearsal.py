"""Plays the lab's clients through the very features and the very engine that run live."""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

from detectors.base import AnswerObservation, Baseline, Panel, QueryObservation
from detectors.lab.replay_line import MODELS
from detectors.lab.traffic import DAY, Asked, Client
from gateway.decisions import Subject
from gateway.dialects.wire import digest
from gateway.engine import begin, fold, weigh
from gateway.exchange import Answer, Entry, Query, Turn, Usage
from gateway.features import Features
from gateway.policies.ladder import SPEAKS

DAYS, MOST = 7, 1500  # a client's life in a rehearsal: days, and exchanges at most
LOOK = 32  # exchanges between two looks at the states while learning
GLANCE = 8  # the same while judging: the error of queries-to-alarm
STRICT, LAX = 1e6, 1e4  # alarms looked for: one false one in so many subject-days
SIZES = tuple(2**j for j in range(5, 15))  # sample sizes of the coverage null, queries
_SALT, _FINE = b"rehearsal", 200
_WHO = Subject("key", "rehearsal")

Pair: TypeAlias = tuple[QueryObservation, AnswerObservation]


class Life(NamedTuple):
    """One client as calibration sees it.

    Attributes:
        exchanges: played.
        looks: states by detector, at every ``LOOK``-th exchange and at the end.
        cells: log of the distinct cells visited, by sample size.
    """

    exchanges: int
    looks: dict[str, list[Any]]
    cells: dict[int, float]


class Outcome(NamedTuple):
    """What became of one client under a baseline.

    Attributes:
        kind, source: of the client.
        exchanges, days: played; calendar days begun.
        lax, strict: exchanges until the alarm at one false one in ``LAX`` or ``STRICT`` subject-days; 0 if none.
        backed: exchanges until two families spoke at a strict alarm, as policies want before they touch; 0 if never.
        families: families that spoke, as policies count them, at the strict alarm, or at the end if there was none.
        weights: highest weight by detector, nats.
    """

    kind: str
    source: str
    exchanges: int
    days: int
    lax: int
    strict: int
    backed: int
    families: int
    weights: dict[str, float]


def exchange(asked: Asked) -> tuple[Query, Answer, Entry]:
    """Return what the gateway would have read of a simulated exchange."""
    query = Query(
        system=asked.system,
        turns=tuple([Turn(said.role, said.text) for said in asked.turns]),
        max_tokens=asked.max_tokens,
        samples=asked.samples,
        logprobs=asked.logprobs,
        logit_bias=asked.logit_bias,
        temperature=asked.temperature,
        tools=asked.tools,
        tool_results=asked.tool_results,
        stream=asked.stream,
        model=MODELS[asked.model],
        reasoning_blobs=tuple([digest(signature) for signature in asked.handed]),
    )
    answer = Answer(
        text=asked.answer or " " * asked.answer_chars,
        finish=asked.finish or ("tool_calls" if asked.tool_calls else "stop"),
        choices=asked.samples if asked.status == _FINE else 0,
        tool_calls=asked.tool_calls,
        logprobs=asked.logprobs > 0,
        usage=Usage(sum([len(said.text) for said in asked.turns]) // 4, asked.answer_tokens, asked.reasoning_tokens),
        ended=True,
        reasoning_blobs=(digest(asked.signature),) if asked.signature else (),
    )
    entry = Entry(
        id="",
        at=asked.at,
        took=asked.took,
        surface="",
        model=query.model,
        subjects=_whose(asked),
        status=asked.status,
        request=b"",
    )
    return query, answer, entry


def _whose(asked: Asked) -> tuple[tuple[str, str], ...]:
    return (("user", asked.user),) if asked.user else ()


def observed(client: Client, days: int = DAYS, most: int = MOST) -> Iterator[Pair]:
    """Yield what detectors are given of a client's life."""
    features = Features(_SALT)
    for asked in client.exchanges(days, most):
        yield features.observe(*exchange(asked))


def live(client: Client, panel: Panel) -> Life:
    """Fold one client's life, and keep what calibration learns from."""
    folio = begin(panel)
    looks: dict[str, list[Any]] = {name: [] for name in panel}
    cells: dict[int, float] = {}
    coverage: Any = panel.get("coverage")
    count = 0
    for pair in observed(client):
        count += 1
        folio = fold(panel, folio, pair).folio
        if count in SIZES and coverage is not None:
            said = coverage.statistic(folio.states["coverage"])
            cells |= {int(name.rpartition(".")[2]): value for name, value in said.items()}
        if count % LOOK == 0:
            for name, state in folio.states.items():
                looks[name].append(state)
    for name, state in folio.states.items():
        looks[name].append(state)
    return Life(count, looks, cells)


def judge(client: Client, panel: Panel, baseline: Baseline) -> Outcome:
    """Return when, if ever, a client alarms under a baseline."""
    folio = begin(panel)
    highest = dict.fromkeys(panel, 0.0)
    alarms = {LAX: 0, STRICT: 0}
    backed = families = 0
    pairs = list(observed(client))
    for count, pair in enumerate(pairs, 1):
        folio = fold(panel, folio, pair).folio
        if count % GLANCE and count < len(pairs):
            continue
        standing = weigh(panel, baseline, folio, _WHO, pair[1].at).standing
        highest = {name: max(most, standing.evidence[name].weight) for name, most in highest.items()}
        speaking = sum(weight >= SPEAKS for weight in standing.families.values())
        families = families if alarms[STRICT] else speaking
        for one_in, before in alarms.items():
            alarms[one_in] = before or (count if standing.weight >= math.log(one_in) else 0)
        backed = backed or (count if speaking > 1 and standing.weight >= math.log(STRICT) else 0)
    lax, strict = alarms[LAX], alarms[STRICT]
    return Outcome(client.kind, client.source, len(pairs), _days(pairs), lax, strict, backed, families, highest)


def _days(pairs: list[Pair]) -> int:
    return len({int(query.at // DAY) for query, _ in pairs}) or 1
