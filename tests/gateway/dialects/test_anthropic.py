import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anthropic
import msgspec
import pytest
from anthropic.types import Message
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.actions.base import STATUS, RefusalKind, Refuse, Trimming
from gateway.dialects.anthropic import Anthropic
from gateway.dialects.base import Reply
from gateway.exchange import Glance, Surface
from tests.gateway.dialects.samples import anthropic as samples
from tests.gateway.dialects.served import Served, answer, served

DIALECT = Anthropic()
MESSAGES = Surface("anthropic.messages", "anthropic")
BATCHES = Surface("anthropic.batches", "anthropic")
THINKING = Trimming(reasoning=True)
VERTEX = "/v1/projects/p/locations/l/publishers/anthropic/models/"
REFUSED: dict[RefusalKind, str] = {
    "throttled": "rate_limit_error",
    "denied": "permission_error",
    "unverified": "permission_error",
    "too_large": "request_too_large",
    "headers_too_large": "invalid_request_error",
    "malformed": "invalid_request_error",
    "unsupported": "invalid_request_error",
    "model_unreachable": "api_error",
    "model_timeout": "timeout_error",
    "overloaded": "overloaded_error",
}


@contextmanager
def sdk(reply: Reply, retries: int = 0) -> Iterator[tuple[anthropic.Anthropic, Served]]:
    with served(reply) as place, anthropic.Anthropic(
        api_key="k", base_url=place.url, max_retries=retries
    ) as client:  # fmt: skip
        yield client, place


def trimmed(body: bytes, step: int = 10**6, surface: Surface = MESSAGES, kind: str = "text/event-stream") -> bytes:
    rewriter = DIALECT.rewriter(surface, kind, THINKING)
    assert rewriter is not None
    pieces = [rewriter.feed(body[at : at + step]) for at in range(0, len(body), step)]
    return b"".join(pieces) + rewriter.finish()


def asked(client: anthropic.Anthropic) -> Message:
    return client.messages.create(model="m-1", max_tokens=9, messages=[{"role": "user", "content": "Hm?"}])


def streamed(client: anthropic.Anthropic) -> Message:
    with client.messages.stream(model="m-1", max_tokens=9, messages=[{"role": "user", "content": "Hm?"}]) as stream:
        return stream.get_final_message()


@pytest.mark.parametrize(
    ("method", "path", "name", "generates"),
    [
        ("POST", "/v1/messages", "anthropic.messages", True),
        ("POST", "/v1/messages/count_tokens", "anthropic.count_tokens", False),
        ("POST", "/v1/messages/batches", "anthropic.batches", True),
        ("GET", "/v1/messages/batches", "anthropic.batches.stored", False),
        ("GET", "/v1/messages/batches/b", "anthropic.batches.stored", False),
        ("DELETE", "/v1/messages/batches/b", "anthropic.batches.stored", False),
        ("POST", "/v1/messages/batches/b/cancel", "anthropic.batches.stored", False),
        ("GET", "/v1/messages/batches/b/results", "anthropic.batches.stored", True),
        ("POST", "/v1/complete", "anthropic.complete", True),
        ("POST", VERTEX + "m:rawPredict", "anthropic.messages", True),
        ("POST", VERTEX + "m:streamRawPredict", "anthropic.messages", True),
        ("POST", VERTEX + "count-tokens:rawPredict", "anthropic.count_tokens", False),
        ("GET", "/v1/messages", None, False),
        ("GET", "/v1/models", None, False),
        ("POST", "/v1/messages/batchesx", None, False),
        ("POST", "/v1/chat/completions", None, False),
        ("POST", VERTEX.replace("anthropic", "google") + "m:rawPredict", None, False),
    ],
)
def test_each_path_has_its_surface(method: str, path: str, name: str | None, generates: bool) -> None:
    surface = DIALECT.claims(method, path)
    assert (surface.name if surface else None) == name
    assert bool(surface and surface.generates) == generates


@pytest.mark.parametrize(
    ("body", "glance"),
    [
        (b'{"model":"m","max_tokens":"12","stream":"true"}', Glance(model="m", max_tokens=12, stream=True)),
        (b'{"model":"m","max_tokens":[],"stream":"yes","metadata":{"user_id":"u"}}',
         Glance(model="m", user="u", stream=True)),
        (b'{"model":7,"max_tokens":12,"metadata":{"user_id":3}}', Glance(max_tokens=12)),
        (b'{"model":"m","stream":null,"metadata":null}', Glance(model="m")),
        (b'{"model":"m","metadata":{"user_id":null},"max_tokens":-4}', Glance(model="m")),
        ('{"model":"m","max_tokens":5}'.encode("utf-16"), Glance(model="m", max_tokens=5)),
    ],
)  # fmt: skip
def test_a_glance_survives_what_lax_servers_accept(body: bytes, glance: Glance) -> None:
    assert DIALECT.glance(MESSAGES, body) == msgspec.structs.replace(glance, body_bytes=len(body))


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b"\xff\xfe\xfd", b"3"])
def test_a_glance_at_what_is_no_query_is_empty(body: bytes) -> None:
    assert DIALECT.glance(MESSAGES, body) == Glance()


