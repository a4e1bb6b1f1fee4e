"""A scripted model, a gateway in front of it, and a client that sends bytes: all on real sockets."""

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

SECRET = b"s" * 32
PATIENCE = 5.0  # seconds until a test gives up on an event
CHAT = b'{"model":"m","messages":[{"role":"user","content":"Hello there"}]}'
Headers = list[tuple[bytes, bytes]]


class Seen(NamedTuple):
    """A request as the model got it."""

    line: bytes
    headers: Headers
    body: bytes

    def all(self, name: bytes) -> list[bytes]:
        return [value for key, value in self.headers if key.lower() == name]


class Answer(NamedTuple):
    """An answer as the client got it; ``whole`` is False if it was cut."""

    status: int
    headers: Headers
    body: bytes
    whole: bool = True

    def all(self, name: bytes) -> list[bytes]:
        return [value for key, value in self.headers if key.lower() == name]

    def one(self, name: bytes) -> bytes:
        (value,) = self.all(name)
        return value


Script = Callable[[Seen, asyncio.StreamWriter], Awaitable[None]]


def plain(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    lines = (b"HTTP/1.1 " + status, b"content-length: %d" % len(body), *headers, b"", b"")
    return b"\r\n".join(lines) + body


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def says(*pieces: bytes, close: bool = False) -> Script:
    async def script(_: Seen, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        if close:
            writer.close()

    return script


async def read_head(reader: asyncio.StreamReader) -> tuple[bytes, Headers]:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head[:-4].split(b"\r\n")
    pairs = [line.partition(b":") for line in lines]
    return first, [(name, value.strip()) for name, _, value in pairs]


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
                length = dict((k.lower(), v) for k, v in headers).get(b"content-length", b"0")
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
        while not reader.at_eof() and reader.exception() is None:
            await asyncio.sleep(0.005)


class MemoryLink:
    """Journal and store in memory: what was posted, what stands, what was taken and given."""

    def __init__(self) -> None:
        self.standing: Mapping[Subject, Decision] = {}
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

    def decide(self, action: str, mode: Mode = "enforce", key: bytes = b"k-1", until: float = 9e9, **how: object) -> str:
        headers = [(b"authorization", b"Bearer " + key)]
        subject = next(s for s in self.identity.identify(headers, "127.0.0.1", "").subjects if s.scope == "key")
        decision = Decision(
            id="dec_1", subject=subject, action=action, severity=3, at=0, until=until, mode=mode, parameters=how
        )
        self.link.standing = {subject: decision}
        return decision.id

    async def settled(self) -> Entry:
        async with asyncio.timeout(PATIENCE):
            while not self.link.entries:
                await asyncio.sleep(0.002)
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
) -> AsyncIterator[Gateway]:
    link = MemoryLink()
    identity = Identity(IdentitySettings(), SECRET)
    limits = limits or Limits()
    table = Routes(routes or [Route(upstream=origin, timeouts=timeouts or Timeouts()) for origin in origins])
    proxy = Proxy(
        routes=table, dialects=Dialects(), identity=identity, link=link, limits=limits, capture=capture,
        appeal="abuse@example.org", action_of=free_action,
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


class Client:
    """A client that sends the bytes that it is told to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, *, head: bool = False) -> Answer:
        async with asyncio.timeout(PATIENCE):
            line, headers = await read_head(self.reader)
            status = int(line.split(b" ")[1])
            body, whole = await self._body(status, dict((k.lower(), v) for k, v in headers), head=head)
            return Answer(status, headers, body, whole)

    async def _body(self, status: int, headers: Mapping[bytes, bytes], *, head: bool) -> tuple[bytes, bool]:
        if head or status in {204, 304} or status < 200:
            return b"", True
        if b"content-length" in headers:
            return await self._exactly(int(headers[b"content-length"]))
        if headers.get(b"transfer-encoding") != b"chunked":
            return await self.reader.read(), True
        body = b""
        while (piece := await self.chunk()) is not None:
            body += piece
            if not piece:
                return body, True
        return body, False

    async def _exactly(self, count: int) -> tuple[bytes, bool]:
        try:
            return await self.reader.readexactly(count), True
        except asyncio.IncompleteReadError as error:
            return error.partial, False

    async def chunk(self) -> bytes | None:
        """Read one chunk: empty at the end, None if the body was cut."""
        try:
            size = int(await self.reader.readuntil(b"\r\n"), 16)
            return (await self.reader.readexactly(size + 2))[:-2]
        except asyncio.IncompleteReadError:
            return None

    async def closed(self) -> bool:
        """Whether the gateway has closed the connection, all it sent having been read."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await self.reader.read(1) == b""
            except ConnectionResetError:
                return True


@contextlib.asynccontextmanager
async def client(port: int) -> AsyncIterator[Client]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    try:
        yield Client(reader, writer)
    finally:
        writer.transport.abort()


def request(
    method: bytes = b"POST", path: bytes = b"/v1/chat/completions", body: bytes = CHAT, headers: Sequence[bytes] = ()
) -> bytes:
    lines = [method + b" " + path + b" HTTP/1.1", b"Host: gateway.test", b"Authorization: Bearer k-1", *headers]
    if body:
        lines += [b"Content-Type: application/json", b"Content-Length: %d" % len(body)]
    return b"\r\n".join((*lines, b"", b"")) + body


async def ask(port: int, data: bytes | None = None, *, head: bool = False) -> Answer:
    async with client(port) as caller:
        await caller.send(request() if data is None else data)
        return await caller.answer(head=head)
