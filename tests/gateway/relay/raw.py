"""A client that sends bytes and reads answers: no library in between that might mend either."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import NamedTuple

PATIENCE = 5.0  # seconds until a test gives up on an event
CHAT = b'{"model":"m","messages":[{"role":"user","content":"Hello there"}]}'
Headers = list[tuple[bytes, bytes]]


async def until(condition: Callable[[], object]) -> None:
    """Wait until a condition holds, and give up after PATIENCE."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - what is looked at tells nobody when it changes
            await asyncio.sleep(0.002)


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


def plain(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    lines = (b"HTTP/1.1 " + status, b"content-length: %d" % len(body), *headers, b"", b"")
    return b"\r\n".join(lines) + body


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


async def read_head(reader: asyncio.StreamReader) -> tuple[bytes, Headers]:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head[:-4].split(b"\r\n")
    pairs = [line.partition(b":") for line in lines]
    return first, [(name, value.strip()) for name, _, value in pairs]


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
            body, whole = await self._body(status, {k.lower(): v for k, v in headers}, head=head)
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
