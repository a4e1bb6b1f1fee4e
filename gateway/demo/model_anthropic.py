"""The simulated model's Anthropic surfaces: messages, token counts, models."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gateway.demo.mind import Asking, Said, think, tokens_of
from gateway.demo.spoken import SSE, Heard, Routes, Spoken, chunks, event, text_of, tool_of, whole

MODELS = ("claude-sim-1", "claude-sim-1-mini")
_KINDS = {
    400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error",
    413: "request_too_large", 429: "rate_limit_error", 504: "timeout_error", 529: "overloaded_error",
}  # fmt: skip
_EMPTY: dict[str, dict[str, Any]] = {
    "thinking": {"thinking": "", "signature": ""},
    "text": {"text": ""},
    "tool_use": {"input": {}},
}
_FAULT = {"type": "error", "error": {"type": "overloaded_error", "message": "The model stopped answering."}}


def fail(status: int, message: str) -> Spoken:
    """Return an error as Anthropic writes it."""
    error = {"type": _KINDS.get(status, "api_error"), "message": message}
    return whole({"type": "error", "error": error, "request_id": "req_simulated"}, status)


def _asking(heard: Heard) -> Asking:
    body = heard.body
    turns = [turn for turn in body.get("messages") or () if isinstance(turn, Mapping)]
    texts = [text_of(turn.get("content")) for turn in turns]
    newest = turns[-1].get("content") if turns else ""
    parts = newest if isinstance(newest, list) else []
    called = any(isinstance(part, Mapping) and part.get("type") == "tool_result" for part in parts)
    thinking = body.get("thinking")
    return Asking(
        prompt="\n".join([text_of(body.get("system", "")), *texts]),
        newest=texts[-1] if texts else "",
        max_tokens=heard.number("max_tokens"),
        reasons=isinstance(thinking, Mapping) and thinking.get("type") in {"enabled", "adaptive"},
        tool=None if called else tool_of(body.get("tools"), "input_schema"),
        refuse=heard.refuse,
        length=heard.length,
    )


def _blocks(said: Said) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    if said.thoughts:
        blocks.append({"type": "thinking", "thinking": "".join(said.thoughts), "signature": said.signature})
    if said.call:
        blocks.append({"type": "tool_use", "id": f"toolu_{said.key}", "name": said.call.name, "input": said.call.data})
    elif not said.refusal:
        blocks.append({"type": "text", "text": said.choices[0].text, "citations": None})
    return blocks


def _stop(said: Said) -> str:
    if said.refusal:
        return "refusal"
    if said.call:
        return "tool_use"
    return "max_tokens" if said.choices[0].finish == "length" else "end_turn"


def _message(heard: Heard, said: Said, *, done: bool) -> dict[str, Any]:
    out = said.answer_tokens + len(said.thoughts) if done else 1
    return {
        "id": f"msg_{said.key}",
        "type": "message",
        "role": "assistant",
        "model": heard.body.get("model", MODELS[0]),
        "content": _blocks(said) if done else [],
        "stop_reason": _stop(said) if done else None,
        "stop_sequence": None,
        "usage": {
            "input_tokens": said.prompt_tokens,
            "output_tokens": out,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
        },
    }


def messages(heard: Heard) -> Spoken:
    """Answer ``POST /v1/messages``."""
    if not heard.body.get("messages"):
        return fail(400, "messages: at least one message is required")
    if not heard.number("max_tokens"):
        return fail(400, "max_tokens: Field required")
    said = think(_asking(heard))
    if heard.streamed:
        return Spoken(pieces=tuple(_stream(heard, said)), content_type=SSE, fault=event(_FAULT, "error"))
    return whole(_message(heard, said, done=True))


def _named(value: Mapping[str, Any]) -> bytes:
    return event(value, str(value["type"]))


def _stream(heard: Heard, said: Said) -> Iterator[bytes]:
    yield _named({"type": "message_start", "message": _message(heard, said, done=False)})
    yield _named({"type": "ping"})
    for index, block in enumerate(_blocks(said)):
        begun = {**block, **_EMPTY[block["type"]]}
        yield _named({"type": "content_block_start", "index": index, "content_block": begun})
        for delta in _deltas(said, block["type"]):
            yield _named({"type": "content_block_delta", "index": index, "delta": delta})
        yield _named({"type": "content_block_stop", "index": index})
    end = {"stop_reason": _stop(said), "stop_sequence": None}
    billed = {"output_tokens": said.answer_tokens + len(said.thoughts)}
    yield _named({"type": "message_delta", "delta": end, "usage": billed})
    yield _named({"type": "message_stop"})


def _deltas(said: Said, kind: str) -> Iterator[dict[str, str]]:
    if kind == "thinking":
        for piece in chunks(said.thoughts):
            yield {"type": "thinking_delta", "thinking": "".join(piece)}
        yield {"type": "signature_delta", "signature": said.signature}
    elif kind == "tool_use":
        arguments = said.call.arguments if said.call else ""
        for part in ("", arguments[:7], arguments[7:]):
            yield {"type": "input_json_delta", "partial_json": part}
    else:
        for piece in chunks(said.choices[0].pieces):
            yield {"type": "text_delta", "text": "".join(piece)}


def count_tokens(heard: Heard) -> Spoken:
    """Answer ``POST /v1/messages/count_tokens``."""
    return whole({"input_tokens": tokens_of(_asking(heard).prompt)})


def models(heard: Heard) -> Spoken:
    """Answer ``GET /v1/models`` and ``GET /v1/models/ID`` to a client that speaks Anthropic's dialect."""
    wanted = heard.asked.get("model", "")
    born = "2025-11-24T00:00:00Z"
    cards = [{"type": "model", "id": name, "display_name": name.title(), "created_at": born} for name in MODELS]
    if not wanted:
        return whole({"data": cards, "has_more": False, "first_id": MODELS[0], "last_id": MODELS[-1]})
    found = [card for card in cards if card["id"] == wanted]
    return whole(found[0]) if found else fail(404, f"model: {wanted}")


ROUTES: Routes = (
    ("POST", re.compile(r"/v1/messages"), messages),
    ("POST", re.compile(r"/v1/messages/count_tokens"), count_tokens),
    ("GET", re.compile(r"/v1/models(?:/(?P<model>[^/]+))?"), models),
)
