"""The simulated model's OpenAI surfaces: chat, legacy completions, embeddings, models."""

import base64
import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, TypeAlias

import msgspec

from gateway.demo.mind import Asking, Said, alternatives, embedding, think, tokens_of
from gateway.demo.spoken import CREATED, SSE, Heard, Routes, Spoken, chunks, event, likelihoods, text_of, tool_of, whole

MODELS = ("gpt-sim-1", "gpt-sim-1-mini", "text-embedding-sim")
_DONE = b"data: [DONE]\n\n"
_FAULT = {"error": {"message": "The model stopped answering.", "type": "server_error", "param": None, "code": None}}
_DIMENSIONS = 256
_Delta: TypeAlias = tuple[int, Mapping[str, Any], Mapping[str, Any] | None]  # choice, delta, log-probabilities


def fail(status: int, message: str) -> Spoken:
    """Return an error as OpenAI writes it."""
    kind = {400: "invalid_request_error", 401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error"}
    code = {401: "invalid_api_key", 429: "rate_limit_exceeded"}.get(status)
    error = {"message": message, "type": kind.get(status, "server_error"), "param": None, "code": code}
    return whole({"error": error}, status)


def _asking(heard: Heard) -> Asking:
    body = heard.body
    turns = [turn for turn in body.get("messages") or () if isinstance(turn, Mapping)]
    texts = [text_of(turn.get("content")) for turn in turns]
    offered = [entry.get("function") for entry in body.get("tools") or () if isinstance(entry, Mapping)]
    called = bool(turns) and turns[-1].get("role") == "tool"
    effort = body.get("reasoning_effort")
    return Asking(
        prompt="\n".join(texts),
        newest=texts[-1] if texts else "",
        max_tokens=heard.number("max_completion_tokens", "max_tokens"),
        samples=heard.number("n") or 1,
        reasons=effort not in {None, "none"} or body.get("include_reasoning") is True,
        tool=None if called or body.get("tool_choice") == "none" else tool_of(offered, "parameters"),
        refuse=heard.refuse,
        length=heard.length,
    )


def usage(said: Said) -> dict[str, Any]:
    """Return the usage of a chat or completions answer."""
    shown = said.answer_tokens + len(said.thoughts)
    return {
        "prompt_tokens": said.prompt_tokens,
        "completion_tokens": shown,
        "total_tokens": said.prompt_tokens + shown,
        "completion_tokens_details": {"reasoning_tokens": len(said.thoughts)},
        "prompt_tokens_details": {"cached_tokens": 0},
    }


def _frame(heard: Heard, said: Said, kind: str) -> dict[str, Any]:
    model = str(heard.body.get("model", MODELS[0]))
    return {"id": f"chatcmpl-{said.key}", "object": kind, "created": CREATED, "model": model, "service_tier": "default"}


def _tool_calls(said: Said) -> list[dict[str, Any]]:
    if said.call is None:
        return []
    function = {"name": said.call.name, "arguments": said.call.arguments}
    return [{"id": f"call_{said.key}", "type": "function", "function": function}]


def _message(said: Said, index: int) -> dict[str, Any]:
    silent = said.call is not None or bool(said.refusal)
    message: dict[str, Any] = {
        "role": "assistant",
        "content": None if silent else said.choices[index].text,
        "refusal": said.refusal or None,
    }
    if said.thoughts:
        message["reasoning_content"] = "".join(said.thoughts)
    if calls := _tool_calls(said):
        message["tool_calls"] = calls
    return message


def chat(heard: Heard) -> Spoken:
    """Answer ``POST /v1/chat/completions``."""
    if not isinstance(heard.body.get("messages"), list) or not heard.body["messages"]:
        return fail(400, "'messages' must be a list that is not empty.")
    said = think(_asking(heard))
    if heard.streamed:
        return Spoken(pieces=tuple(_chat_stream(heard, said)), content_type=SSE, fault=event(_FAULT))
    choices = [
        {
            "index": i,
            "message": _message(said, i),
            "logprobs": _logprobs(heard, choice.pieces),
            "finish_reason": "tool_calls" if said.call else choice.finish,
        }
        for i, choice in enumerate(said.choices)
    ]
    return whole({**_frame(heard, said, "chat.completion"), "choices": choices, "usage": usage(said)})


def _logprobs(heard: Heard, tokens: Sequence[str]) -> dict[str, Any] | None:
    if heard.body.get("logprobs") is not True:
        return None
    return {"content": likelihoods(tokens, heard.number("top_logprobs")), "refusal": None}


def _chat_stream(heard: Heard, said: Said) -> Iterator[bytes]:
    frame = _frame(heard, said, "chat.completion.chunk")
    for i, delta, logprobs in (*_overture(said), *_verse(heard, said)):
        step = {"index": i, "delta": delta, "logprobs": logprobs, "finish_reason": None}
        yield event({**frame, "choices": [step]})
    for i, choice in enumerate(said.choices):
        finish = "tool_calls" if said.call else choice.finish
        yield event({**frame, "choices": [{"index": i, "delta": {}, "logprobs": None, "finish_reason": finish}]})
    options = heard.body.get("stream_options")
    if isinstance(options, Mapping) and options.get("include_usage"):
        yield event({**frame, "choices": [], "usage": usage(said)})
    yield _DONE


def _overture(said: Said) -> Iterator[_Delta]:
    """Role, reasoning, refusal and tool call: what comes before the text."""
    for i in range(len(said.choices)):
        yield i, {"role": "assistant", "content": "", "refusal": None}, None
        for thought in chunks(said.thoughts):
            yield i, {"reasoning_content": "".join(thought)}, None
    if said.refusal:
        yield 0, {"refusal": said.refusal}, None
    for call in _tool_calls(said):
        arguments = call["function"]["arguments"]
        opened = {**call, "index": 0, "function": {**call["function"], "arguments": ""}}
        yield 0, {"tool_calls": [opened]}, None
        for piece in (arguments[:7], arguments[7:]):
            yield 0, {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}, None


def _verse(heard: Heard, said: Said) -> Iterator[_Delta]:
    """The text, the choices interleaved as a real model sends them."""
    for step in zip_longest(*(tuple(chunks(choice.pieces)) for choice in said.choices)):
        for i, tokens in enumerate(step):
            if tokens is not None:
                yield i, {"content": "".join(tokens)}, _logprobs(heard, tokens)


def completions(heard: Heard) -> Spoken:
    """Answer ``POST /v1/completions``."""
    prompt = heard.body.get("prompt", "")
    text = prompt if isinstance(prompt, str) else msgspec.json.encode(prompt).decode()
    tokens = heard.number("max_tokens") or 16  # the surface's documented default
    said = think(Asking(prompt=text, newest=text, max_tokens=tokens, samples=heard.number("n") or 1))
    frame = {**_frame(heard, said, "text_completion"), "id": f"cmpl-{said.key}"}
    echo = text if heard.body.get("echo") is True else ""
    if heard.streamed:
        return Spoken(pieces=tuple(_completion_stream(frame, said)), content_type=SSE, fault=event(_FAULT))
    choices = [
        {
            "index": i,
            "text": echo + choice.text,
            "logprobs": _legacy(choice.pieces, len(echo), heard.number("logprobs")),
            "finish_reason": choice.finish,
        }
        for i, choice in enumerate(said.choices)
    ]
    return whole({**frame, "choices": choices, "usage": usage(said)})


def _completion_stream(frame: Mapping[str, Any], said: Said) -> Iterator[bytes]:
    for i, choice in enumerate(said.choices):
        for tokens in chunks(choice.pieces):
            piece = {"index": i, "text": "".join(tokens), "logprobs": None, "finish_reason": None}
            yield event({**frame, "choices": [piece]})
        yield event({**frame, "choices": [{"index": i, "text": "", "logprobs": None, "finish_reason": choice.finish}]})
    yield _DONE


def _legacy(pieces: tuple[str, ...], start: int, rivals: int) -> dict[str, Any] | None:
    if not rivals:
        return None
    known = [alternatives(piece, rivals) for piece in pieces]
    offsets = [start + sum(map(len, pieces[:i])) for i in range(len(pieces))]
    return {
        "tokens": list(pieces),
        "token_logprobs": [row[0][1] for row in known],
        "top_logprobs": [dict(row) for row in known],
        "text_offset": offsets,
    }


def embeddings(heard: Heard) -> Spoken:
    """Answer ``POST /v1/embeddings``."""
    given = heard.body.get("input", "")
    texts = given if isinstance(given, list) and given and isinstance(given[0], str | list) else [given]
    size = heard.number("dimensions") or _DIMENSIONS
    rows = []
    for i, text in enumerate(texts):
        vector: Any = embedding(text if isinstance(text, str) else repr(text), size)
        if heard.body.get("encoding_format") == "base64":
            vector = base64.b64encode(struct.pack(f"<{size}f", *vector)).decode()
        rows.append({"object": "embedding", "index": i, "embedding": vector})
    tokens = sum(tokens_of(str(text)) for text in texts)
    billed = {"prompt_tokens": tokens, "total_tokens": tokens}
    return whole({"object": "list", "data": rows, "model": heard.body.get("model", MODELS[2]), "usage": billed})


def models(heard: Heard) -> Spoken:
    """Answer ``GET /v1/models`` and ``GET /v1/models/ID``."""
    wanted = heard.asked.get("model", "")
    cards = [{"id": name, "object": "model", "created": CREATED, "owned_by": "simulation"} for name in MODELS]
    if not wanted:
        return whole({"object": "list", "data": cards})
    found = [card for card in cards if card["id"] == wanted]
    return whole(found[0]) if found else fail(404, f"The model '{wanted}' does not exist.")


ROUTES: Routes = (
    ("POST", re.compile(r"/v1/chat/completions"), chat),
    ("POST", re.compile(r"/v1/completions"), completions),
    ("POST", re.compile(r"/v1/embeddings"), embeddings),
    ("GET", re.compile(r"/v1/models(?:/(?P<model>[^/]+))?"), models),
)
