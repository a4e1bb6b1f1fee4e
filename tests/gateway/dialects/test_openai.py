import json
from typing import Any

import pytest

from gateway.actions.base import Trimming
from gateway.dialects.openai import OpenAI
from gateway.exchange import Answer, Glance, Surface

OPENAI = OpenAI()
SURFACES = [
    ("POST", "/v1/chat/completions", "openai.chat", True),
    ("GET", "/v1/chat/completions", "openai.chat.stored", True),
    ("GET", "/v1/chat/completions/c-1", "openai.chat.stored", True),
    ("GET", "/v1/chat/completions/c-1/messages", "openai.chat.stored", False),
    ("DELETE", "/v1/chat/completions/c-1", "openai.chat.stored", False),
    ("POST", "/v1/completions", "openai.completions", True),
    ("POST", "/v1/responses", "openai.responses", True),
    ("GET", "/v1/responses/r-1", "openai.responses.stored", True),
    ("DELETE", "/v1/responses/r-1", "openai.responses.stored", False),
    ("GET", "/v1/responses/r-1/input_items", "openai.responses.stored", False),
    ("POST", "/v1/responses/r-1/cancel", "openai.responses.stored", False),
    ("POST", "/v1/responses/compact", "openai.responses.stored", False),
    ("POST", "/v1/embeddings", "openai.embeddings", True),
    ("GET", "/v1/models", "openai.models", False),
    ("GET", "/v1/models/org/m-1", "openai.models", False),
    ("POST", "/v1/images/generations", "openai.images", False),
    ("POST", "/v1/images/edits", "openai.images", False),
    ("POST", "/v1/audio/speech", "openai.audio", False),
    ("POST", "/v1/audio/transcriptions", "openai.audio", False),
    ("POST", "/v1/batches", "openai.batches", False),
    ("GET", "/v1/batches/b-1", "openai.batches", False),
    ("POST", "/v1/files", "openai.files", False),
    ("GET", "/v1/files/f-1/content", "openai.files", False),
    ("POST", "/v1/moderations", "openai.moderations", False),
    ("GET", "/v1/realtime", "openai.realtime", False),
    ("POST", "/v1/realtime/sessions", "openai.realtime", False),
    ("POST", "/openai/v1/chat/completions", "openai.chat", True),
    ("POST", "/openai/v1/responses", "openai.responses", True),
    ("POST", "/openai/deployments/m-9/chat/completions", "openai.chat", True),
    ("POST", "/openai/deployments/m-9/completions", "openai.completions", True),
    ("POST", "/openai/deployments/m-9/embeddings", "openai.embeddings", True),
]
NOT_OURS = [
    ("POST", "/chat/completions"),
    ("POST", "/v1/messages"),
    ("POST", "/v1beta/models/m:generateContent"),
    ("GET", "/v1/responses"),
    ("POST", "/v2/chat/completions"),
    ("GET", "/"),
]
CHAT = Surface("openai.chat", "openai")
RESPONSES = Surface("openai.responses", "openai")


@pytest.mark.parametrize(("method", "path", "name", "generates"), SURFACES)
def test_every_path_has_its_surface(method: str, path: str, name: str, generates: bool) -> None:
    model = "m-9" if "deployments" in path else ""
    assert OPENAI.claims(method, path) == Surface(name, "openai", model, generates)


@pytest.mark.parametrize(("method", "path"), NOT_OURS)
def test_other_paths_are_left_to_others(method: str, path: str) -> None:
    assert OPENAI.claims(method, path) is None


@pytest.mark.parametrize(
    "odd",
    [{"user": 5}, {"stream": "no"}, {"x": float("nan")}, {"temperature": "hot"}, {"messages": None}, {"x": "\ud800"}],
)
def test_one_odd_member_does_not_cost_the_others(odd: dict[str, Any]) -> None:
    body = json.dumps({"model": "m", "n": 4, "max_tokens": 7, "safety_identifier": "s", **odd}).encode()
    assert OPENAI.glance(CHAT, body) == Glance("m", False, "s", 4, 7, len(body))


def test_a_count_in_another_type_is_still_a_count() -> None:
    body = b'{"model": "m", "n": "4", "max_completion_tokens": 7.0, "stream": 1, "user": "u"}'
    assert OPENAI.glance(CHAT, body) == Glance("m", True, "u", 4, 7, len(body))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"7", b"\xff"])
def test_a_body_that_cannot_be_read_gives_an_empty_glance(body: bytes) -> None:
    assert OPENAI.glance(CHAT, body) == Glance(body_bytes=len(body))
    assert OPENAI.write(CHAT, body, Trimming(max_tokens=1)) is body


def test_a_cap_goes_where_the_client_looks() -> None:
    cap = Trimming(max_tokens=16)
    assert OPENAI.write(CHAT, b'{"a":1.00}', cap) == b'{"a":1.00,"max_tokens":16}'
    assert OPENAI.write(CHAT, b'{"max_completion_tokens":99}', cap) == b'{"max_completion_tokens":16}'
    both = b'{"max_completion_tokens":9,"max_tokens":99}'
    assert OPENAI.write(CHAT, both, cap) == b'{"max_completion_tokens":9,"max_tokens":16}'
    assert OPENAI.write(RESPONSES, b'{"input":"x"}', cap) == b'{"input":"x","max_output_tokens":16}'
    within = b'{"max_tokens": 16 }'
    assert OPENAI.write(CHAT, within, cap) is within


