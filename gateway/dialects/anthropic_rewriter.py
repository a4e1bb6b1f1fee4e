"""Takes reasoning out of an answer in Anthropic's wire format, on the way, and shows another model's name.

Thinking blocks go, with their signatures, and the blocks behind them move up: the SDKs keep blocks in a list and find
the block of a delta by its index, so a gap would make them fail. A message of which nothing is left gets one empty
text block, because clients read ``content[0].text``; the SDKs take it.
"""

from typing import Any

from gateway.actions.base import Trimming
from gateway.dialects.renaming import show
from gateway.dialects.rewriting import LARGEST_BODY
from gateway.dialects.sse import Event, Events, frame, reframe
from gateway.dialects.wire import document, encode, items, members, number

_HIDDEN = ("thinking", "redacted_thinking")
_HIDDEN_DELTAS = ("thinking_delta", "signature_delta")
_SPACE = b"\xef\xbb\xbf \t\r\n"
_EMPTY: dict[str, Any] = {"type": "text", "text": ""}


def strip(message: dict[str, Any], trimming: Trimming) -> bool:
    """Apply a trimming to a message; True if anything changed."""
    shown = show(message, "model", trimming)
    return (trimming.reasoning and _silence(message)) or shown


def _silence(message: dict[str, Any]) -> bool:
    """Take the reasoning out of a message; True if there was some."""
    content = items(message.get("content"))
    kept = [block for block in content if members(block).get("type") not in _HIDDEN]
    if len(kept) == len(content):
        return False
    message["content"] = kept or [dict(_EMPTY)]
    return True


def _strip_line(line: bytes, trimming: Trimming) -> bytes:
    result = document(line)
    return encode(result) if strip(members(members(result.get("result")).get("message")), trimming) else line


class Message:
    """Rewrites a message: a stream event by event, else in one piece, which is held back till it is whole.

    The first byte says which it is, not the content type: a model server that names the wrong one would else get its
    reasoning through.
    """

    def __init__(self, trimming: Trimming) -> None:
        self._trimming = trimming
        self._held = bytearray()
        self._stream: Stream | None = None
        self._passing = False  # True: too long to be held, the rest passes

    def feed(self, data: bytes) -> bytes:
        """Take what the model sent, return what the client gets now."""
        if self._stream:
            return self._stream.feed(data)
        self._held += data
        start = bytes(self._held[:64]).lstrip(_SPACE)
        if start and not start.startswith(b"{"):
            self._stream = Stream(self._trimming)
            return self._stream.feed(self._released())
        self._passing |= len(self._held) > LARGEST_BODY
        return self._released() if self._passing else b""

    def finish(self) -> bytes:
        """Return what is held back: the message without reasoning; what is no message comes back as it came."""
        if self._stream:
            return self._stream.finish()
        body = self._released()
        message = document(body)
        return encode(message) if strip(message, self._trimming) else body

    def _released(self) -> bytes:
        body = bytes(self._held)
        self._held.clear()
        return body


class Lines:
    """Rewrites the results of a batch, line by line. A line is one message, so no longer than the model can speak."""

    def __init__(self, trimming: Trimming) -> None:
        self._trimming = trimming
        self._held = bytearray()

    def feed(self, data: bytes) -> bytes:
        """Return the lines that are whole now."""
        self._held += data
        if b"\n" not in data:
            return b""
        *lines, rest = bytes(self._held).split(b"\n")
        self._held = bytearray(rest)
        return b"".join([_strip_line(line, self._trimming) + b"\n" for line in lines])

    def finish(self) -> bytes:
        """Return the last line, if it has no end."""
        return _strip_line(bytes(self._held), self._trimming)


class Stream:
    """Rewrites a stream of events; an event that holds nothing to change passes as it came."""

    def __init__(self, trimming: Trimming) -> None:
        self._trimming = trimming
        self._events = Events()
        self._places: dict[int, int] = {}  # the model's index of a block to the client's; -1: taken out
        self._kept = 0

    def feed(self, data: bytes) -> bytes:
        """Return what the client gets of the events that are whole now."""
        return b"".join([self._rewrite(event) for event in self._events.feed(data)])

    def finish(self) -> bytes:
        """Return what the client gets of an event that the end cut off."""
        return b"".join([self._rewrite(event) for event in self._events.finish()])

    def _rewrite(self, event: Event) -> bytes:
        value = document(event.data) if event.data else {}
        match value.get("type"):
            case "message_start" if strip(members(value.get("message")), self._trimming):
                return reframe(event, encode(value))
            case _ if not self._trimming.reasoning:
                return event.raw
            case "content_block_start":
                return self._start(event, value)
            case "content_block_delta" if members(value.get("delta")).get("type") in _HIDDEN_DELTAS:
                return b""
            case "content_block_delta" | "content_block_stop":
                return self._move(event, value)
            case "message_delta" | "message_stop":
                return self._fill() + event.raw
        return event.raw

    def _start(self, event: Event, value: dict[str, Any]) -> bytes:
        index = number(value.get("index"))
        if members(value.get("content_block")).get("type") in _HIDDEN:
            self._places[index] = -1
            return b""
        self._places[index] = self._kept
        self._kept += 1
        return self._move(event, value)

    def _move(self, event: Event, value: dict[str, Any]) -> bytes:
        index = number(value.get("index"))
        place = self._places.get(index, index)
        if place < 0:
            return b""
        if place == index:
            return event.raw
        value["index"] = place
        return reframe(event, encode(value))

    def _fill(self) -> bytes:
        """Return an empty block where all that there was is gone; nothing else."""
        if self._kept or not self._places:
            return b""
        self._kept = 1
        start = encode({"type": "content_block_start", "index": 0, "content_block": _EMPTY})
        stop = encode({"type": "content_block_stop", "index": 0})
        return frame(start, "content_block_start") + frame(stop, "content_block_stop")
