"""A scripted model and a gateway in front of it, both on real sockets."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from gateway.actions.base import Action, Allowance, Charge
from gateway.config import Identity as IdentitySettings
from gateway.config import Limits, Listen, Route, Timeouts
from gateway.decisions import Decision, Mode, Subject
from gateway.dialects.known import Dialects
from gateway.exchange import Entry
from gateway.identity import Identity
from gateway.plugins import action_of
from gateway.proxy import Proxy
from gateway.routes import Routes
from gateway.server import serve
from gateway.verification.desk import Desk
from tests.gateway.relay.raw import Headers, plain, read_head, until

SECRET = b"s" * 32


class Seen(NamedTuple):
    """A request as the model got it."""

    line: bytes
    headers: Headers
    body: bytes

    def all(self, name: bytes) -> list[bytes]:
        return [value for key, value in self.headers if key.lower() == name]


Script = Callable[[Seen, asyncio.StreamWriter], Awaitable[None]]


def says(*pieces: bytes, close: bool = False) -> Script:
    async def script(_: Seen, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        if close:
            writer.close()

    return script


class Model:
    """A server whose answers are scripted, byte by byte."""

    def __init__(self) -> None:
        self.script: Script = says(plain(b'{"ok":true}', b"content-type: application/json"))
        self.seen: list[Seen] = []
        self.connections = 0
        self.hung_up = asyncio.Event()
        self.writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Model"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for writer in self.writers:
                writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.add(writer)
        try:
            while not writer.is_closing():
                line, headers = await read_head(reader)
                length = {k.lower(): v for k, v in headers}.get(b"content-length", b"0")
                self.seen.append(Seen(line, headers, await reader.readexactly(int(length))))
                answering = asyncio.ensure_future(self.script(self.seen[-1], writer))
                gone = asyncio.ensure_future(self._gone(reader))
                await asyncio.wait((answering, gone), return_when=asyncio.FIRST_COMPLETED)
                if gone.done() and not answering.done():
                    answering.cancel()
                    break
                gone.cancel()
                await asyncio.wait((gone,))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.hung_up.set()
            self.writers.discard(writer)
            writer.close()

    async def _gone(self, reader: asyncio.StreamReader) -> None:
        while not reader.at_eof() and reader.exception() is None:  # noqa: ASYNC110 - reading would eat a request
            await asyncio.sleep(0.005)


class MemoryLink:
    """Journal and store in memory: what was posted, what stands, what was taken and given."""

    def __init__(self) -> None:
        self.standing: Mapping[Subject, Decision] = {}
        self.campaigns: Mapping[Subject, Sequence[Subject]] = {}
        self.entries: list[Entry] = []
        self.taken: list[tuple[Subject, Sequence[Charge]]] = []
        self.given: list[tuple[Subject, Sequence[Charge]]] = []
        self.empty = False

    def post(self, entry: Entry) -> bool:
        self.entries.append(entry)
        return True

    async def take(self, subject: Subject, charges: Sequence[Charge]) -> list[Allowance]:
        self.taken.append((subject, charges))
        wait = 7.0 if self.empty else 0.0
        return [
            Allowance(meter=c.meter, allowed=not self.empty, limit=c.burst, remaining=0, retry_after=wait, reset=wait)
            for c in charges
        ]

    def give(self, subject: Subject, charges: Sequence[Charge]) -> None:
        self.given.append((subject, charges))


class Gateway:
    """A whole relay: server, proxy, upstream; no store."""

    def __init__(self, link: MemoryLink, proxy: Proxy, identity: Identity, port: int, stop: asyncio.Event) -> None:
        self.link = link
        self.proxy = proxy
        self.identity = identity
        self.port = port
        self.stop = stop

    def also(self, action: str, scope: str, severity: int = 3, mode: Mode = "enforce", **how: object) -> None:
        """Decide on another subject of the same client, beside what stands."""
        headers = [(b"authorization", b"Bearer k-1")]
        subject = next(s for s in self.identity.identify(headers, "127.0.0.1", "").subjects if s.scope == scope)
        decision = Decision(
            id=f"dec_{action}", subject=subject, action=action, severity=severity, at=0, until=9e9, mode=mode,
            parameters=how,
        )  # fmt: skip
        self.link.standing = {**self.link.standing, subject: decision}

    def decide(
        self, action: str, mode: Mode = "enforce", key: bytes = b"k-1", lapses: float = 9e9, **how: object
    ) -> str:
        headers = [(b"authorization", b"Bearer " + key)]
        subject = next(s for s in self.identity.identify(headers, "127.0.0.1", "").subjects if s.scope == "key")
        decision = Decision(
            id="dec_1", subject=subject, action=action, severity=3, at=0, until=lapses, mode=mode, parameters=how
        )
        self.link.standing = {subject: decision}
        return decision.id

    async def settled(self) -> Entry:
        await until(lambda: self.link.entries)
        return self.link.entries[-1]


def free_action(decision: Decision) -> Action:
    return action_of(decision)


@contextlib.asynccontextmanager
async def gateway(
    *origins: str,
    limits: Limits | None = None,
    timeouts: Timeouts | None = None,
    capture: int = 256 << 10,
    listen: Listen | None = None,
    routes: Sequence[Route] = (),
    desk: Desk | None = None,
) -> AsyncIterator[Gateway]:
    link = MemoryLink()
    identity = Identity(IdentitySettings(), SECRET)
    limits = limits or Limits()
    table = Routes(routes or [Route(upstream=origin, timeouts=timeouts or Timeouts()) for origin in origins])
    proxy = Proxy(
        routes=table, dialects=Dialects(), identity=identity, link=link, limits=limits, capture=capture,
        appeal="abuse@example.org", action_of=free_action, noise=SECRET, desk=desk,
    )  # fmt: skip
    bound = socket.create_server(("127.0.0.1", 0))
    port = bound.getsockname()[1]
    stop = asyncio.Event()
    serving = asyncio.ensure_future(
        serve(proxy, socket=bound, listen=listen or Listen.model_validate({"drain": "200ms"}), limits=limits, stop=stop)
    )
    try:
        yield Gateway(link, proxy, identity, port, stop)
    finally:
        stop.set()
        await serving
        table.close()