def test_samples_are_capped_only_if_asked_for() -> None:
    assert OPENAI.write(CHAT, b'{"n":9,"best_of":9}', Trimming(samples=2)) == b'{"n":2,"best_of":2}'
    one = b'{"n": 1}'
    assert OPENAI.write(CHAT, one, Trimming(samples=2)) is one


def test_a_member_given_twice_is_forwarded_once() -> None:
    body = b'{"logprobs":true,"n":1,"n":50,"logprobs":true}'
    assert OPENAI.write(CHAT, body, Trimming(samples=2, logprobs=True)) == b'{"n":2}'


def test_responses_keep_what_else_is_included_and_the_effort() -> None:
    body = b'{"include":["reasoning.encrypted_content","web_search_call.results"],'
    body += b'"reasoning":{"effort":"low","summary":"auto"}}'
    written = OPENAI.write(RESPONSES, body, Trimming(reasoning=True))
    assert written == b'{"include":["web_search_call.results"],"reasoning":{"effort":"low"}}'


def test_an_event_that_only_thinks_is_dropped_and_one_that_also_speaks_is_kept() -> None:
    rewriter = OPENAI.rewriter(CHAT, "text/event-stream", Trimming(reasoning=True))
    assert rewriter is not None
    thinks = (
        b'data: {"choices":[{"index":0,"delta":{"content":null,"reasoning_content":"hm"},"finish_reason":null}]}\n\n'
    )
    assert rewriter.feed(thinks) == b""
    speaks = thinks.replace(b"null,", b'"Oslo",')
    expected = b'data: {"choices":[{"index":0,"delta":{"content":"Oslo"},"finish_reason":null}]}\n\n'
    assert rewriter.feed(speaks) == expected
    counted = thinks.replace(b"}]}", b'}],"usage":{"completion_tokens":3}}')
    assert b'"completion_tokens":3' in rewriter.feed(counted)
    failed = thinks.replace(b"}]}", b'}],"error":{"message":"out of memory"}}')
    assert b"out of memory" in rewriter.feed(failed)
    ended = thinks.replace(b"null}]", b'"stop"}]')
    assert b'"finish_reason":"stop"' in rewriter.feed(ended)


def test_a_chunk_with_nothing_to_take_out_passes_as_it_was() -> None:
    rewriter = OPENAI.rewriter(CHAT, "text/event-stream", Trimming(logprobs=True, reasoning=True))
    assert rewriter is not None
    chunk = (
        b'data: {"choices": [{"delta": {"content": "a reasoning", "reasoning_content": null}, "logprobs": null}]}\n\n'
    )
    assert rewriter.feed(chunk) == chunk


def test_a_stripped_reasoning_item_keeps_its_place() -> None:
    rewriter = OPENAI.rewriter(RESPONSES, "application/json", Trimming(reasoning=True))
    assert rewriter is not None
    rewriter.feed(b'{"output":[{"id":"rs","type":"reasoning","summary":[{"text":"hm"}],"encrypted_content":"QQ=="}]}')
    assert rewriter.finish() == b'{"output":[{"id":"rs","type":"reasoning","summary":[]}]}'


def test_what_is_no_text_is_not_held_back() -> None:
    full = Trimming(logprobs=True, reasoning=True)
    assert OPENAI.rewriter(CHAT, "audio/mpeg", full) is None
    assert OPENAI.rewriter(Surface("openai.audio", "openai"), "application/json", full) is None
    assert OPENAI.hear(CHAT, "audio/mpeg", b'{"choices":[{}]}') == Answer()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"reasoning_effort": "high"}, False),
        ({"reasoning": {"effort": "high"}}, True),
        ({"reasoning": {"effort": "high", "exclude": True}}, False),
        ({"include_reasoning": True}, True),
        ({"thinking": {"type": "enabled"}}, True),
        ({"thinking": {"type": "disabled"}}, False),
        ({"chat_template_kwargs": {"enable_thinking": True}}, True),
    ],
)
def test_reasoning_is_asked_for_by_parameter(asked: dict[str, Any], expected: bool) -> None:
    assert OPENAI.read(CHAT, json.dumps({"model": "m", **asked}).encode()).asks_reasoning is expected


@pytest.mark.parametrize(
    ("surface", "asked", "expected"),
    [
        ("openai.chat", {"logprobs": True}, 1),
        ("openai.chat", {"logprobs": True, "top_logprobs": 4}, 4),
        ("openai.chat", {"logprobs": False}, 0),
        ("openai.completions", {"logprobs": 0}, 1),
        ("openai.completions", {"logprobs": 4}, 4),
        ("openai.completions", {"logprobs": None}, 0),
        ("openai.responses", {"include": ["message.output_text.logprobs"]}, 1),
        ("openai.responses", {"top_logprobs": 4}, 4),
        ("openai.responses", {}, 0),
    ],
)
def test_log_probabilities_are_counted(surface: str, asked: dict[str, Any], expected: int) -> None:
    assert OPENAI.read(Surface(surface, "openai"), json.dumps(asked).encode()).logprobs == expected


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [("a", ["a"]), (["a", "b"], ["a", "b"]), ([1, 2], []), ([[1, 2], [3]], []), (None, []), ({"a": 1}, [])],
)
def test_a_prompt_may_be_a_text_several_or_token_ids(prompt: object, expected: list[str]) -> None:
    query = OPENAI.read(Surface("openai.completions", "openai"), json.dumps({"prompt": prompt}).encode())
    assert [turn.text for turn in query.turns] == expected