@pytest.mark.parametrize("step", [1, 7, 10**6])
def test_the_sdk_reads_a_stream_whose_thinking_was_taken_out(step: int) -> None:
    with sdk(answer(trimmed(samples.STREAM.response, step), samples.EVENTS)) as (client, _):
        message = streamed(client)
    assert [block.type for block in message.content] == ["text", "tool_use"]
    assert message.content[0].text == "Because blue scatters."  # type: ignore[union-attr]  # the line above
    assert message.content[1].input == {"up": True}  # type: ignore[union-attr]  # the same
    assert message.stop_reason == "tool_use"


def test_the_sdk_reads_a_stream_that_was_nothing_but_thinking() -> None:
    with sdk(answer(trimmed(samples.ONLY_THINKING.response), samples.EVENTS)) as (client, _):
        message = streamed(client)
    assert [block.model_dump(exclude_none=True) for block in message.content] == [{"type": "text", "text": ""}]


def test_the_sdk_reads_a_message_whose_thinking_was_taken_out() -> None:
    with sdk(answer(trimmed(samples.TOOLS.response), "application/json")) as (client, _):
        assert [block.type for block in asked(client).content] == ["text", "tool_use"]


def test_the_sdk_reads_a_message_that_was_nothing_but_thinking() -> None:
    whole = json.loads(samples.TOOLS.response)
    whole["content"] = whole["content"][:1]
    with sdk(answer(trimmed(json.dumps(whole).encode()), "application/json")) as (client, _):
        assert [block.model_dump(exclude_none=True) for block in asked(client).content] == [
            {"type": "text", "text": ""}
        ]


@pytest.mark.parametrize("kind", list(STATUS))
def test_the_sdk_raises_a_refusal_with_its_type_and_id(kind: RefusalKind) -> None:
    refusal = Refuse(kind=kind, message="Sorry.", decision="dec_1")
    with sdk(DIALECT.refuse(refusal, "req_1")) as (client, _), pytest.raises(anthropic.APIStatusError) as raised:
        asked(client)
    assert raised.value.status_code == STATUS[kind]
    assert raised.value.request_id == "req_1"
    body: Any = raised.value.body
    assert body["error"]["type"] == REFUSED[kind]
    assert "dec_1" in body["error"]["message"]


@pytest.mark.parametrize(("kind", "wait"), [("denied", 0.0), ("throttled", 0.0), ("throttled", 3600.0)])
def test_the_sdk_asks_once_where_waiting_does_not_help(kind: RefusalKind, wait: float) -> None:
    refusal = Refuse(kind=kind, message="Sorry.", retry_after=wait)
    with (
        sdk(DIALECT.refuse(refusal, "req_1"), retries=2) as (client, place),
        pytest.raises(anthropic.APIStatusError),
    ):
        asked(client)
    assert len(place.asked) == 1


def test_the_sdk_raises_where_a_stream_is_interrupted() -> None:
    begun = samples.FAILED_MIDWAY.response.partition(b"event: error")[0]
    end = DIALECT.interrupt(MESSAGES, Refuse(kind="throttled", message="Stopped.", decision="dec_1"), "req_1")
    with sdk(answer(begun + end, samples.EVENTS)) as (client, _), pytest.raises(anthropic.APIStatusError) as raised:
        streamed(client)
    body: Any = raised.value.body
    assert body["error"] == {"type": "rate_limit_error", "message": "Stopped. Reference dec_1."}


def test_a_stream_without_thinking_passes_byte_for_byte() -> None:
    assert trimmed(samples.REFUSAL.response, 5) == samples.REFUSAL.response


def test_thinking_goes_whatever_the_content_type_says() -> None:
    assert b"Short waves" not in trimmed(samples.STREAM.response, kind="application/json")
    assert b"Seven is enough" not in trimmed(samples.TOOLS.response, kind="text/event-stream")


def test_an_event_leaves_as_soon_as_it_is_whole() -> None:
    rewriter = DIALECT.rewriter(MESSAGES, samples.EVENTS, THINKING)
    assert rewriter is not None
    assert rewriter.feed(samples.START) == samples.START


KINDS = {
    "text": ('{"type":"text","text":""}', '{"type":"text_delta","text":"a"}'),
    "thinking": ('{"type":"thinking","thinking":""}', '{"type":"thinking_delta","thinking":"hidden"}'),
    "redacted_thinking": ('{"type":"redacted_thinking","data":"hidden"}',),
    "tool_use": ('{"type":"tool_use","id":"t","name":"n","input":{}}',
                 '{"type":"input_json_delta","partial_json":"{}"}'),
}  # fmt: skip


