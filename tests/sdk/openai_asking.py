"""How the OpenAI SDK's tests ask."""

from collections.abc import Callable
from typing import Any

import openai

ASKED = [{"role": "user", "content": "How do harbour pilots learn the tides of a new port?"}]
WEATHER = {
    "name": "forecast",
    "description": "Weather of the coming days.",
    "parameters": {
        "type": "object",
        "properties": {"place": {"type": "string"}, "days": {"type": "integer"}},
        "required": ["place", "days"],
    },
}
CHAT_TOOLS = [{"type": "function", "function": WEATHER}]
RESULT = [
    *ASKED,
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "forecast", "arguments": "{}"}}],
    },
    {"role": "tool", "tool_call_id": "call_1", "content": "Fog until noon."},
]
Ask = Callable[[openai.OpenAI], Any]


def client(url: str, key: str = "sk-honest", **options: Any) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{url}/v1", api_key=key, **{"max_retries": 0, "timeout": 20.0, **options})


def chat(to: openai.OpenAI, **options: Any) -> Any:
    return to.chat.completions.create(**{"model": "gpt-sim-1", "messages": ASKED, **options})


def respond(to: openai.OpenAI, **options: Any) -> Any:
    return to.responses.create(**{"model": "gpt-sim-1", "input": "Why do bridges hum in the wind?", **options})


def streamed_text(chunks: Any) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


SUMMARY = {"effort": "low", "summary": "auto"}
FLAT_TOOL = {"type": "function", **WEATHER}
