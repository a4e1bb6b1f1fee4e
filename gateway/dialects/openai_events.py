"""Answers of OpenAI's Responses: a whole response, or the events that build it up."""

from typing import Any

from gateway.dialects import sse
from gateway.dialects.openai_parts import failure, finish, usage, words
from gateway.dialects.openai_responses import blobs
from gateway.dialects.wire import decode, document, is_json, joined, members, objects, text
from gateway.exchange import Answer, Usage

_ENDS = {"completed", "incomplete", "failed", "cancelled"}


class Heard:
    """An answer as heard so far. One object an answer: it carries state.

    The last event repeats the whole response; what was told in pieces counts where it says nothing (some servers
    send it with an empty output) or was cut off by the capture limit.
    """

    def __init__(self) -> None:
        self._said: dict[str, list[str]] = {"text": [], "refusal": [], "reasoning": []}
        self._items: dict[Any, dict[str, Any]] = {}
        self._response: dict[str, Any] = {}
        self._logprobs = False
        self._error = ""

    def hear(self, event: dict[str, Any]) -> None:
        """Take the next event."""
        kind = text(event.get("type"))
        if kind in _DELTAS:
            self._said[_DELTAS[kind]].append(text(event.get("delta")))
            self._logprobs |= bool(event.get("logprobs"))
        elif kind.startswith("response.output_item."):
            self._items[str(event.get("output_index"))] = members(event.get("item"))
        elif members(event.get("response")):
            self._response = members(event.get("response"))
        elif kind == "error" or event.get("error"):
            self._error = failure(event.get("error")) or text(event.get("message")) or "error"

    def whole(self, response: dict[str, Any]) -> None:
        """Take a response that came in one piece."""
        self._response = response

    def answer(self) -> Answer:
        """Return what was heard."""
        output = objects(self._response.get("output")) or list(self._items.values())
        error = self._error or failure(self._response.get("error"))
        status = text(self._response.get("status"))
        calls = sum(text(item.get("type")).endswith("_call") for item in output)
        spoken = _text(output) or "".join(self._said["text"])
        return Answer(
            text=spoken,
            reasoning=_reasoning(output) or "".join(self._said["reasoning"]),
            refusal=_refusal(output) or "".join(self._said["refusal"]),
            finish="error" if error else _finish(self._response, calls),
            choices=1 if output or spoken else 0,
            tool_calls=calls,
            logprobs=self._logprobs or any(part.get("logprobs") for part in _parts(output)),
            usage=usage(self._response.get("usage")) if self._response else Usage(),
            error=error,
            reasoning_blobs=blobs(output),
            ended=status in _ENDS or bool(error) or text(self._response.get("object")) in _WHOLE,
        )


_WHOLE = {"list", "response.compaction", "response.deleted", "response.input_tokens"}  # they have no status
_DELTAS = {
    "response.output_text.delta": "text",
    "response.refusal.delta": "refusal",
    "response.reasoning_summary_text.delta": "reasoning",
    "response.reasoning_text.delta": "reasoning",
}


def _parts(output: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [part for item in output if text(item.get("type")) == "message" for part in objects(item.get("content"))]


def _text(output: list[dict[str, Any]]) -> str:
    return joined(text(part.get("text")) for part in _parts(output))


def _refusal(output: list[dict[str, Any]]) -> str:
    return joined(text(part.get("refusal")) for part in _parts(output))


def _reasoning(output: list[dict[str, Any]]) -> str:
    thoughts = [item for item in output if text(item.get("type")) == "reasoning"]
    return joined(words(item.get(member)) for item in thoughts for member in ("summary", "content"))


def _finish(response: dict[str, Any], calls: int) -> str:
    status = text(response.get("status"))
    if status == "incomplete":
        return finish(members(response.get("incomplete_details")).get("reason")) or "length"
    if status == "completed":
        return "tool_calls" if calls else "stop"
    return "error" if status in {"failed", "cancelled"} else ""


def hear(body: bytes) -> Answer:
    """Read a response, a listing of items, or a stream of events."""
    heard = Heard()
    if is_json(body):
        heard.whole(document(body))
        return heard.answer()
    events = sse.Events()
    for event in events.feed(body) + events.finish():
        heard.hear(members(decode(event.data)) if event.data else {})
    return heard.answer()
