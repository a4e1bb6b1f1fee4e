"""Writes a lab client's question in a provider's dialect, as that provider's SDK would send it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

import msgspec

from detectors.lab.traffic import Asked
from gateway.demo import prose
from gateway.demo.script import HEADER

_LONGEST = 1500  # tokens of one answer, so that a demo's machine is not busy with writing alone
_CHARS_A_WORD = 6  # of an own-written assistant turn


class Letter(NamedTuple):
    """One request, ready to be sent; ``body`` is JSON."""

    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


class _Step(NamedTuple):
    role: str  # user, assistant or tool
    text: str
    calls: bool  # an assistant's turn that calls a tool


def _steps(asked: Asked) -> Iterator[_Step]:
    """Yield the turns, with words where the lab only noted that the assistant said something."""
    for i, turn in enumerate(asked.turns):
        calls = i + 1 < len(asked.turns) and asked.turns[i + 1].role == "tool"
        text = turn.text
        if turn.role == "assistant":
            before = asked.turns[i - 1].text if i else ""
            text = "".join(prose.answer(before, 1 + len(text) // _CHARS_A_WORD, Random(before)))
        yield _Step(turn.role, text, calls)


def _schema() -> dict[str, Any]:
    return {"type": "object", "properties": {"path": {"type": "string"}, "lines": {"type": "integer"}}}


def _told(**members: object) -> dict[str, Any]:
    """Return the members that were set: not None, not 0, not empty, not below 0 (the lab's "not set")."""
    return {k: v for k, v in members.items() if v and not (isinstance(v, float) and v < 0)}


def _openai(asked: Asked, reasons: bool) -> tuple[str, dict[str, Any]]:
    messages: list[dict[str, Any]] = [{"role": "system", "content": asked.system}] if asked.system else []
    for n, step in enumerate(_steps(asked)):
        if step.calls:
            call = {"id": f"call_{n + 1}", "type": "function", "function": {"name": "tool_1", "arguments": "{}"}}
            messages.append({"role": "assistant", "content": None, "tool_calls": [call]})
        elif step.role == "tool":
            messages.append({"role": "tool", "tool_call_id": f"call_{n}", "content": step.text})
        else:
            messages.append({"role": step.role, "content": step.text})
    functions = [{"name": f"tool_{i + 1}", "parameters": _schema()} for i in range(asked.tools)]
    body = {"model": "gpt-sim-1", "messages": messages} | _told(
        max_tokens=asked.max_tokens,
        temperature=asked.temperature,
        n=asked.samples if asked.samples > 1 else 0,
        logprobs=asked.logprobs > 0,
        top_logprobs=asked.logprobs,
        logit_bias={str(100 + i): 100 for i in range(asked.logit_bias)},
        tools=[{"type": "function", "function": function} for function in functions],
        user=asked.user,
        stream=asked.stream,
        stream_options={"include_usage": True} if asked.stream else None,
        include_reasoning=reasons,
    )
    return "/v1/chat/completions", body


def _anthropic(asked: Asked, reasons: bool) -> tuple[str, dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    for n, step in enumerate(_steps(asked)):
        if step.calls:
            block = {"type": "tool_use", "id": f"toolu_{n + 1}", "name": "tool_1", "input": {}}
            messages.append({"role": "assistant", "content": [block]})
        elif step.role == "tool":
            block = {"type": "tool_result", "tool_use_id": f"toolu_{n}", "content": step.text}
            messages.append({"role": "user", "content": [block]})
        else:
            messages.append({"role": step.role, "content": step.text})
    body = {"model": "claude-sim-1", "max_tokens": asked.max_tokens or 1024, "messages": messages} | _told(
        system=asked.system,
        temperature=asked.temperature,
        tools=[{"name": f"tool_{i + 1}", "input_schema": _schema()} for i in range(asked.tools)],
        metadata={"user_id": asked.user} if asked.user else None,
        stream=asked.stream,
        thinking={"type": "enabled", "budget_tokens": 1024} if reasons else None,
    )
    return "/v1/messages", body


def _gemini(asked: Asked, reasons: bool) -> tuple[str, dict[str, Any]]:
    contents: list[dict[str, Any]] = []
    for step in _steps(asked):
        part: dict[str, Any] = {"text": step.text}
        if step.calls:
            part = {"functionCall": {"name": "tool_1", "args": {}}}
        elif step.role == "tool":
            part = {"functionResponse": {"name": "tool_1", "response": {"output": step.text}}}
        contents.append({"role": "model" if step.role == "assistant" else "user", "parts": [part]})
    declared = [{"name": f"tool_{i + 1}", "parametersJsonSchema": _schema()} for i in range(asked.tools)]
    options = _told(
        maxOutputTokens=asked.max_tokens,
        temperature=asked.temperature,
        candidateCount=asked.samples if asked.samples > 1 else 0,
        responseLogprobs=asked.logprobs > 0,
        logprobs=asked.logprobs,
        thinkingConfig={"includeThoughts": True} if reasons else None,
    )
    body = {"contents": contents} | _told(
        systemInstruction={"parts": [{"text": asked.system}]} if asked.system else None,
        tools=[{"functionDeclarations": declared}] if declared else None,
        generationConfig=options,
    )
    verb = "streamGenerateContent?alt=sse" if asked.stream else "generateContent"
    return f"/v1beta/models/gemini-sim-1:{verb}", body


_WRITERS: Mapping[str, Callable[[Asked, bool], tuple[str, dict[str, Any]]]] = {
    "openai": _openai,
    "anthropic": _anthropic,
    "gemini": _gemini,
}


def credentials(dialect: str, key: str) -> Sequence[tuple[str, str]]:
    """Return the headers with which a dialect's clients show their key."""
    if dialect == "anthropic":
        return (("x-api-key", key), ("anthropic-version", "2023-06-01"))
    if dialect == "gemini":
        return (("x-goog-api-key", key),)
    return (("authorization", f"Bearer {key}"),)


def write(asked: Asked, dialect: str, key: str, *, reasons: bool = False) -> Letter:
    """Return the request; ``reasons`` asks for reasoning by parameter. The model is told the answer's length."""
    path, body = _WRITERS[dialect](asked, reasons)
    each = max(1, min(_LONGEST, asked.answer_tokens // max(1, asked.samples)))
    headers = (*credentials(dialect, key), ("content-type", "application/json"), (HEADER, f"tokens={each}"))
    return Letter(path, headers, msgspec.json.encode(body))
