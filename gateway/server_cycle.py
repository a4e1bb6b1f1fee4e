"""One request and its answer on a client's connection: ASGI on one side, bytes on the other.

It replaces uvicorn's cycle, because that one writes header names in lower case, checks every header of the model's
with two regular expressions, sends head and body in two calls, and answers HTTP/1.0 clients in chunks.
"""

import asyncio
import socket
import struct
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE
from uvicorn.server import ServerState

from gateway.refusal import Refused

GONE = "the caller is gone"  # message of the cancellation that ends the exchange of a client that hung up
_COPY_BELOW = 16 << 10  # bytes; a longer piece is handed to the socket as it is, without a copy
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset
_CRLF, _LAST, _LAST_PIECE = b"\r\n", b"0\r\n\r\n", b"\r\n0\r\n\r\n"
_BODILESS = frozenset({204, 304})


class Cut(Exception):  # noqa: N818 - a way to end, not a fault
    """Raised by the application: end the answer so that nobody can take it for a whole one."""


class Connection(Protocol):
    """What a cycle knows of its connection."""

    loop: asyncio.AbstractEventLoop
    server_state: ServerState
    flow: FlowControl
    transport: asyncio.Transport

    def answered(self, cycle: "Cycle") -> None:
        """The answer is complete."""
        ...

    def broken_off(self) -> None:
        """The answer was given up; the connection is closing."""
        ...


class Cycle:
    """One request and its answer.

    Attributes:
        task: what answers it; cancelled when the client is gone.
        fault: what is wrong with the rest of the body; the application hears of it when it asks for more.
    """

    def __init__(self, connection: Connection, scope: Any, *, expects_100: bool, keep_alive: bool) -> None:
        self.connection = connection
        self.scope = scope
        self.transport = connection.transport
        self.flow = connection.flow
        self._expects_100 = expects_100
        self.keep_alive = keep_alive
        self.disconnected = False
        self.more_body = True  # the body is not whole yet
        self._pieces: list[bytes] = []
        self._held = 0
        self._told = False  # the application has the whole body
        self._waiter: asyncio.Future[None] | None = None
        self.response_started = False
        self.response_complete = False
        self.chunked_encoding: bool | None = None
        self.expected_content_length = 0
        self._bodiless = False
        self._head = b""
        self._soon = connection.loop.call_soon
        self.task: asyncio.Task[None] | None = None
        self.fault: Refused | None = None

    async def run(self, app: Callable[..., Any]) -> None:
        """Run the application; whatever it leaves unfinished is cut."""
        try:
            await app(self.scope, self.receive, self.send)
        except (Cut, asyncio.CancelledError):
            pass  # what follows is the same, and this task's only purpose ends here
        finally:
            if not self.response_complete and not self.disconnected:
                self._cut()

    def hang_up(self) -> None:
        """The client is gone: stop whoever works for it."""
        self.disconnected = True
        if self.task is not None and not self.response_complete:
            self.task.cancel(GONE)

    def spoil(self, fault: Refused) -> None:
        """The rest of the body will not come, or is not HTTP; an answer that has begun is not touched."""
        self.fault = fault
        self.keep_alive = False
        self._wake()

    def queue(self, piece: bytes) -> int:
        """Take a piece of the body; return how many bytes wait for the application."""
        self._pieces.append(piece)
        self._held += len(piece)
        self._wake()
        return self._held

    def end(self) -> None:
        """The body is whole."""
        self.more_body = False
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def receive(self) -> Any:
        """Return what has come of the body; a faulty one ends with its fault, and then the end of the connection."""
        if self._expects_100 and not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._expects_100 = False
        while not self._pieces and (self.more_body or self._told):
            if self.disconnected or self.response_complete or self.fault is not None:
                return {"type": "http.disconnect", "fault": self.fault}
            self.flow.resume_reading()
            self._waiter = self.connection.loop.create_future()
            await self._waiter
        pieces, self._pieces, self._held = self._pieces, [], 0
        self._told = not self.more_body
        return {"type": "http.request", "body": b"".join(pieces), "more_body": self.more_body}

    async def send(self, message: Any) -> None:
        """Write the head or a piece of the body, waiting while the client does not read."""
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        if not self.response_started:
            self._start(message["status"], message["headers"])
            return
        more: bool = message.get("more_body", False)
        self._write(message.get("body", b""), last=not more)
        if not more:
            if self.expected_content_length:
                self._cut()
                return
            self.response_complete = True
            self.connection.answered(self)

    def _start(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self.response_started = True
        self._expects_100 = False
        self.keep_alive = self.keep_alive and not self.more_body
        parts = [STATUS_LINE[status]]
        dated = False
        for name, value in headers:
            lower = name.lower()
            if lower == b"content-length":
                self.chunked_encoding = False
                self.expected_content_length = int(value)
            elif lower == b"date":
                dated = True
            elif lower == b"connection":
                self.keep_alive = self.keep_alive and value.lower() != b"close"
                continue
            parts.append(b"%b: %b\r\n" % (name, value))
        if not dated:
            parts += [b"%b: %b\r\n" % pair for pair in self.connection.server_state.default_headers]
        self._frame(status, parts)
        parts.append(b"\r\n" if self.keep_alive else b"connection: close\r\n\r\n")
        self._head = b"".join(parts)
        self._soon(self._flush)  # unless a piece of the body is here first: then both go in one call to the kernel

    def _flush(self) -> None:
        if self._head:
            self.transport.write(self._head)
            self._head = b""

    def _frame(self, status: int, parts: list[bytes]) -> None:
        """Settle how the body's end is told: by its length, by the last chunk, or by closing (HTTP/1.0)."""
        if self.scope["method"] == "HEAD" or status in _BODILESS:
            self.expected_content_length = 0
            self.chunked_encoding = None
        elif self.chunked_encoding is None:
            if self.scope["http_version"] == "1.1":
                self.chunked_encoding = True
                parts.append(b"transfer-encoding: chunked\r\n")
            else:
                self.keep_alive = False
        else:
            return
        self._bodiless = self.scope["method"] == "HEAD" or status in _BODILESS

    def _write(self, body: bytes, *, last: bool) -> None:
        if self._bodiless:
            self._flush()
            return
        if self.chunked_encoding:
            before = self._head + b"%x\r\n" % len(body) if body else self._head
            after = (_LAST_PIECE if body else _LAST) if last else (_CRLF if body else b"")
        else:
            if self.chunked_encoding is False:
                self.expected_content_length -= len(body)
                if self.expected_content_length < 0:
                    raise Cut
            before, after = self._head, b""
        self._head = b""
        if len(body) >= _COPY_BELOW:
            self.transport.writelines((before, body, after))
        elif before or body or after:
            self.transport.write(b"%b%b%b" % (before, body, after))

    def _cut(self) -> None:
        """End the connection in the middle: what was written still goes out, the body's end does not."""
        self._flush()
        self.disconnected = True
        untold = self.response_started and self.chunked_encoding is None and not self._bodiless
        if untold and (sock := self.transport.get_extra_info("socket")) is not None:
            # HTTP/1.0: closing would say that the answer is whole
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.transport.abort()
            return
        self.connection.broken_off()
        self.transport.close()
