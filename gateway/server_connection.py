"""A client's connection: uvicorn's httptools protocol, stricter, with limits and in the caller's dialect.

Overridden are the parser's callbacks (what llhttp lets through is checked here), what happens to a request that is
no HTTP, and the timers. uvicorn is pinned exactly, so that its inside stays where it is.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any, Protocol, cast
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from gateway.bell import Bell
from gateway.caller import Caller, Request
from gateway.config import Limits
from gateway.deadline import Deadline
from gateway.refusal import REQUEST_TIMEOUT, Refused, refused
from gateway.server_cycle import Cycle
from gateway.server_head import body_length, check, split
from gateway.server_requests import Requests, too_large

_KEEP_ALIVE = 75.0  # seconds; longer than proxies in front keep theirs (nginx 60), so that theirs end first
_LINGER = 2.0  # seconds in which a refused client may finish sending, else a reset eats the refusal


class Application(Protocol):
    """What is served, able to refuse in the caller's dialect what never becomes a request."""

    async def answer(self, caller: Caller) -> None:
        """Answer one request."""

    def refusal(
        self, method: str, path: str, headers: Sequence[tuple[bytes, bytes]], fault: Refused
    ) -> tuple[int, Sequence[tuple[bytes, bytes]], bytes]:
        """Return status, headers and body of a refusal, and count it."""

    def close(self) -> None:
        """No more requests will come."""


