"""Own-written traffic as a log would have recorded it, in the replay format: many tenants, three dialects."""

from collections.abc import Callable, Iterator, Mapping
from heapq import merge
from random import Random
from typing import Any

import msgspec

from detectors.lab import adversaries, benign
from detectors.lab.traffic import Asked, Client
from gateway.demo import prose
from gateway.demo.letters import write

_PAGE = "".join(prose.answer("the harbour, the tide and the pilot", 30_000, Random(1)))
_DIALECTS = ("openai", "openai", "anthropic", "gemini")


def _words(asked: Asked) -> str:
    """Return as much prose as the answer was long; equal lengths differ in where they begin."""
    start = int(asked.at) * 7 % (len(_PAGE) // 2)
    return _PAGE[start : start + min(asked.answer_chars // max(1, asked.samples), len(_PAGE) // 2)]


def _openai(asked: Asked) -> dict[str, Any]:
    said = {"role": "assistant", "content": _words(asked), "refusal": None}
    finish = "tool_calls" if asked.tool_calls else "stop"
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": int(asked.at), "model": "gpt-sim-1",
        "choices": [{"index": i, "message": said, "finish_reason": finish} for i in range(asked.samples)],
        "usage": {"prompt_tokens": 200, "completion_tokens": asked.answer_tokens, "total_tokens": 200},
    }  # fmt: skip


def _anthropic(asked: Asked) -> dict[str, Any]:
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sim-1", "stop_reason": "end_turn",
        "content": [{"type": "text", "text": _words(asked)}],
        "usage": {"input_tokens": 200, "output_tokens": asked.answer_tokens},
    }  # fmt: skip


def _gemini(asked: Asked) -> dict[str, Any]:
    said = {"role": "model", "parts": [{"text": _words(asked)}]}
    return {
        "candidates": [{"index": 0, "content": said, "finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": 200, "candidatesTokenCount": asked.answer_tokens},
    }


_ANSWERS: Mapping[str, Callable[[Asked], dict[str, Any]]] = {
    "openai": _openai, "anthropic": _anthropic, "gemini": _gemini,
}  # fmt: skip


def tenant(client: Client, number: int, days: int, most: int) -> Iterator[dict[str, Any]]:
    """Yield what a log holds of one tenant: an account with one key on one address."""
    dialect = _DIALECTS[number % len(_DIALECTS)]
    for asked in client.exchanges(days, most):
        letter = write(asked, dialect, "sk")
        line = {
            "at": asked.at, "account": f"a{number}", "key": f"k{number}",
            "address": f"10.{number >> 8 & 255}.{number & 255}.7", "path": letter.path,
            "request": msgspec.json.decode(letter.body), "status": 200,
            "response": _ANSWERS[dialect](asked), "took": asked.took,
        }  # fmt: skip
        yield line | ({"user": asked.user} if asked.user else {})


def traffic(seeds: int, days: int = 7, most: int = 1500) -> Iterator[dict[str, Any]]:
    """Yield the traffic of a tenant of each honest kind and of each kind of distiller a seed, in order of time."""
    clients = [*benign.clients(range(seeds)), *adversaries.clients(range(seeds))]
    tenants = (tenant(client, number, days, most) for number, client in enumerate(clients))
    yield from merge(*tenants, key=lambda line: float(line["at"]))


def encoded(lines: Iterator[dict[str, Any]]) -> bytes:
    """Return traffic as a file holds it."""
    return b"".join([msgspec.json.encode(line) + b"\n" for line in lines])
