"""One origin behind the gateway: its address, its certificate authorities, its idle connections."""

import asyncio
import ssl
from urllib.parse import urlsplit

from gateway import clock
from gateway.config import Route, Timeouts
from gateway.upstream_wire import UpstreamError, Wire

IDLE_LIFETIME = 4.0  # seconds; servers of models close idle connections after 5 (uvicorn) and more
_PORTS = {"http": 80, "https": 443}


class Upstream:
    """A model's origin, with a pool of idle connections: the one used last is used first.

    A request is sent once and never again: only the client knows whether asking twice is harmless.

    Attributes:
        host: value of the Host header.
        prefix: path of the base URL, put in front of every path.
    """

    def __init__(self, route: Route, idle_lifetime: float = IDLE_LIFETIME) -> None:
        url = urlsplit(route.upstream)
        self.host = url.netloc.rpartition("@")[2].encode("idna" if not url.netloc.isascii() else "ascii")
        self.prefix = url.path.rstrip("/").encode("ascii")
        self._name = url.hostname or ""
        self._port = url.port or _PORTS[url.scheme]
        self._tls = ssl.create_default_context(cafile=route.ca_file) if url.scheme == "https" else None
        self._timeouts: Timeouts = route.timeouts
        self._most = route.pool
        self._lifetime = idle_lifetime
        self._idle: list[Wire] = []
        self._sweeper: asyncio.TimerHandle | None = None

    @property
    def idle(self) -> int:
        """Connections that wait to be used again."""
        return len(self._idle)

    async def wire(self) -> Wire:
        """Return a connection that is ready for a request; raises UpstreamError("unreachable" or "timeout")."""
        return self.take() or await self.connect()

    def take(self) -> Wire | None:
        """Return an idle connection, if there is one."""
        oldest = clock.monotonic() - self._lifetime
        while self._idle:
            wire = self._idle.pop()
            if wire.idle_since >= oldest and not wire.closed:
                return wire
            wire.abort()
        return None

    def ask(self, wire: Wire, head: bytes, body: bytes, *, answerless: bool = False) -> None:
        """Send a request on a connection of this origin; the answer is read from the wire."""
        wire.begin(head, body, self._timeouts.first_byte, answerless=answerless)

    def close(self) -> None:
        """Close all idle connections: the process ends, or the route is gone."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None
        for wire in self._idle:
            wire.abort()
        self._idle.clear()

    async def connect(self) -> Wire:
        """Return a new connection; raises UpstreamError("unreachable" or "timeout")."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._timeouts.connect):
                _, wire = await loop.create_connection(
                    lambda: Wire(self._timeouts.idle, self._lost, self._spent),
                    self._name,
                    self._port,
                    ssl=self._tls,
                    server_hostname=self._name if self._tls else None,
                )
        except TimeoutError as error:
            raise UpstreamError("timeout") from error
        except OSError as error:  # refused, unresolved, unreachable, certificate not trusted
            raise UpstreamError("unreachable") from error
        return wire

    def _lost(self, wire: Wire) -> None:
        if wire in self._idle:
            self._idle.remove(wire)

    def _spent(self, wire: Wire) -> None:
        if not wire.reusable or len(self._idle) >= self._most:
            wire.abort()
            return
        wire.idle_since = clock.monotonic()
        self._idle.append(wire)
        if self._sweeper is None:
            self._sweeper = asyncio.get_running_loop().call_later(self._lifetime, self._sweep)

    def _sweep(self) -> None:
        self._sweeper = None
        oldest = clock.monotonic() - self._lifetime
        stale = [wire for wire in self._idle if wire.idle_since < oldest]
        self._idle = [wire for wire in self._idle if wire.idle_since >= oldest]
        for wire in stale:
            wire.abort()
        if self._idle:
            self._sweeper = asyncio.get_running_loop().call_later(self._lifetime, self._sweep)
