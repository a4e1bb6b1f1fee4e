"""One connection to a model: a socket, a parser, and the answer that is being read from it."""

import asyncio
from collections.abc import Callable
from typing import Literal, TypeAlias, cast

import httptools

from gateway.bell import Bell
from gateway.deadline import Deadline

Kind: TypeAlias = Literal["unreachable", "timeout", "cut"]

_HIGH_WATER = 256 << 10  # bytes of an answer held for a slow client; above it the model is not read
_LOW_WATER = 64 << 10
_NO_CONTENT, _NOT_MODIFIED, _FIRST_FINAL, _SWITCHING = 204, 304, 200, 101


class UpstreamError(Exception):
    """The model did not answer, or not to the end.

    Attributes:
        kind: unreachable (no connection), timeout, or cut (closed early, or not HTTP).
    """

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind)
        self.kind: Kind = kind


class Wire(asyncio.Protocol):
    """A connection that carries one exchange at a time: ``begin``, ``head``, ``piece`` until it is empty.

    Attributes:
        status: of the final answer, once ``head`` has returned.
        headers: raw, in order, with the case that the model used.
        reusable: the connection may carry another exchange.
        idle_since: event loop's time at which it was put aside.
    """

    def __init__(self, idle: float, lost: "Callable[[Wire], None]", spent: "Callable[[Wire], None]") -> None:
        self._loop = asyncio.get_running_loop()
        self._idle = idle
        self._lost = lost
        self._spent = spent
        self._deadline = Deadline(self._loop, self._late)
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._bell = Bell(self._loop)
        self._busy = False
        self.reusable = True
        self.idle_since = 0.0
        self._reset(answerless=False)

    def _reset(self, *, answerless: bool) -> None:
        self._answerless = answerless
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self._pieces: list[bytes] = []
        self._held = 0
        self._begun = False
        self._whole = False
        self._paused = False
        self._error: UpstreamError | None = None

    # one exchange

    def begin(self, head: bytes, body: bytes, first_byte: float, *, answerless: bool) -> None:
        """Send a request. ``answerless`` says that the answer will have no body whatever its headers say (HEAD)."""
        self._reset(answerless=answerless)
        self._busy = True
        self._deadline.set(first_byte)
        if self._transport is None or self._transport.is_closing():
            self._fail("cut")
        elif len(body) < _LOW_WATER:
            self._transport.write(head + body)
        else:
            self._transport.writelines((head, body))

    async def head(self) -> None:
        """Wait for the head of the final answer; raises UpstreamError."""
        while not self._begun:
            if self._error is not None:
                raise self._error
            await self._bell

    @property
    def ready(self) -> bool:
        """Whether ``piece`` has something to return at once."""
        return self._whole or bool(self._pieces)

    @property
    def ended(self) -> bool:
        """Whether the answer is whole and every piece of it was taken."""
        return self._whole and not self._pieces

    async def piece(self) -> bytes:
        """Return all that has arrived since the last piece, at least one byte; empty at the end.

        Raises UpstreamError once all that came before the failure was taken.
        """
        while not self._pieces:
            if self._whole:
                return b""
            if self._error is not None:
                raise self._error
            await self._bell
        return self.take()

    def take(self) -> bytes:
        """Return all that has arrived since the last piece; empty if nothing has."""
        piece = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces.clear()
        self._held = 0
        if self._paused:
            self._resume()
        return piece

    def release(self) -> None:
        """End the exchange, once: an answer read whole gives the connection back, any other closes it at once."""
        if not self.ended:
            self.abort()
            return
        self._busy = False
        self._deadline.clear()
        self._spent(self)

    def abort(self) -> None:
        """Close the socket at once."""
        self.reusable = False
        self._deadline.stop()
        if self._transport is not None:
            self._transport.abort()

    @property
    def closed(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._transport is None or self._transport.is_closing()

    def _fail(self, kind: Kind) -> None:
        if self._error is None and not self._whole:
            self._error = UpstreamError(kind)

    def _late(self) -> None:
        self._fail("timeout")
        self.abort()
        self._bell.ring()

    def _resume(self) -> None:
        self._paused = False
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()
            self._deadline.set(self._idle)

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Parse, and wake whoever waits; a model that speaks unasked is hung up on."""
        if not self._busy:
            self.abort()
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._fail("cut")
            self.abort()
        if self._whole or self._error is not None:
            self._deadline.clear()
        elif self._held > _HIGH_WATER and not self._paused and self._transport is not None:
            self._paused = True  # the client is slow: that is no reason to call the model late
            self._transport.pause_reading()
            self._deadline.clear()
        elif not self._paused:
            self._deadline.set(self._idle)
        self._bell.ring()

    def connection_lost(self, exc: Exception | None) -> None:
        """End an answer that lasts until the connection closes; any other was cut."""
        self._transport = None
        self._deadline.stop()
        self.reusable = False
        if self._busy and not self._whole:
            if exc is None and self._begun and self._error is None and not self._framed():
                self._whole = True
            self._fail("cut")
        self._lost(self)
        self._bell.ring()

    def _framed(self) -> bool:
        return any(name.lower() in (b"content-length", b"transfer-encoding") for name, _ in self.headers)

    # httptools

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; those after the body (trailers) are dropped."""
        if not self._begun:
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """The head is there, unless it is an interim one."""
        if self._whole:
            self.reusable = False  # a second answer to one question
            return
        status: int = self._parser.get_status_code()
        if status < _FIRST_FINAL:
            if status == _SWITCHING:
                self._fail("cut")  # nobody asked for another protocol
            self.headers.clear()
            return
        self.status = status
        self._begun = True
        self.reusable = self.reusable and self._parser.should_keep_alive()
        if self._answerless:
            # The parser now waits for a body that never comes: it cannot be used again.
            self._whole = True
            self.reusable = False

    def on_body(self, body: bytes) -> None:
        """Queue a piece."""
        if self._whole:
            self.reusable = False
            return
        self._pieces.append(body)
        self._held += len(body)

    def on_message_complete(self) -> None:
        """The answer is whole, unless it was an interim one."""
        if self._begun:
            self._whole = True
