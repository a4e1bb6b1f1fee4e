import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
from google import genai
from google.genai import errors, types
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.actions.base import STATUS, RefusalKind, Refuse, Trimming
from gateway.dialects.base import Reply
from gateway.dialects.gemini import Gemini
from gateway.dialects.gemini_query import UNSIGNED
from gateway.exchange import Glance, Query, Surface
from tests.gateway.dialects.samples import gemini as samples
from tests.gateway.dialects.samples.base import Sample
from tests.gateway.dialects.served import Served, answer, served

DIALECT = Gemini()
GENERATE = Surface("gemini.generate", "gemini", "m-1")
STREAM = Surface("gemini.stream", "gemini", "m-1", streams=True)
FULL = Trimming(reasoning=True, logprobs=True)
VERTEX = "/v1/projects/p/locations/l/publishers/google/models/m:"
STATUSES: dict[RefusalKind, str] = {
    "throttled": "RESOURCE_EXHAUSTED",
    "denied": "PERMISSION_DENIED",
    "unverified": "PERMISSION_DENIED",
    "too_large": "INVALID_ARGUMENT",
    "headers_too_large": "INVALID_ARGUMENT",
    "malformed": "INVALID_ARGUMENT",
    "unsupported": "UNIMPLEMENTED",
    "model_unreachable": "UNAVAILABLE",
    "model_timeout": "DEADLINE_EXCEEDED",
    "overloaded": "UNAVAILABLE",
}


@contextmanager
def sdk(reply: Reply) -> Iterator[tuple[genai.Client, Served]]:
    with served(reply) as place:
        client = genai.Client(api_key="k", http_options=types.HttpOptions(base_url=place.url))
        try:
            yield client, place
        finally:
            client.close()


def trimmed(body: bytes, step: int = 10**6, trimming: Trimming = FULL) -> bytes:
    rewriter = DIALECT.rewriter(STREAM, "", trimming)
    assert rewriter is not None
    pieces = [rewriter.feed(body[at : at + step]) for at in range(0, len(body), step)]
    return b"".join(pieces) + rewriter.finish()


def streamed(client: genai.Client) -> list[types.GenerateContentResponse]:
    return list(client.models.generate_content_stream(model="m-1", contents="Hm?"))


@pytest.mark.parametrize(
    ("method", "path", "name", "model"),
    [
        ("POST", "/v1beta/models/m-1:generateContent", "gemini.generate", "m-1"),
        ("POST", "/v1/models/m-1:generateContent", "gemini.generate", "m-1"),
        ("POST", "/v1alpha/models/m-1:streamGenerateContent", "gemini.stream", "m-1"),
        ("POST", "/v1beta/tunedModels/t-1:generateContent", "gemini.generate", "t-1"),
        ("POST", VERTEX + "streamGenerateContent", "gemini.stream", "m"),
        ("POST", VERTEX.replace("v1", "v1beta1") + "generateContent", "gemini.generate", "m"),
        ("POST", "/v1/publishers/google/models/m:generateContent", "gemini.generate", "m"),
        ("POST", "/v1/projects/p/locations/l/endpoints/7:generateContent", "gemini.generate", "7"),
        ("POST", "/v1beta/models/m:countTokens", "gemini.count_tokens", "m"),
        ("POST", VERTEX + "computeTokens", "gemini.count_tokens", "m"),
        ("POST", "/v1beta/models/e:embedContent", "gemini.embed", "e"),
        ("POST", "/v1beta/models/e:batchEmbedContents", "gemini.embed", "e"),
        ("POST", VERTEX + "predict", "gemini.other", "m"),
        ("POST", "/v1beta/models/m:batchGenerateContent", "gemini.other", "m"),
        ("POST", "/v1beta/models/m:neverHeardOf", "gemini.other", ""),
        ("GET", "/v1beta/models", "gemini.models", ""),
        ("GET", "/v1beta/models/m", "gemini.models", ""),
        ("POST", "/v1beta/cachedContents", "gemini.other", ""),
        ("GET", "/v1beta/models/m:generateContent", "gemini.other", ""),
        ("POST", "/v1beta/openai/chat/completions", None, ""),
        ("GET", "/v1/models", None, ""),
        ("POST", "/v1/models/m:neverHeardOf", None, ""),
        ("POST", "/v1/chat/completions", None, ""),
        ("POST", VERTEX.replace("google", "anthropic") + "rawPredict", None, ""),
    ],
)
def test_each_path_has_its_surface(method: str, path: str, name: str | None, model: str) -> None:
    surface = DIALECT.claims(method, path)
    assert (surface.name if surface else None) == name
    assert (surface.model if surface else "") == model
    assert bool(surface and surface.streams) == (name == "gemini.stream")
    assert bool(surface and surface.generates) == (name in {"gemini.stream", "gemini.generate", "gemini.embed"})