@settings(deadline=None)
@given(kinds=st.lists(st.sampled_from(sorted(KINDS)), max_size=8), step=st.integers(1, 400))
def test_what_stays_of_any_stream_is_numbered_without_gaps(kinds: list[str], step: int) -> None:
    blocks = b"".join(samples.block(i, *KINDS[kind]) for i, kind in enumerate(kinds))
    stream = trimmed(samples.START + blocks + samples.ending("end_turn", 1), step)
    events = [json.loads(line[6:]) for line in stream.splitlines() if line.startswith(b"data: ")]
    begun = [(e["index"], e["content_block"]["type"]) for e in events if e["type"] == "content_block_start"]
    kept = [kind for kind in kinds if "thinking" not in kind] or (["text"] if kinds else [])
    assert begun == list(enumerate(kept))
    assert [e["index"] for e in events if e["type"] == "content_block_stop"] == list(range(len(kept)))
    assert b"hidden" not in stream
    assert stream.endswith(samples.ending("end_turn", 1))


@pytest.mark.parametrize(
    ("budget", "cap", "left"), [(2048, 4096, 2048), (4096, 4096, 2048), (9000, 3000, 1500), (9000, 2000, None)]
)
def test_a_capped_query_keeps_a_thinking_budget_that_the_api_takes(budget: int, cap: int, left: int | None) -> None:
    body = {"model": "m", "max_tokens": 10_000, "thinking": {"type": "enabled", "budget_tokens": budget}}
    written = json.loads(DIALECT.write(MESSAGES, json.dumps(body).encode(), Trimming(max_tokens=cap)))
    assert written["max_tokens"] == cap
    assert written.get("thinking", {}).get("budget_tokens") == left


def test_a_query_without_a_limit_gets_the_cap() -> None:
    assert json.loads(DIALECT.write(MESSAGES, b'{"model":"m"}', Trimming(max_tokens=5)))["max_tokens"] == 5


def test_what_is_twice_in_a_trimmed_query_is_forwarded_once_as_it_was_judged() -> None:
    body = b'{"model":"m","max_tokens":9,"thinking":{"type":"disabled"},"thinking":{"type":"adaptive"}}'
    assert DIALECT.read(MESSAGES, body).asks_reasoning
    assert json.loads(DIALECT.write(MESSAGES, body, THINKING)) == {"model": "m", "max_tokens": 9}


def test_a_batch_counts_as_many_queries_and_is_trimmed_in_each() -> None:
    params = {"model": "m", "max_tokens": 50, "messages": [{"role": "user", "content": "Q"}]}
    thinking = {"type": "enabled", "budget_tokens": 1024}
    requests = [{"custom_id": str(i), "params": {**params, "thinking": thinking}} for i in range(3)]
    body = json.dumps({"requests": requests}).encode()
    assert DIALECT.glance(BATCHES, body) == Glance(model="m", samples=3, max_tokens=50, body_bytes=len(body))
    assert len(DIALECT.read(BATCHES, body).turns) == 3
    written = json.loads(DIALECT.write(BATCHES, body, Trimming(reasoning=True, max_tokens=7)))
    assert [request["params"] for request in written["requests"]] == [{**params, "max_tokens": 7}] * 3


def test_a_block_of_a_kind_that_nobody_knows_is_read_by_its_text() -> None:
    content = [{"type": "newest", "text": "A"}, {"type": "nested", "content": [{"type": "text", "text": "B"}]}, 3]
    body = json.dumps({"messages": [{"role": "user", "content": content}, {"role": "system", "content": "S"}]})
    query = DIALECT.read(MESSAGES, body.encode())
    assert [turn.text for turn in query.turns] == ["A\nB"]
    assert query.system == "S"


def test_a_stream_cut_short_is_heard_as_far_as_it_came() -> None:
    cut = samples.STREAM.response[: samples.STREAM.response.index(b"scatters.")]
    heard = DIALECT.hear(MESSAGES, samples.EVENTS, cut)
    assert (heard.text, heard.reasoning, heard.ended) == ("Because blue ", "Short waves scatter more.", False)


@pytest.mark.parametrize(
    "delta", ['{"type":"thinking_delta","thinking":"a"}', '{"type":"signature_delta","signature":"a"}']
)
def test_a_piece_of_thinking_goes_even_from_a_block_that_was_not_announced_as_such(delta: str) -> None:
    stray = samples.event("content_block_delta", f',"index":0,"delta":{delta}')
    assert trimmed(samples.START + stray + samples.STOP) == samples.START + samples.STOP


def test_only_the_newest_tool_results_count() -> None:
    result = {"role": "user", "content": [{"type": "tool_result", "content": "R"}]}
    messages = [result, result, {"role": "assistant", "content": "A"}, result]
    query = DIALECT.read(MESSAGES, json.dumps({"messages": messages}).encode())
    assert query.tool_results == 1
    assert [turn.role for turn in query.turns] == ["tool", "tool", "assistant", "tool"]
