"""Encrypted reasoning is known again: what an answer served and the next question hands back, in every dialect."""

import json
from typing import Any

import pytest
from google.genai import types

from gateway.dialects.known import Dialects
from gateway.dialects.wire import digest
from gateway.exchange import Answer, Query

ONE, OTHER = "c2VhbGVkKy8tMQ+/", "Z0FBQUFBQm9yYW5kb20tc2VhbGVk"
DIALECTS = Dialects()
USER = {"role": "user", "content": "Go on."}
CONTENTS = [{"role": "user", "parts": [{"text": "Go on."}]}]


def events(*documents: Any, named: bool = False) -> bytes:
    heads = [f"event: {one['type']}\n" if named else "" for one in documents]
    return "".join(f"{head}data: {json.dumps(one)}\n\n" for head, one in zip(heads, documents, strict=True)).encode()


def hear(path: str, body: Any) -> Answer:
    dialect, surface = DIALECTS.find("POST", path, ())
    whole = not isinstance(body, bytes)
    kind = "application/json" if whole else "text/event-stream"
    return dialect.hear(surface, kind, json.dumps(body).encode() if whole else body)


def read(path: str, body: Any) -> Query:
    dialect, surface = DIALECTS.find("POST", path, ())
    return dialect.read(surface, json.dumps(body).encode())


def google(*parts: Any) -> list[Any]:
    """Return contents as Google's own SDK writes them back after it has read them."""
    said = types.Content.model_validate({"role": "model", "parts": list(parts)})
    return [*CONTENTS, json.loads(said.model_dump_json(by_alias=True, exclude_none=True))]


def responses(*blobs: str) -> list[Any]:
    return [{"type": "reasoning", "id": f"rs_{i}", "summary": [], "encrypted_content": b} for i, b in enumerate(blobs)]


THOUGHTS = [
    {"type": "thinking", "thinking": "Hm.", "signature": ONE},
    {"type": "redacted_thinking", "data": OTHER},
    {"type": "text", "text": "So."},
]
PARTS = [
    {"text": "So.", "thoughtSignature": ONE},
    {"functionCall": {"name": "f", "args": {}}, "thoughtSignature": OTHER},
]
DETAILS = [{"type": "reasoning.text", "text": "Hm.", "signature": ONE}, {"type": "reasoning.encrypted", "data": OTHER}]
BLOCKS = [THOUGHTS[0], THOUGHTS[1]]
CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
COMPATIBLE = {
    "role": "assistant",
    "content": "So.",
    "extra_content": {"google": {"thought_signature": ONE}},
    "tool_calls": [CALL | {"extra_content": {"google": {"thought_signature": OTHER}}}],
}
LITELLM = {
    "role": "assistant",
    "content": None,
    "provider_specific_fields": {"thought_signatures": [ONE]},
    "tool_calls": [CALL | {"provider_specific_fields": {"thought_signature": OTHER}}],
}
CHAT, MESSAGES, RESPONSES = "/v1/chat/completions", "/v1/messages", "/v1/responses"
GEMINI, STREAM = "/v1beta/models/m:generateContent", "/v1beta/models/m:streamGenerateContent"


def chat(message: dict[str, Any]) -> dict[str, Any]:
    return {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}


def chunk(delta: dict[str, Any]) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta}]}


