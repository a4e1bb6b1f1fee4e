"""What the model says in Anthropic's wire format: a message, a stream of events, a legacy completion, batch results.

A stream is put together into the message that it stands for, and read as one; so both are read alike.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.dialects.sse import Events
from gateway.dialects.wire import decode, digest, document, joined, members, number, objects, text
from gateway.exchange import Answer, Usage

FINISH = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "pause_turn": "tool_calls",  # a server's tool has still to give its result back
    "refusal": "refusal",
}
_GROWING = ("text", "thinking", "signature")  # members of a block that deltas add to
_SPACE = b"\xef\xbb\xbf \t\r\n"
_PROMPT = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")


def hear(body: bytes) -> Answer:
    """Read a message; one that is cut short as far as it goes (a stream) or not at all (JSON).

    The first byte says which it is: errors come as JSON where a stream was asked for.
    """
    if body[:64].lstrip(_SPACE).startswith(b"{"):
        return _read(document(body))
    return _Assembly(_events(body)).answer()


def hear_batch(body: bytes) -> Answer:
    """Read the results of a batch, one JSON object a line: its messages as the choices of one answer."""
    results = [members(members(decode(line)).get("result")) for line in body.splitlines()]
    answers = [_read(members(result.get("message")) or members(result.get("error"))) for result in results if result]
    return Answer(
        text=joined(a.text for a in answers),
        reasoning=joined(a.reasoning for a in answers),
        refusal=joined(a.refusal for a in answers),
        finish=answers[-1].finish if answers else "",
        choices=sum(a.choices for a in answers),
        tool_calls=sum(a.tool_calls for a in answers),
        usage=Usage(
            prompt_tokens=sum(a.usage.prompt_tokens for a in answers),
            completion_tokens=sum(a.usage.completion_tokens for a in answers),
            reasoning_tokens=sum(a.usage.reasoning_tokens for a in answers),
        ),
        error=joined(a.error for a in answers),
        reasoning_blobs=tuple(blob for a in answers for blob in a.reasoning_blobs),
        ended=bool(answers) and body.endswith(b"\n"),
    )


def _events(body: bytes) -> Iterator[dict[str, Any]]:
    events = Events()
    for event in (*events.feed(body), *events.finish()):
        if event.data:
            yield document(event.data)


def _read(message: Mapping[str, Any]) -> Answer:
    """Read a whole message, a legacy completion, or an error."""
    if "error" in message:
        return Answer(error=_error(message), finish="error")
    blocks = objects(message.get("content"))
    said = text(message.get("completion")) + "".join([text(block.get("text")) for block in blocks])
    finish = text(message.get("stop_reason"))
    return Answer(
        text=said,
        reasoning=joined(text(block.get("thinking")) for block in blocks),
        refusal=text(members(message.get("stop_details")).get("explanation")) if finish == "refusal" else "",
        finish=FINISH.get(finish, finish and "stop"),
        choices=1 if blocks or said or finish else 0,
        tool_calls=sum(text(block.get("type")).endswith("tool_use") for block in blocks),
        usage=_usage(members(message.get("usage"))),
        reasoning_blobs=tuple(digest(blob) for blob in map(_blob, blocks) if blob),
        ended=bool(message),
    )


def _error(message: Mapping[str, Any]) -> str:
    error = members(message.get("error"))
    error = members(error.get("error")) or error  # in a batch's results the whole error body is the error
    return joined((text(error.get("type")), text(error.get("message"))), ": ") or "error"


def _blob(block: Mapping[str, Any]) -> str:
    return text(block.get("signature")) or (text(block.get("data")) if block.get("type") == "redacted_thinking" else "")


def _usage(usage: Mapping[str, Any]) -> Usage:
    return Usage(
        prompt_tokens=sum(number(usage.get(name)) for name in _PROMPT),
        completion_tokens=number(usage.get("output_tokens")),
        reasoning_tokens=number(members(usage.get("output_tokens_details")).get("thinking_tokens")),
    )


class _Assembly:
    """Puts the events of a stream together into a message."""

    def __init__(self, events: Iterator[dict[str, Any]]) -> None:
        self._message: dict[str, Any] = {}
        self._blocks: dict[int, dict[str, Any]] = {}
        self._pieces: dict[tuple[int, str], list[str]] = {}
        self._usage: dict[str, Any] = {}
        self._failed: dict[str, Any] = {}
        self._ended = False
        for event in events:
            self._take(event)

    def answer(self) -> Answer:
        """Read the message as far as it came."""
        for (index, member), pieces in self._pieces.items():
            self._blocks[index][member] = "".join([text(self._blocks[index].get(member)), *pieces])
        answer = _read({**self._message, "content": list(self._blocks.values()), "usage": self._usage})
        changes: dict[str, Any] = {"ended": self._ended}
        if self._failed:
            changes |= {"error": _error(self._failed), "finish": "error"}
        return Answer(**{name: getattr(answer, name) for name in answer.__struct_fields__} | changes)

    def _take(self, event: dict[str, Any]) -> None:
        match event.get("type"):
            case "content_block_delta":
                self._delta(number(event.get("index")), members(event.get("delta")))
            case "content_block_start":
                self._blocks[number(event.get("index"))] = members(event.get("content_block"))
            case "message_start":
                self._message = members(event.get("message"))
                self._tell(self._message)
            case "message_delta":
                self._message |= members(event.get("delta"))
                self._tell(event)
            case "message_stop":
                self._ended = True
            case "error":
                self._failed = event
            case "completion":
                self._complete(event)

    def _delta(self, index: int, delta: Mapping[str, Any]) -> None:
        self._blocks.setdefault(index, {})
        for member in _GROWING:
            if piece := text(delta.get(member)):
                self._pieces.setdefault((index, member), []).append(piece)

    def _complete(self, event: Mapping[str, Any]) -> None:
        self._delta(0, {"text": event.get("completion")})
        if finish := text(event.get("stop_reason")):
            self._message["stop_reason"] = finish
            self._ended = True

    def _tell(self, event: Mapping[str, Any]) -> None:
        """Keep the counts that an event tells: totals, so later ones replace earlier ones."""
        self._usage |= {name: count for name, count in members(event.get("usage")).items() if count is not None}
