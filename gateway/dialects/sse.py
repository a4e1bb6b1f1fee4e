"""Server-sent events, sans-IO: bytes cut anywhere in, whole events out, and not one byte lost.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation

Two departures from the page, both because a relay is no browser. Every event keeps its exact bytes, comments and
blank lines included, so that what is not rewritten is sent on as it came: for all input and all cuts, the joined
``raw`` equal the input. And an event that the stream's end cuts off is handed on instead of thrown away.

An event that ends in a bare carriage return waits for the next byte, which may be the line feed that belongs to it.
Every byte is looked at a bounded number of times, however small the pieces are.
"""

import re

import msgspec

LIMIT = 8 * 1024 * 1024  # bytes; an event over it is handed on unread, so that no answer can fill the memory
_BLANK = re.compile(rb"(?:\r\n?+|\n)(?:\r\n?+|\n)")
_BREAKS = re.compile(rb"[\r\n]*")
_OVERLAP = 3  # bytes of a four-byte blank line that may lie in the piece before
_LINES_OF_ONE = 2  # one data line and its blank line
_MARK = b"\xef\xbb\xbf"


class Event(msgspec.Struct, frozen=True):
    """One event, or the bytes between two.

    Attributes:
        raw: exact bytes, with comments and the closing blank line.
        event: the event's type; empty if the wire named none.
        data: its data lines, joined by newlines; empty for comments, blank lines and events over the limit.
    """

    raw: bytes
    event: str
    data: bytes


class Events:
    """Cuts a byte stream into events. One object a stream: it carries state."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._held = bytearray()
        self._seen = 0  # bytes of the held event in which no blank line begins
        self._overflowing = False
        self._started = False

    def feed(self, data: bytes) -> list[Event]:
        """Take the next piece of the stream; return the events that it completes, oldest first."""
        self._held += data
        found: list[Event] = []
        start = 0
        while start < len(self._held):
            breaks = self._breaks(start)
            if breaks > start:
                found.append(Event(bytes(self._held[start:breaks]), "", b""))
                start = breaks
                continue
            end = self._end(start)
            if not end:
                break
            found.append(self._event(bytes(self._held[start:end])))
            start, self._seen, self._overflowing = end, 0, False
        del self._held[:start]
        return found + self._overflow()

    def finish(self) -> list[Event]:
        """Return what the end of the stream left open; reading starts anew after it."""
        rest = bytes(self._held)
        found = [self._event(rest)] if rest else []
        self._held.clear()
        self._seen, self._overflowing, self._started = 0, False, False
        return found

    def _breaks(self, start: int) -> int:
        """Return where the blank lines before the next event end."""
        match = None if self._overflowing or self._seen else _BREAKS.match(self._held, start)
        return match.end() if match else start

    def _end(self, start: int) -> int:
        """Return where the event at ``start`` ends, or 0 if that is not in yet."""
        match = _BLANK.search(self._held, start + max(0, self._seen - _OVERLAP))
        if match and (match.end() < len(self._held) or not match.group().endswith(b"\r")):
            return match.end()
        self._seen = len(self._held) - start
        return 0

    def _overflow(self) -> list[Event]:
        """Hand on the bytes of an event that is over the limit, but for those that may begin its end."""
        if not self._overflowing and len(self._held) <= self._limit:
            return []
        self._overflowing = True
        ready = max(0, len(self._held) - _OVERLAP)
        head = bytes(self._held[:ready])
        del self._held[:ready]
        self._seen = len(self._held)
        return [Event(head, "", b"")] if head else []

    def _event(self, raw: bytes) -> Event:
        text = raw if self._started else raw.removeprefix(_MARK)
        self._started = True
        if self._overflowing or len(raw) > self._limit:
            return Event(raw, "", b"")
        if _plain(text):
            return Event(raw, "", text[6:-2])
        return _read(raw, text)


def _plain(text: bytes) -> bool:
    """Return whether an event is one data line and its blank line, as nearly every event is."""
    return (
        text.startswith(b"data: ")
        and text.count(b"\n") == _LINES_OF_ONE
        and text.endswith(b"\n\n")
        and b"\r" not in text
    )


def _read(raw: bytes, text: bytes) -> Event:
    """Read an event's lines by the book."""
    name = b""
    data: list[bytes] = []
    for line in text.splitlines():
        field, _, value = line.partition(b":")
        if field == b"data":
            data.append(value.removeprefix(b" "))
        elif field == b"event":
            name = value.removeprefix(b" ")
    return Event(raw, name.decode("utf-8", "replace"), b"\n".join(data))


def reframe(event: Event, data: bytes) -> bytes:
    """Write an event anew with other data; its name, id, retry and comment lines stay."""
    if _plain(event.raw):
        return frame(data)
    lines = event.raw.removeprefix(_MARK).splitlines()
    kept = [line for line in lines if line and line.partition(b":")[0] != b"data"]
    return b"".join(line + b"\n" for line in kept) + frame(data)


def frame(data: bytes, event: str = "") -> bytes:
    """Write one event."""
    head = f"event: {event}\n".encode() if event else b""
    return head + b"".join(b"data: " + line + b"\n" for line in data.split(b"\n")) + b"\n"
