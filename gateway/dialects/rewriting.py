"""The rewriter that dialects share: JSON held back until it is whole, events one by one as they come.

What the answer is, its first byte says: a model server that names the wrong content type would else get its answer
through unread. An event or body that holds nothing to remove passes as the very bytes that came in.
"""

import re
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from gateway.dialects import sse, wire

Outcome: TypeAlias = Literal["same", "changed", "empty"]
Strip: TypeAlias = Callable[[dict[str, Any]], Outcome]

LARGEST_BODY = 64 * 1024 * 1024  # bytes; a longer JSON answer is handed on unread rather than held in memory


class Rewriting:
    """Takes members out of an answer. One object an answer: it carries state.

    Args:
        strip: edits one JSON object in place, and says whether anything changed or nothing of use is left.
        worth: what must be found in bytes that are worth decoding.
    """

    def __init__(self, strip: Strip, worth: re.Pattern[bytes]) -> None:
        self._strip = strip
        self._worth = worth
        self._held = bytearray()
        self._events: sse.Events | None = None
        self._whole = False  # True: too long to be held, the rest passes

    def feed(self, data: bytes) -> bytes:
        """Take what the model sent, return what the client gets now."""
        if self._events:
            return self._rewrite(self._events.feed(data))
        if self._whole:
            return data
        if not self._held:
            return self._begin(data)
        self._held += data
        self._whole = len(self._held) > LARGEST_BODY
        return self._released() if self._whole else b""

    def finish(self) -> bytes:
        """Return what is still held back when the model's answer has ended."""
        if self._events:
            return self._rewrite(self._events.finish())
        body = self._released()
        if not self._worth.search(body):
            return body
        content = wire.document(body)
        return body if self._strip(content) == "same" else wire.encode(content)

    def _begin(self, data: bytes) -> bytes:
        """Find out what comes; blank lines before it, which some servers send to keep a client waiting, pass."""
        start = data.lstrip(wire.SPACE)
        blank = data[: len(data) - len(start)]
        if wire.is_json(start):
            self._held += start
        elif start:
            self._events = sse.Events()
            return blank + self._rewrite(self._events.feed(start))
        return blank

    def _released(self) -> bytes:
        body = bytes(self._held)
        self._held.clear()
        return body

    def _rewrite(self, events: list[sse.Event]) -> bytes:
        return b"".join(self._event(event) for event in events)

    def _event(self, event: sse.Event) -> bytes:
        if not self._worth.search(event.data):
            return event.raw
        content = wire.document(event.data)
        outcome = self._strip(content)
        if outcome == "empty":
            return b""
        return sse.reframe(event, wire.encode(content)) if outcome == "changed" else event.raw
