"""One request and its answer on a client's connection: the caller on one side, bytes on the other.

It replaces uvicorn's cycle, because that one writes header names in lower case, checks every header of the model's
with two regular expressions, sends head and body in two calls, and answers HTTP/1.0 clients in chunks; and speaks
ASGI, whose dictionaries and calls cost an exchange more than its routing does.
"""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE
from uvicorn.server import ServerState

from gateway.bell import Bell
from gateway.caller import CallerGone, Header, Request
from gateway.refusal import Refused

GONE = "the caller is gone"  # message of the cancellation that ends the exchange of a client that hung up
_COPY_BELOW = 16 << 10  # bytes; a longer piece is handed to the socket as it is, without a copy
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset
_CRLF, _LAST, _LAST_PIECE = b"\r\n", b"0\r\n\r\n", b"\r\n0\r\n\r\n"
_CHUNKED, _CLOSE = b"transfer-encoding: chunked\r\n", b"connection: close\r\n\r\n"
_BODILESS = frozenset({204, 304})


class Cut(Exception):  # noqa: N818 - a way to end, not a fault
    """Raised by the application: end the answer so that nobody can take it for a whole one."""


class Connection(Protocol):
    """What a cycle knows of its connection."""

    server_state: ServerState
    flow: FlowControl
    transport: asyncio.Transport
    bell: Bell

    def answered(self, cycle: "Cycle") -> None:
        """The answer is complete."""
        ...

    def broken_off(self) -> None:
        """The answer was given up; the connection is closing."""
        ...


class Cycle:
    """One request and its answer: the connection's caller.

    Attributes:
        request: its head.
        version: of HTTP, as the client speaks it.
        task: what answers it; cancelled when the client is gone.
        fault: what is wrong with the rest of the body; the application hears of it when it asks for more.
    """

    __slots__ = (
        "_bodiless", "_chunked", "_connection", "_expects_100", "_head", "_held", "_owed", "_pieces", "_transport",
        "disconnected", "fault", "flow", "keep_alive", "more_body", "request", "response_complete",
        "response_started", "task", "version",
    )  # fmt: skip

    def __init__(
        self, connection: Connection, request: Request, version: str, *, expects_100: bool, keep_alive: bool
    ) -> None:
        self.request = request
        self.version = version
        self._connection = connection
        self._transport = connection.transport
        self.flow = connection.flow
        self._expects_100 = expects_100
        self.keep_alive = keep_alive
        self.disconnected = False
        self.more_body = True  # the body is not whole yet
        self._pieces: list[bytes] = []
        self._held = 0
        self.response_started = False
        self.response_complete = False
        self._chunked = False
        self._owed = -1  # bytes of the answer's body still to come; -1: its length is not told ahead
        self._bodiless = False
        self._head = b""
        self.task: asyncio.Task[None] | None = None
        self.fault: Refused | None = None

    async def run(self, app: "Callable[[Cycle], Awaitable[None]]") -> None:
        """Let the application answer; whatever it leaves unfinished is cut."""
        try:
            await app(self)
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

    def queue(self, piece: bytes) -> int:
        """Take a piece of the body; return how many bytes wait for the application."""
        self._pieces.append(piece)
        self._held += len(piece)
        return self._held

    def whole(self) -> bytes | None:
        """Return the whole body if it is here already, and its sender does not wait to be told to go on."""
        if self.more_body or self._expects_100 or len(self._pieces) > 1:
            return None
        return self._pieces.pop() if self._pieces else b""

    async def receive(self) -> tuple[bytes, bool]:
        """Return what has come of the body, and whether more will; raises the fault, or CallerGone."""
        if self._expects_100 and not self._transport.is_closing():
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._expects_100 = False
        while not self._pieces and self.more_body:
            if self.fault is not None:
                raise self.fault
            if self.disconnected:
                raise CallerGone
            self.flow.resume_reading()
            await self._connection.bell
        pieces, self._pieces, self._held = self._pieces, [], 0
        return pieces[0] if len(pieces) == 1 else b"".join(pieces), self.more_body

    def start(self, status: int, headers: Sequence[Header], length: int, *, dated: bool) -> None:
        """Make the head ready; it goes out with the first piece, in one call to the kernel."""
        self.response_started = True
        self._expects_100 = False
        self.keep_alive = self.keep_alive and not self.more_body
        lines = [b"%b: %b\r\n" % pair for pair in headers]
        if not dated:
            lines += [b"%b: %b\r\n" % pair for pair in self._connection.server_state.default_headers]
        self._owed = length
        self._bodiless = status in _BODILESS or self.request.method == "HEAD"
        if length < 0 and not self._bodiless:  # else the body's end is told by the last chunk, or by closing (HTTP/1.0)
            self._chunked = self.version == "1.1"
            self.keep_alive = self.keep_alive and self._chunked
            lines += (_CHUNKED,) if self._chunked else ()
        lines.append(_CRLF if self.keep_alive else _CLOSE)
        self._head = STATUS_LINE[status] + b"".join(lines)

    async def flush(self) -> None:
        """Let the head wait no longer."""
        if not self.disconnected:
            self._flush()

    def _flush(self) -> None:
        if self._head:
            self._transport.write(self._head)
            self._head = b""

    async def send(self, piece: bytes, *, last: bool) -> None:
        """Write a piece of the body, waiting while the client does not read."""
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        self._write(piece, last=last)
        if not last:
            return
        if self._owed > 0 and not self._bodiless:
            self._cut()
            return
        self.response_complete = True
        self._connection.answered(self)

    def _write(self, body: bytes, *, last: bool) -> None:
        if self._bodiless:
            self._flush()
            return
        before, after = self._head, b""
        if self._chunked:
            before = before + b"%x\r\n" % len(body) if body else before
            after = (_LAST_PIECE if body else _LAST) if last else (_CRLF if body else b"")
        elif self._owed >= 0:
            self._owed -= len(body)
            if self._owed < 0:
                raise Cut
        self._head = b""
        if len(body) >= _COPY_BELOW:
            self._transport.writelines((before, body, after))
        elif before or body or after:
            self._transport.write(before + body + after)

    def _cut(self) -> None:
        """End the connection in the middle: what was written still goes out, the body's end does not."""
        self._flush()
        self.disconnected = True
        untold = self.response_started and not self._chunked and self._owed < 0 and not self._bodiless
        if untold and (sock := self._transport.get_extra_info("socket")) is not None:
            # HTTP/1.0: closing would say that the answer is whole
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self._transport.abort()
            return
        self._connection.broken_off()
        self._transport.close()