@pytest.mark.parametrize(
    ("body", "glance"),
    [
        (b'{"generationConfig":{"candidateCount":"3","maxOutputTokens":5e2}}', Glance(samples=3, max_tokens=500)),
        (b'{"generationConfig":{"candidateCount":[],"maxOutputTokens":7}}', Glance(max_tokens=7)),
        (b'{"generation_config":{"candidate_count":2},"labels":{"user_id":"u"}}', Glance(samples=2, user="u")),
        (b'{"generationConfig":null,"labels":{"team":5,"user_id":"u"}}', Glance(user="u")),
        (b'{"generationConfig":{"candidateCount":0,"maxOutputTokens":-1}}', Glance()),
    ],
)
def test_a_glance_reads_both_spellings_and_numbers_in_quotes(body: bytes, glance: Glance) -> None:
    expected = msgspec.structs.replace(glance, model="m-1", body_bytes=len(body))
    assert DIALECT.glance(GENERATE, body) == expected


@pytest.mark.parametrize("step", [1, 7, 10**6])
def test_the_sdk_reads_a_stream_whose_thoughts_were_taken_out(step: int) -> None:
    with sdk(answer(trimmed(samples.STREAMED.response, step), samples.EVENTS)) as (client, place):
        pieces = streamed(client)
    assert [piece.text for piece in pieces] == ["Because blue ", '[scatters"}].']
    assert all(part.thought_signature is None for piece in pieces for part in piece.parts or [])
    assert "alt=sse" in place.asked[0]


def test_the_sdk_hands_back_the_signature_that_stands_in_for_a_calls_own() -> None:
    with sdk(answer(trimmed(samples.TOOLS.response), "application/json")) as (client, _):
        heard = client.models.generate_content(model="m-1", contents="Hm?")
    assert heard.candidates
    content = heard.candidates[0].content
    assert content
    assert content.parts
    assert [bool(part.function_call) for part in content.parts] == [True]
    assert content.model_dump(mode="json", by_alias=True)["parts"][0]["thoughtSignature"] == UNSIGNED


def test_a_signature_that_stands_in_is_no_reasoning_handed_back() -> None:
    part = {"functionCall": {"name": "f"}, "thoughtSignature": UNSIGNED}
    body = json.dumps({"contents": [{"role": "model", "parts": [part]}]}).encode()
    assert DIALECT.read(GENERATE, body).reasoning_blobs == ()


@pytest.mark.parametrize("rest", ["", ',"finishReason": "MAX_TOKENS"'])
def test_the_sdk_reads_an_answer_that_was_nothing_but_thoughts(rest: str) -> None:
    body = samples.piece('{"text": "hidden","thought": true}', rest).encode()
    with sdk(answer(trimmed(body), "application/json")) as (client, _):
        assert client.models.generate_content(model="m-1", contents="Hm?").text == ""


def test_a_last_piece_that_was_nothing_but_thoughts_still_ends_the_stream() -> None:
    last = samples.piece('{"text": "hidden","thought": true}', ',"finishReason": "MAX_TOKENS"')
    with sdk(answer(trimmed(samples.events(samples.PIECES[0], last)), samples.EVENTS)) as (client, _):
        pieces = streamed(client)
    assert [piece.text for piece in pieces] == [""]
    assert pieces[0].candidates
    assert pieces[0].candidates[0].finish_reason == types.FinishReason.MAX_TOKENS


