import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest

from detectors.lab.traffic import Asked, Said
from gateway.clock import monotonic
from gateway.config import Route
from gateway.demo.call import call
from gateway.demo.cast import Role
from gateway.demo.clients import Player
from gateway.demo.model import Model, serving
from gateway.dialects.known import Dialects
from gateway.upstream import Upstream
from gateway.upstream_wire import UpstreamError

ASKED = [Asked(at=0.0, turns=(Said("user", f"How deep is lake {n}?"),), answer_tokens=30) for n in range(5)]
STREAMED = [msgspec.structs.replace(asked, stream=True) for asked in ASKED]


def role(dialect: str = "openai", *, honest: bool = True, streams: bool = False, every: float = 0.05) -> Role:
    return Role("tester", honest, "chat", "", dialect, every=every, lanes=2, streams=streams)


def player(url: str, who: Role) -> Player:
    return Player(who, STREAMED if who.streams else ASKED, Upstream(Route(upstream=url)), Dialects())


@asynccontextmanager
async def saying(*replies: bytes) -> AsyncIterator[str]:
    """A server that gives these answers in turn, the last one for ever."""
    left = list(replies)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
                await reader.readexactly(length)
                writer.write(left.pop(0) if len(left) > 1 else left[0])
        except asyncio.IncompleteReadError:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def refusal(status: int, *headers: bytes) -> bytes:
    lines = [b"HTTP/1.1 %d No" % status, b"content-length: 2", *headers]
    return b"\r\n".join([*lines, b"", b"{}"])


@pytest.mark.parametrize("dialect", ["openai", "anthropic", "gemini"])
@pytest.mark.parametrize("streams", [True, False])
async def test_a_client_counts_its_answers_and_their_tokens(dialect: str, streams: bool) -> None:
    with serving(Model()) as url:
        one = player(url, role(dialect, streams=streams))
        await one.play(monotonic() + 0.3)
    assert one.tally.answered == one.tally.asked > 1
    assert one.tally.tokens == 30 * one.tally.answered


async def test_a_harvester_gives_up_when_it_is_denied_again_and_again() -> None:
    async with saying(refusal(403, b"retry-after: 0")) as url:
        one = player(url, role(honest=False, every=0.0))
        await one.play(monotonic() + 60)
    assert one.tally.left
    assert 8 <= one.tally.denied <= 9
    assert one.tally.refused == one.tally.asked


async def test_a_throttled_client_stays() -> None:
    async with saying(*[refusal(429, b"retry-after: 0")] * 20) as url:
        one = player(url, role(honest=False, every=0.0))
        await one.play(monotonic() + 0.2)
    assert one.tally.throttled == one.tally.asked > 1
    assert not one.tally.left


async def test_errors_of_the_model_are_no_refusals() -> None:
    async with saying(refusal(500)) as url:
        one = player(url, role())
        await one.play(monotonic() + 0.2)
    assert one.tally.failed == one.tally.asked > 0
    assert one.tally.refused == 0


async def test_a_model_that_is_gone_is_a_failure_and_not_the_end() -> None:
    one = player("http://127.0.0.1:9", role())
    await one.play(monotonic() + 0.1)
    assert one.tally.failed == one.tally.asked > 0


async def test_a_call_brings_back_status_headers_and_body() -> None:
    with serving(Model()) as url:
        reply = await call(Upstream(Route(upstream=url)), "GET", "/v1/models")
    assert reply.status == 200
    assert reply.headers["content-type"] == "application/json"
    assert reply.body.startswith(b'{"object":"list"')


async def test_a_cut_answer_is_an_error() -> None:
    async with saying(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\nconnection: close\r\n\r\nabc") as url:
        route = Route.model_validate({"upstream": url, "timeouts": {"idle": "100ms"}})
        with pytest.raises(UpstreamError):
            await call(Upstream(route), "GET", "/")
