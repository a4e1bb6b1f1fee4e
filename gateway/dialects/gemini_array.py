"""Gemini's other stream: one JSON array sent piece by piece; sans-IO, cut anywhere, not one byte lost.

Without ``alt=sse`` a streamed answer is ``[{…},{…}]``, and the brackets and commas arrive whenever they like. An
element is handed on at its closing bracket, without waiting for the comma behind it. What lies between elements
(brackets, commas, white space, and scalars, which Gemini never sends) is the next element's ``lead``, so for all
input and all cuts the joined leads and bodies equal the input. A body that is no array is read as elements side by
side: so comes a bare error object, and so would newline-delimited JSON.

Every byte is looked at a bounded number of times: a regular expression runs from mark to mark.
"""

import re

import msgspec

LIMIT = 32 * 1024 * 1024  # bytes; an element over it (images are, text never) is handed on unread: bounded memory
_OUTSIDE = re.compile(rb'"(?:[^"\\]++|\\[\s\S])*+"|["\[\]{}]')  # a whole string counts as one mark
_INSIDE = re.compile(rb'"|\\[\s\S]?')
_FIRST = re.compile(rb"[^ \t\r\n\xef\xbb\xbf]")


class Element(msgspec.Struct, frozen=True):
    """One element of the array.

    Attributes:
        lead: exact bytes between the element before and this one.
        body: exact bytes of the element; empty if only framing is left.
    """

    lead: bytes
    body: bytes


class Elements:
    """Cuts a byte stream into elements. One object a stream: it carries state."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._held = bytearray()
        self._seen = 0  # bytes of what is held that were looked at
        self._opened = -1  # where the element began; -1 between elements
        self._depth = 0
        self._base = -1  # depth at which elements lie: 1 inside an array, 0 without one, -1 before the first byte
        self._quoted = False

    def feed(self, data: bytes) -> list[Element]:
        """Take the next piece of the stream; return the elements that it completes, oldest first."""
        self._held += data
        found: list[Element] = []
        start = 0
        while (mark := self._mark()) is not None:
            if self._step(mark):
                cut = self._opened if self._opened >= 0 else self._seen  # its head was handed on: it was over the limit
                found.append(Element(bytes(self._held[start:cut]), bytes(self._held[cut : self._seen])))
                start, self._opened = self._seen, -1
        self._forget(start)
        if len(self._held) > self._limit:
            found.append(Element(bytes(self._held[: self._seen]), b""))
            self._forget(self._seen)
        return found

    def finish(self) -> list[Element]:
        """Return what the end of the stream left: the closing bracket, or an element that it cut off (as lead)."""
        rest = bytes(self._held)
        self._held.clear()
        self._seen = 0
        return [Element(rest, b"")] if rest else []

    def _mark(self) -> bytes | None:
        """Move to behind the next quote or bracket and return it; None once all that is here was looked at."""
        if self._base < 0 and (first := _FIRST.search(self._held, self._seen)):
            self._base = 1 if first.group() == b"[" else 0
        match = (_INSIDE if self._quoted else _OUTSIDE).search(self._held, self._seen)
        if match is None or match.group() == b"\\":  # a backslash at the end waits for the byte that it escapes
            self._seen = match.start() if match else len(self._held)
            return None
        self._seen = match.end()
        return match.group()

    def _step(self, mark: bytes) -> bool:
        """Take in one mark; True if it closes an element."""
        if mark == b'"':
            self._quoted = not self._quoted
        elif mark[0] in b'"\\':  # a whole string, or an escape within a string that is not whole yet
            return False
        elif mark in b"[{":
            if self._depth == self._base:
                self._opened = self._seen - 1
            self._depth += 1
        elif self._depth > 0:
            self._depth -= 1
            return self._depth == self._base
        return False

    def _forget(self, count: int) -> None:
        del self._held[:count]
        self._seen -= count
        self._opened = max(-1, self._opened - count)