@pytest.mark.parametrize("kind", list(STATUS))
def test_the_sdk_raises_a_refusal_with_its_status(kind: RefusalKind) -> None:
    refusal = Refuse(kind=kind, message="Sorry.", decision="dec_1")
    with sdk(DIALECT.refuse(refusal, "req_1")) as (client, place), pytest.raises(errors.APIError) as raised:
        client.models.generate_content(model="m-1", contents="Hm?")
    assert isinstance(raised.value, errors.ClientError if STATUS[kind] < 500 else errors.ServerError)
    assert raised.value.code == STATUS[kind]
    assert raised.value.status == STATUSES[kind]
    assert "dec_1" in str(raised.value.message)
    assert len(place.asked) == 1


@pytest.mark.parametrize(("kind", "wait", "told"), [
    ("throttled", 20.0, ["20s"]), ("throttled", 3600.2, ["3601s"]), ("throttled", 0.0, []), ("denied", 20.0, []),
])  # fmt: skip
def test_a_wait_is_told_only_where_waiting_helps(kind: RefusalKind, wait: float, told: list[str]) -> None:
    reply = DIALECT.refuse(Refuse(kind=kind, message="Sorry.", retry_after=wait), "req_1")
    details = json.loads(reply.body)["error"]["details"]
    assert [d["retryDelay"] for d in details if d["@type"].endswith("google.rpc.RetryInfo")] == told
    assert [d["requestId"] for d in details if d["@type"].endswith("google.rpc.RequestInfo")] == ["req_1"]


def test_the_sdk_raises_where_events_are_interrupted() -> None:
    refusal = Refuse(kind="throttled", message="Stopped.", retry_after=5)
    body = samples.events(*samples.PIECES[2:3]) + DIALECT.interrupt(STREAM, refusal, "req_1", samples.EVENTS)
    with sdk(answer(body, samples.EVENTS)) as (client, _), pytest.raises(errors.ClientError) as raised:
        streamed(client)
    assert (raised.value.code, raised.value.status) == (429, "RESOURCE_EXHAUSTED")
    assert raised.value.message == "Stopped."


def test_an_array_that_is_interrupted_behind_an_element_ends_with_the_error() -> None:
    begun = samples.array(*samples.PIECES[2:3]).rpartition(b"\n]")[0]
    refusal = Refuse(kind="denied", message="Stopped.")
    whole: list[Any] = json.loads(
        begun + DIALECT.interrupt(STREAM, refusal, "req_1", "application/json; charset=UTF-8")
    )
    assert whole[-1]["error"]["status"] == "PERMISSION_DENIED"
    assert whole[0] == json.loads(samples.PIECES[2])


THOUGHT = samples.piece('{"text": "hidden, ]}","thought": true}')
SAID = samples.piece('{"text": "said, [{"}')
TAIL = '{"usageMetadata": {"promptTokenCount": 9}}'


@settings(deadline=None)
@given(pieces=st.lists(st.sampled_from([THOUGHT, SAID, TAIL]), max_size=7), step=st.integers(1, 300))
def test_an_array_stays_an_array_whatever_is_left_away(pieces: list[str], step: int) -> None:
    whole = samples.array(*pieces)
    written = trimmed(whole, step)
    assert json.loads(written) == [json.loads(piece) for piece in pieces if piece is not THOUGHT]
    if THOUGHT not in pieces:
        assert written == whole


@pytest.mark.parametrize("body", [samples.ARRAY.response, samples.STREAMED.response, samples.TOOLS.response])
@pytest.mark.parametrize("kind", ["application/json", "text/event-stream", ""])
def test_thoughts_go_whatever_the_content_type_says(body: bytes, kind: str) -> None:
    rewriter = DIALECT.rewriter(STREAM, kind, FULL)
    assert rewriter is not None
    written = rewriter.feed(body) + rewriter.finish()
    assert b"Short waves" not in written
    assert b"Once more" not in written


