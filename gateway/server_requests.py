"""Requests gathered from a client's bytes, up to the limits: the parser's side of a connection.

llhttp parses, uvicorn's protocol holds it; here is what both leave open: how long a head may be, and the body behind
a head that asks for another protocol, which llhttp does not read although we answer in HTTP/1.1.
"""

from typing import Any

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.config import Limits
from gateway.refusal import Refused, refused
from gateway.server_cycle import Cycle
from gateway.server_head import WATCHED


def too_large() -> Refused:
    """Return the refusal of a head beyond the limit."""
    return refused("headers_too_large", "The request's headers are too large.")


class Requests(HttpToolsProtocol):
    """Gathers heads and bodies."""

    def __init__(self, limits: Limits, **uvicorns: Any) -> None:
        super().__init__(**uvicorns)
        self._limits = limits
        self._most = limits.headers
        self.cycle: Cycle  # type: ignore[assignment] # uvicorn's is replaced whole
        self._method = ""
        self._heading = False  # a head has begun and is not complete
        self._read_bytes = 0  # of the piece that is being parsed
        self._first_bytes = 0  # of the piece in which the head began
        self._raw_bytes = 0  # that came after a head's first piece
        self._watched: list[tuple[bytes, bytes]] = []
        self._owed = -1  # bytes of body after a head that asked for another protocol; -1: no such head

    def on_message_begin(self) -> None:
        """A head begins."""
        self.url = b""
        self.headers = []
        self._method = "POST"  # until the head is complete
        self._heading = True
        self._first_bytes, self._raw_bytes = self._read_bytes, 0
        self._watched = []

    def on_url(self, url: bytes) -> None:
        """Gather the target."""
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; trailers are dropped."""
        if not self._heading:
            return
        name = name.lower()
        if name in WATCHED:
            self._watched.append((name, value))
            if name == b"content-length":  # a client's heads differ in nothing else, most of them, and are remembered
                return
        self.headers.append((name, value))

    def _oversized(self) -> bool:
        """Whether what is complete of the head is beyond the limit; most heads need no counting."""
        if self._first_bytes + self._raw_bytes + self._read_bytes <= self._most:
            return False
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers) > self._most

    def on_body(self, body: bytes) -> None:
        """Queue a piece of the body for the exchange."""
        cycle = self.cycle
        if cycle.response_complete:
            return
        if cycle.queue(body) > HIGH_WATER_LIMIT:
            self.flow.pause_reading()

    def on_message_complete(self) -> None:
        """The body is whole, unless the parser only believes so because another protocol was asked for."""
        if self._owed <= 0:
            self.cycle.more_body = False

    def _unparsed(self, data: bytes) -> None:
        """Take the body of a request that asked for another protocol: the parser has stopped before it."""
        if self._owed > 0:
            piece = data[: self._owed]
            self._owed -= len(piece)
            self.on_body(piece)
            self.on_message_complete()
