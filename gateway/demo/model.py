"""A simulated model that speaks every surface of every dialect: what stands behind the guard in tests and demos.

Answers follow from the prompt alone, ids and times included, so that an answer that came through the guard can be
compared byte for byte with one that did not. ``python -m gateway.demo.model --port 0`` prints its port.
"""

import asyncio
import contextlib
import logging
import os
import socket
import sys
import threading
import zlib
from collections import deque
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qs

import click
import msgspec
import uvicorn
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

from gateway.demo import model_anthropic, model_gemini, model_openai, model_responses
from gateway.demo.script import HEADER, Script, read_script
from gateway.demo.spoken import Heard, Spoken, whole

_BY_DIALECT = {
    "anthropic": model_anthropic.ROUTES,
    "gemini": model_gemini.ROUTES,
    "openai": (*model_openai.ROUTES, *model_responses.ROUTES),
}
_FAIL = {"anthropic": model_anthropic.fail, "gemini": model_gemini.fail, "openai": model_openai.fail}
_KEY_HEADERS = ("x-api-key", "x-goog-api-key", "api-key", "authorization")
WRONG_KEY = "sk-wrong"
_REMEMBERED = 512  # requests that a test can look at afterwards


class Received(msgspec.Struct, frozen=True):
    """One request as it reached the model."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


def dialect_of(path: str, headers: Mapping[str, str]) -> str:
    """Return whose dialect a request is in."""
    if path.startswith("/v1beta/") or ":" in path or "x-goog-api-key" in headers:
        return "gemini"
    if path.startswith("/v1/messages") or "anthropic-version" in headers:
        return "anthropic"
    return "openai"


def answer(received: Received, script: Script) -> Spoken:
    """Return what the model says to one request; pure."""
    dialect = dialect_of(received.path, received.headers)
    fail = _FAIL[dialect]
    query = {name: values[-1] for name, values in parse_qs(received.query).items()}
    if script.status != 200:  # noqa: PLR2004 - HTTP's OK
        headers = {"retry-after": script.retry_after} if script.retry_after else {}
        return msgspec.structs.replace(fail(script.status, "The model was told to fail."), headers=headers)
    if WRONG_KEY in {query.get("key"), *(received.headers.get(h, "").removeprefix("Bearer ") for h in _KEY_HEADERS)}:
        return fail(401, "Incorrect API key provided.")
    try:
        body = msgspec.json.decode(received.body) if received.body else {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return fail(400, "The body is not JSON.")
    if not isinstance(body, Mapping):
        return fail(400, "The body is not a JSON object.")
    for method, pattern, speak in _BY_DIALECT[dialect]:
        if method == received.method and (match := pattern.fullmatch(received.path)):
            asked = query | {k: v for k, v in match.groupdict().items() if v}
            return speak(Heard(body=body, asked=asked, refuse=script.refuse, length=script.tokens))
    return fail(404, f"Unknown path {received.path}.")


class Model:
    """The ASGI application.

    Attributes:
        received: the newest requests, oldest first.
        first, pace: seconds before the first piece of an answer, and between pieces.
    """

    def __init__(self, *, first: float = 0.0, pace: float = 0.0) -> None:
        self.received: deque[Received] = deque(maxlen=_REMEMBERED)
        self.first = first
        self.pace = pace

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        body, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return
            body += message["body"]
            more = message["more_body"]
        query = scope["query_string"].decode("latin-1")
        received = Received(scope["method"], scope["path"], query, headers, bytes(body))
        self.received.append(received)
        try:
            script = read_script(headers.get(HEADER, ""))
        except (ValueError, msgspec.ValidationError) as fault:
            await self._say(whole({"error": {"message": str(fault)}}, 400), Script(), send)
            return
        await self._say(answer(received, script), script, send)

    async def _say(self, spoken: Spoken, script: Script, send: ASGISendCallable) -> None:
        await asyncio.sleep(self.first + script.slow_head)
        pieces = _fated(spoken, script)
        headers = [(b"content-type", spoken.content_type.encode()), (b"x-request-id", b"req_simulated")]
        headers += [(name.encode(), value.encode()) for name, value in spoken.headers.items()]
        if script.gzip:
            headers.append((b"content-encoding", b"gzip"))
            pieces = list(_zipped(pieces))
        if not spoken.streams:
            headers.append((b"content-length", str(sum(map(len, pieces))).encode()))
        await send({"type": "http.response.start", "status": spoken.status, "headers": headers, "trailers": False})
        for i, piece in enumerate(pieces):
            if i:
                await asyncio.sleep(self.pace + script.slow_piece)
            if i == script.cut_after:
                return  # uvicorn closes the connection under an answer that is not whole
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _fated(spoken: Spoken, script: Script) -> list[bytes]:
    """Return the pieces as the script wants them."""
    pieces = list(spoken.pieces)
    if 0 <= script.error_after < len(pieces) and spoken.fault:
        return [*pieces[: script.error_after], spoken.fault]
    if script.cut_after >= 0 and len(pieces) == 1:  # a whole document is cut in its middle
        half = len(pieces[0]) // 2
        return [pieces[0][:half], *[pieces[0][half:]] * max(1, script.cut_after)]
    return pieces


def _zipped(pieces: list[bytes]) -> Iterator[bytes]:
    """Compress piece by piece, each flushed so that it can be read at once."""
    zipper = zlib.compressobj(wbits=31)
    for i, piece in enumerate(pieces):
        end = zlib.Z_FINISH if i == len(pieces) - 1 else zlib.Z_SYNC_FLUSH
        yield zipper.compress(piece) + zipper.flush(end)


def _server(model: Model) -> uvicorn.Server:
    config = uvicorn.Config(
        model, http="httptools", loop="uvloop", ws="none", lifespan="off", access_log=False, log_config=None,
        server_header=False, date_header=False, timeout_graceful_shutdown=1,
    )  # fmt: skip
    return uvicorn.Server(config)


def bind(port: int = 0) -> socket.socket:
    """Bind a listening loopback socket; port 0 takes a free one."""
    bound = socket.create_server(("127.0.0.1", port), backlog=1024)
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else an answer's body waits 40 ms behind its head
    return bound


@contextlib.contextmanager
def serving(model: Model) -> Iterator[str]:
    """Serve a model on a thread of its own until the block ends; yields its base URL."""
    bound = bind()
    server = _server(model)
    thread = threading.Thread(target=server.run, args=([bound],), name="model", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        bound.close()


async def _serve_until(server: uvicorn.Server, bound: socket.socket, *, attached: bool) -> None:
    loop = asyncio.get_running_loop()

    def heard() -> None:
        if not os.read(sys.stdin.fileno(), 4096):
            loop.remove_reader(sys.stdin.fileno())
            server.should_exit = True

    if attached:
        loop.add_reader(sys.stdin.fileno(), heard)
    await server.serve([bound])


@click.command()
@click.option("--port", default=0, help="0 takes a free one.")
@click.option("--first", default=0.0, help="Seconds before the first piece of an answer.")
@click.option("--pace", default=0.0, help="Seconds between pieces.")
@click.option("--attached", is_flag=True, help="End when standard input ends.")
def main(port: int, first: float, pace: float, attached: bool) -> None:
    """Serve the simulated model on the loopback address and print its port."""
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # an answer cut on purpose is no news
    bound = bind(port)
    click.echo(bound.getsockname()[1])
    server = _server(Model(first=first, pace=pace))
    asyncio.run(_serve_until(server, bound, attached=attached))


if __name__ == "__main__":
    main()
