"""The simulated model's Responses surface: items out, and every event of a stream in its full sequence."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gateway.demo.mind import Asking, Said, think
from gateway.demo.model_openai import MODELS, fail
from gateway.demo.spoken import CREATED, SSE, Heard, Routes, Spoken, chunks, event, likelihoods, text_of, tool_of, whole

_EMPTY: dict[str, dict[str, Any]] = {
    "reasoning": {"summary": []},
    "function_call": {"arguments": ""},
    "message": {"content": []},
}
_FAULT = {"type": "error", "code": "server_error", "message": "The model stopped answering.", "param": None}


def _asking(heard: Heard) -> Asking:
    body = heard.body
    given = body.get("input", "")
    items = [{"content": given}] if isinstance(given, str) else [i for i in given if isinstance(i, Mapping)]
    texts = [text_of(item) for item in items]
    called = bool(items) and items[-1].get("type") == "function_call_output"
    reasoning = body.get("reasoning")
    return Asking(
        prompt="\n".join([str(body.get("instructions") or ""), *texts]),
        newest=texts[-1] if texts else "",
        max_tokens=heard.number("max_output_tokens"),
        reasons=isinstance(reasoning, Mapping) and reasoning.get("effort") != "none",
        tool=None if called or body.get("tool_choice") == "none" else tool_of(body.get("tools"), "parameters"),
        refuse=heard.refuse,
        length=heard.length,
    )


def _includes(heard: Heard, name: str) -> bool:
    return name in (heard.body.get("include") or ())


def _reasoning_item(heard: Heard, said: Said) -> dict[str, Any]:
    reasoning = heard.body.get("reasoning") or {}
    shown = isinstance(reasoning, Mapping) and reasoning.get("summary")
    summary = [{"type": "summary_text", "text": "".join(said.thoughts)}] if shown else []
    item: dict[str, Any] = {"id": f"rs_{said.key}", "type": "reasoning", "summary": summary}
    if _includes(heard, "reasoning.encrypted_content"):
        item["encrypted_content"] = said.signature
    return item


def _text_part(heard: Heard, said: Said) -> dict[str, Any]:
    if said.refusal:
        return {"type": "refusal", "refusal": said.refusal}
    choice = said.choices[0]
    known = likelihoods(choice.pieces, heard.number("top_logprobs"))
    wanted = _includes(heard, "message.output_text.logprobs")
    return {"type": "output_text", "text": choice.text, "annotations": [], "logprobs": known if wanted else []}


def _items(heard: Heard, said: Said) -> list[dict[str, Any]]:
    items = [_reasoning_item(heard, said)] if said.thoughts else []
    if said.call:
        call = {"call_id": f"call_{said.key}", "name": said.call.name, "arguments": said.call.arguments}
        items.append({"id": f"fc_{said.key}", "type": "function_call", "status": "completed", **call})
    else:
        parts = [_text_part(heard, said)]
        items.append(
            {"id": f"msg_{said.key}", "type": "message", "status": "completed", "role": "assistant", "content": parts}
        )
    return items


def _usage(said: Said) -> dict[str, Any]:
    out = said.answer_tokens + len(said.thoughts)
    return {
        "input_tokens": said.prompt_tokens,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": out,
        "output_tokens_details": {"reasoning_tokens": len(said.thoughts)},
        "total_tokens": said.prompt_tokens + out,
    }


def _response(heard: Heard, said: Said, status: str, output: list[dict[str, Any]]) -> dict[str, Any]:
    body = heard.body
    cut = {"reason": "max_output_tokens"} if status == "incomplete" else None
    return {
        "id": f"resp_{said.key}", "object": "response", "created_at": CREATED, "status": status, "error": None,
        "incomplete_details": cut, "instructions": body.get("instructions"), "metadata": {},
        "max_output_tokens": body.get("max_output_tokens"), "model": body.get("model", MODELS[0]), "output": output,
        "parallel_tool_calls": True, "previous_response_id": None, "reasoning": body.get("reasoning"),
        "store": body.get("store", True), "temperature": 1.0, "text": {"format": {"type": "text"}},
        "tool_choice": "auto", "tools": body.get("tools", []), "top_p": 1.0, "truncation": "disabled",
        "usage": _usage(said) if output else None,
    }  # fmt: skip


def respond(heard: Heard) -> Spoken:
    """Answer ``POST /v1/responses``."""
    if not heard.body.get("input"):
        return fail(400, "'input' must not be empty.")
    said = think(_asking(heard))
    items = _items(heard, said)
    status = "incomplete" if said.choices[0].finish == "length" else "completed"
    done = _response(heard, said, status, items)
    if not heard.streamed:
        return whole(done)
    begun = _response(heard, said, "in_progress", [])
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": begun},
        {"type": "response.in_progress", "response": begun},
    ]
    for index, item in enumerate(items):
        events += _item_events(heard, said, index, item)
    events.append({"type": f"response.{status}", "response": done})
    pieces = tuple(event({**one, "sequence_number": n}, one["type"]) for n, one in enumerate(events))
    return Spoken(pieces=pieces, content_type=SSE, fault=event({**_FAULT, "sequence_number": 99}, "error"))


def _item_events(heard: Heard, said: Said, index: int, item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    begun = {k: v for k, v in item.items() if k != "encrypted_content"} | _EMPTY[item["type"]]
    if "status" in begun:
        begun["status"] = "in_progress"
    yield {"type": "response.output_item.added", "output_index": index, "item": begun}
    at = {"item_id": item["id"], "output_index": index}
    if item["type"] == "reasoning":
        yield from _reasoning_events(item, said, at)
    elif item["type"] == "function_call":
        arguments = item["arguments"]
        for piece in (arguments[:7], arguments[7:]):
            yield {"type": "response.function_call_arguments.delta", **at, "delta": piece}
        yield {"type": "response.function_call_arguments.done", **at, "arguments": arguments, "name": item["name"]}
    else:
        yield from _part_events(heard, said, item["content"][0], {**at, "content_index": 0})
    yield {"type": "response.output_item.done", "output_index": index, "item": item}


def _reasoning_events(item: Mapping[str, Any], said: Said, at: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for n, part in enumerate(item["summary"]):
        where = {**at, "summary_index": n}
        yield {"type": "response.reasoning_summary_part.added", **where, "part": {**part, "text": ""}}
        for piece in chunks(said.thoughts):
            yield {"type": "response.reasoning_summary_text.delta", **where, "delta": "".join(piece)}
        yield {"type": "response.reasoning_summary_text.done", **where, "text": part["text"]}
        yield {"type": "response.reasoning_summary_part.done", **where, "part": part}


def _part_events(heard: Heard, said: Said, part: Mapping[str, Any], at: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    empty = {"refusal": ""} if said.refusal else {"text": "", "logprobs": []}
    yield {"type": "response.content_part.added", **at, "part": {**part, **empty}}
    if said.refusal:
        yield {"type": "response.refusal.delta", **at, "delta": said.refusal}
        yield {"type": "response.refusal.done", **at, "refusal": said.refusal}
    else:
        wanted, rivals = bool(part["logprobs"]), heard.number("top_logprobs")
        for tokens in chunks(said.choices[0].pieces):
            known = likelihoods(tokens, rivals) if wanted else []
            yield {"type": "response.output_text.delta", **at, "delta": "".join(tokens), "logprobs": known}
        yield {"type": "response.output_text.done", **at, "text": part["text"], "logprobs": part["logprobs"]}
    yield {"type": "response.content_part.done", **at, "part": part}


ROUTES: Routes = (("POST", re.compile(r"/v1/responses"), respond),)