class ClientConnection(Requests):
    """One client's connection."""

    def __init__(self, limits: Limits, **uvicorns: Any) -> None:
        super().__init__(limits, **uvicorns)
        self._application = cast("Application", self.app)
        self._deadline = Deadline(self.loop, self._late)
        self._behind: deque[Cycle] = deque()  # requests sent ahead, not begun yet
        self._running: Cycle | None = None  # the exchange being answered; uvicorn's ``cycle`` is the newest one
        self._deaf = False  # whatever still comes is thrown away
        self._deadline.set(limits.body_wait)
        self._worker: asyncio.Task[None] | None = None
        self._queued: Cycle | None = None
        self.bell = Bell(self.loop)  # the exchange waits for what the client sends

    # transport

    def data_received(self, data: bytes) -> None:
        """Parse; what is not HTTP is refused, and ends the connection."""
        if self._deaf:
            return
        headed = self._heading
        self._read_bytes = len(data)
        try:
            if self._owed >= 0:
                self._unparsed(data)
            else:
                self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._unparsed(data[upgrade.args[0] :])
        except httptools.HttpParserError as error:
            fault = error.__context__
            if not isinstance(fault, Refused):
                fault = refused("malformed", "The request is not valid HTTP/1.1.")
            self._refuse(fault)
        self._await_more(len(data), headed=headed)
        self.bell.ring()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's word
        """Stop the exchange being answered; those waiting behind it are never begun."""
        self.connections.discard(self)
        self._behind.clear()
        self._deadline.stop()
        self.flow.resume_writing()
        if self._running is not None:
            self._running.hang_up()
        self._queued = None
        self.parser = cast("Any", None)  # it holds this object: the two would wait for the garbage collector
        self.bell.ring()

    def pause_writing(self) -> None:
        """Give a client that does not read a while, and no longer."""
        super().pause_writing()
        self._deadline.set(self._limits.body_wait)

    def resume_writing(self) -> None:
        """The client reads again."""
        super().resume_writing()
        self._deadline.clear()

    def on_headers_complete(self) -> None:
        """Check the head, and start the exchange or queue it behind the one before."""
        if self._oversized():
            raise too_large()
        version = self.parser.get_http_version()
        self._method = self.parser.get_method().decode("ascii")
        frame = check(self._method, version, self._watched)
        request = self._request(frame.length)
        self._heading = False
        upgrade = self.parser.should_upgrade()
        if upgrade:
            self._owed = body_length(self._watched)
        keep_alive = not upgrade and version == "1.1" and self.parser.should_keep_alive()
        cycle = Cycle(self, request, version, expects_100=frame.expects_100, keep_alive=keep_alive)
        self.cycle = cycle
        if self._running is None:
            self._begin(cycle)
        else:
            self.flow.pause_reading()
            self._behind.append(cycle)

    # cycle

    def answered(self, cycle: Cycle) -> None:
        """Go on to the next request, or end the connection."""
        self._running = None
        if self.transport.is_closing():
            return
        if cycle.more_body:
            self._linger()
        elif not cycle.keep_alive:
            self.transport.close()
        elif self._behind:
            self.flow.resume_reading()
            self._begin(self._behind.popleft())
        else:
            self.flow.resume_reading()
            self._deadline.set(_KEEP_ALIVE)

    def broken_off(self) -> None:
        """Let what was written go out, for a while."""
        self._deaf = True
        self._deadline.set(self._limits.body_wait)

    def shutdown(self) -> None:
        """Drain: close when idle, else after the answer."""
        if self._running is None:
            self.transport.close()
        else:
            self._running.keep_alive = False

    # inside

    def _request(self, length: int) -> Request:
        raw_path, query = split(self.url)
        peer = self.client[0] if self.client else ""
        return Request(
            self._method, unquote(raw_path.decode("ascii")), raw_path, query, tuple(self.headers), length, peer,
            self.scheme or "http",
        )  # fmt: skip

    def _begin(self, cycle: Cycle) -> None:
        self._running = self._queued = cycle
        if self._worker is None:
            self._worker = self.loop.create_task(self._work())
        cycle.task = self._worker

    async def _work(self) -> None:
        """Run the connection's exchanges one after another: a task for each would cost more than its routing."""
        task = cast("asyncio.Task[None]", self._worker)
        while (cycle := self._queued) is not None:
            self._queued = None
            self.tasks.add(task)
            try:
                await cycle.run(self._application.answer)
            finally:
                self.tasks.discard(task)
            await self._next()

    async def _next(self) -> None:
        """Wait for a request to run, or for the connection to end."""
        while self._queued is None and not self.transport.is_closing():
            await self.bell

    def _await_more(self, count: int, *, headed: bool) -> None:
        """Set or clear the deadline by what is still to come: the head has one in all, the body one a piece."""
        cycle = self._running
        if self._heading and not self._deaf:
            self._unfinished_head(count, headed=headed)
        elif cycle is not None and not self.flow.write_paused:
            if cycle.more_body and not self._deaf:
                self._deadline.set(self._limits.body_wait)
            else:
                self._deadline.clear()

    def _unfinished_head(self, count: int, *, headed: bool) -> None:
        if headed:  # the parser says nothing of a header before its end: what came since counts, complete or not
            self._raw_bytes += count
        else:
            self._deadline.set(self._limits.body_wait)
        if self._raw_bytes > self._most or self._oversized():
            self._refuse(too_large())

    def _refuse(self, fault: Refused) -> None:
        self._deaf = True
        cycle = self._running
        if cycle is not None and cycle is self.cycle and cycle.more_body and not self._heading:
            cycle.spoil(fault)
        elif cycle is not None:
            cycle.keep_alive = False
            self._behind.clear()
        else:
            self._answer(fault)

    def _answer(self, fault: Refused) -> None:
        """Refuse what never became a request."""
        begun = self.headers is not None  # a first byte that fits no method begins nothing
        method = self._method if begun else "POST"
        path = self.url.partition(b"?")[0].decode("latin-1") if begun else "/"
        status, headers, body = self._application.refusal(method, path, self.headers or (), fault)
        lines = [b"%b: %b\r\n" % pair for pair in (*headers, *self.server_state.default_headers)]
        self.transport.write(b"".join([STATUS_LINE[status], *lines, b"connection: close\r\n\r\n", body]))
        self._linger()

    def _linger(self) -> None:
        """Close our side, and read the client's to its end: closing at once would reset what it has not read."""
        self._deaf = True
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self._deadline.set(_LINGER)
        else:
            self.transport.close()

    def _late(self) -> None:
        """Something took too long: what it was follows from the state."""
        cycle = self._running
        if self._deaf or self.flow.write_paused:
            self.transport.abort()
        elif cycle is not None and cycle.more_body and not cycle.response_started:
            self._deaf = True
            cycle.spoil(refused("malformed", "The request's body did not arrive in time.", REQUEST_TIMEOUT))
            self.bell.ring()
        elif self._heading and cycle is None:
            self._answer(refused("malformed", "The request's head did not arrive in time.", REQUEST_TIMEOUT))
        elif cycle is None:
            self.transport.close()