SIGNED = [
    {"type": "message_start", "message": {"content": []}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": "", "signature": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "Hm."}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": ONE[:7]}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": ONE[7:]}},
    {"type": "content_block_start", "index": 1, "content_block": THOUGHTS[1]},
    {"type": "message_stop"},
]
BUILT = [
    {"type": "response.output_item.added", "output_index": 0, "item": responses("cHJlbGltaW5hcnk")[0]},
    *[
        {"type": "response.output_item.done", "output_index": i, "item": item}
        for i, item in enumerate(responses(ONE, OTHER))
    ],
    {"type": "response.completed", "response": {"status": "completed", "output": responses(ONE, OTHER)}},
]
SERVED: dict[str, tuple[str, Any]] = {
    "Anthropic": (MESSAGES, {"content": THOUGHTS, "stop_reason": "end_turn"}),
    "Anthropic, streamed": (MESSAGES, events(*SIGNED, named=True)),
    "Responses": (RESPONSES, {"object": "response", "status": "completed", "output": responses(ONE, OTHER)}),
    "Responses, streamed": (RESPONSES, events(*BUILT, named=True)),
    "Responses, streamed and cut before its end": (RESPONSES, events(*BUILT[:-1], named=True)),
    "Gemini": (GEMINI, {"candidates": [{"content": {"parts": PARTS}, "finishReason": "STOP"}]}),
    "Gemini, streamed": (STREAM, events(*[{"candidates": [{"content": {"parts": [part]}}]} for part in PARTS])),
    "chat, details": (CHAT, chat({"role": "assistant", "content": "So.", "reasoning_details": DETAILS})),
    "chat, details, streamed": (CHAT, events(*[chunk({"reasoning_details": [one]}) for one in DETAILS])),
    "chat, thinking blocks": (CHAT, chat({"role": "assistant", "content": "So.", "thinking_blocks": BLOCKS})),
    "chat, thinking blocks, streamed": (CHAT, events(*[chunk({"thinking_blocks": [one]}) for one in BLOCKS])),
    "chat, Gemini's surface": (CHAT, chat(COMPATIBLE)),
    "chat, Gemini's surface, streamed": (CHAT, events(chunk(COMPATIBLE))),
    "chat, LiteLLM before Gemini": (CHAT, chat(LITELLM)),
}
PRESENTED: dict[str, tuple[str, Any]] = {
    "Anthropic": (MESSAGES, {"messages": [USER, {"role": "assistant", "content": THOUGHTS}, USER]}),
    "Responses": (RESPONSES, {"input": [USER, *responses(ONE, OTHER), USER]}),
    "Gemini": (GEMINI, {"contents": [*CONTENTS, {"role": "model", "parts": PARTS}]}),
    "Gemini, as its SDK writes it": (GEMINI, {"contents": google(*PARTS)}),
    "Gemini, snake case": (
        GEMINI,
        {"contents": [{"role": "model", "parts": [{"thought_signature": ONE}, {"thought_signature": OTHER}]}]},
    ),
    "chat, details": (CHAT, {"messages": [USER, {"role": "assistant", "content": "", "reasoning_details": DETAILS}]}),
    "chat, thinking blocks": (CHAT, {"messages": [{"role": "assistant", "content": "", "thinking_blocks": BLOCKS}]}),
    "chat, Gemini's surface": (CHAT, {"messages": [USER, COMPATIBLE, USER]}),
    "chat, LiteLLM before Gemini": (CHAT, {"messages": [USER, LITELLM, USER]}),
}
BOTH = {digest(ONE), digest(OTHER)}


@pytest.mark.parametrize(("path", "body"), SERVED.values(), ids=SERVED)
def test_all_sealed_reasoning_of_an_answer_is_seen(path: str, body: Any) -> None:
    assert set(hear(path, body).reasoning_blobs) == BOTH


@pytest.mark.parametrize(("path", "body"), PRESENTED.values(), ids=PRESENTED)
def test_the_same_is_seen_when_it_is_handed_back(path: str, body: Any) -> None:
    assert set(read(path, body).reasoning_blobs) == BOTH


def test_a_part_that_says_it_was_never_signed_is_no_blob() -> None:
    never = {"extra_content": {"google": {"thought_signature": "skip_thought_signature_validator"}}}
    assert read(CHAT, {"messages": [{"role": "assistant", "tool_calls": [CALL | never]}]}).reasoning_blobs == ()


def test_calls_without_signatures_need_no_patient_reader() -> None:
    query = read(CHAT, {"messages": [USER, {"role": "assistant", "content": None, "tool_calls": [CALL]}, USER]})
    assert query.reasoning_blobs == ()
    assert [turn.role for turn in query.turns] == ["user", "assistant", "user"]