def test_an_element_leaves_as_soon_as_it_is_whole() -> None:
    rewriter = DIALECT.rewriter(STREAM, "application/json", FULL)
    assert rewriter is not None
    assert rewriter.feed(b"[" + SAID.encode()) == b"[" + SAID.encode()


def test_only_what_is_named_is_taken_out() -> None:
    without = trimmed(samples.SNAKE.response, trimming=Trimming(logprobs=True))
    assert b"A coin." in without
    assert b"avgLogprobs" not in without
    without = trimmed(samples.SNAKE.response, trimming=Trimming(reasoning=True))
    assert b"A coin." not in without
    assert b"avgLogprobs" in without


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {"generationConfig": {"maxOutputTokens": 9}}),
        ({"generationConfig": None}, {"generationConfig": {"maxOutputTokens": 9}}),
        ({"generationConfig": {"maxOutputTokens": 5}}, {"generationConfig": {"maxOutputTokens": 5}}),
        ({"generationConfig": {"maxOutputTokens": "500"}}, {"generationConfig": {"maxOutputTokens": 9}}),
        ({"generation_config": {"max_output_tokens": 500}}, {"generation_config": {"max_output_tokens": 9}}),
        ({"generation_config": {"topK": 1}}, {"generation_config": {"topK": 1, "maxOutputTokens": 9}}),
        ({"generationConfig": {"maxOutputTokens": 5, "max_output_tokens": 500}},
         {"generationConfig": {"maxOutputTokens": 5, "max_output_tokens": 9}}),
    ],
)  # fmt: skip
def test_a_length_is_capped_in_either_spelling_or_set(body: dict[str, Any], expected: dict[str, Any]) -> None:
    known = {"contents": [], **body}
    written = json.loads(DIALECT.write(GENERATE, json.dumps(known).encode(), Trimming(max_tokens=9)))
    assert written == {"contents": [], **expected}


def test_a_trimmed_query_still_thinks_as_long_as_the_client_wants() -> None:
    written = json.loads(DIALECT.write(GENERATE, samples.SNAKE.request, Trimming(reasoning=True)))
    thinking = written["generation_config"]["thinking_config"]
    assert thinking == {"include_thoughts": False, "thinking_budget": 128}


@pytest.mark.parametrize("name", ["gemini.embed", "gemini.count_tokens", "gemini.other", "gemini.models"])
def test_what_generates_no_text_is_left_alone(name: str) -> None:
    surface = Surface(name, "gemini")
    body = b'{"generationConfig":{"candidateCount":3}}'
    assert DIALECT.write(surface, body, Trimming(samples=1, max_tokens=1, reasoning=True)) is body
    assert DIALECT.rewriter(surface, "application/json", FULL) is None


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"7"])
def test_what_is_no_query_is_read_as_an_empty_one(body: bytes) -> None:
    assert DIALECT.read(GENERATE, body) == Query(model="m-1")
    assert DIALECT.glance(GENERATE, body).max_tokens == 0


@pytest.mark.parametrize("sample", [samples.ARRAY, samples.STREAMED], ids=lambda sample: sample.name)
def test_a_stream_cut_short_is_heard_as_far_as_it_came(sample: Sample) -> None:
    cut = sample.response[: sample.response.index(b"[scatters")]
    heard = DIALECT.hear(STREAM, sample.content_type, cut)
    assert (heard.text, heard.reasoning, heard.ended) == ("Because blue ", "Short waves scatter more.", False)


def test_only_the_newest_function_results_count() -> None:
    result = {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": {"result": "R"}}}]}
    contents = [result, result, {"role": "model", "parts": [{"text": "A"}]}, result]
    query = DIALECT.read(GENERATE, json.dumps({"contents": contents}).encode())
    assert query.tool_results == 1
    assert [turn.role for turn in query.turns] == ["tool", "tool", "assistant", "tool"]
