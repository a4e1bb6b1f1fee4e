"""A simulated exchange as the gateway would have read it."""

from typing import TypeAlias

from detectors.base import AnswerObservation, QueryObservation
from detectors.lab.population import Tenant
from detectors.lab.replay_line import MODELS, address, path, request
from detectors.lab.traffic import Asked
from gateway import addresses
from gateway.config import Identity
from gateway.dialects.wire import digest
from gateway.exchange import Answer, Entry, Query, Turn, Usage
from gateway.software import told

_FINE = 200  # HTTP status
_SURFACES = {"/v1/messages": "anthropic.messages", "/v1/chat/completions": "openai.chat"}
_PREFIXES = Identity().network_prefix_v4, Identity().network_prefix_v6

Pair: TypeAlias = tuple[QueryObservation, AnswerObservation]


def exchange(asked: Asked, tenant: Tenant | None = None) -> tuple[Query, Answer, Entry]:
    """Return what the gateway would have read of a simulated exchange; who asks and how only of a tenant."""
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
        shape=" ".join(request(tenant, asked)) if tenant else "",
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
        surface=_SURFACES[path(tenant, asked)] if tenant else "",
        model=query.model,
        subjects=_whose(asked, tenant),
        status=asked.status,
        request=b"",
        client=told([(b"user-agent", tenant.agent.encode())]).decode() if tenant else "",
    )
    return query, answer, entry


def _whose(asked: Asked, tenant: Tenant | None) -> tuple[tuple[str, str], ...]:
    named = (("user", asked.user),) if asked.user else ()
    found = addresses.address(address(tenant, asked.address)) if tenant else None
    return named if found is None else (*named, ("network", addresses.network(found, *_PREFIXES)))
