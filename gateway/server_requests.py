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


_ASGI = {"version": "3.0", "spec_version": "2.3"}


class Requests(HttpToolsProtocol):
    """Gathers heads and bodies."""

    def __init__(self, limits: Limits, **uvicorns: Any) -> None:
        super().__init__(**uvicorns)
        self._limits = limits
        self._most = limits.headers
        self.cycle: Cycle  # type: ignore[assignment] # uvicorn's is replaced whole
        self._heading = False  # a head has begun and is not complete
        self._head_bytes = 0  # of the complete parts of a head
        self._raw_bytes = 0  # that came after a head's first piece
        self._watched: list[tuple[bytes, bytes]] = []
        self._owed = -1  # bytes of body after a head that asked for another protocol; -1: no such head

    def on_message_begin(self) -> None:
        """A head begins."""
        self.url = b""
        self.headers = []
        self.scope = {
            "type": "http",
            "asgi": _ASGI,
            "http_version": "1.1",
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme,
            "root_path": "",
            "headers": self.headers,
        }  # type: ignore[typeddict-item] # the rest is known once the head is complete
        self._heading = True
        self._head_bytes = self._raw_bytes = 0
        self._watched = []

    def on_url(self, url: bytes) -> None:
        """Gather the target, up to the limit."""
        self.url += url
        self._head_bytes += len(url)
        if self._head_bytes > self._most:
            raise too_large()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header, up to the limit; trailers are dropped."""
        if not self._heading:
            return
        self._head_bytes += len(name) + len(value) + 4
        if self._head_bytes > self._most:
            raise too_large()
        pair = (name.lower(), value)
        self.headers.append(pair)
        if pair[0] in WATCHED:
            self._watched.append(pair)

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
            self.cycle.end()

    def _unparsed(self, data: bytes) -> None:
        """Take the body of a request that asked for another protocol: the parser has stopped before it."""
        if self._owed > 0:
            piece = data[: self._owed]
            self._owed -= len(piece)
            self.on_body(piece)
            self.on_message_complete()
