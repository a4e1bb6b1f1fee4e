"""A simulated exchange as the gateway would have read it."""

from typing import TypeAlias

from detectors.base import AnswerObservation, QueryObservation
from detectors.lab.replay_line import MODELS
from detectors.lab.traffic import Asked
from gateway.dialects.wire import digest
from gateway.exchange import Answer, Entry, Query, Turn, Usage

_FINE = 200  # HTTP status

Pair: TypeAlias = tuple[QueryObservation, AnswerObservation]


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
