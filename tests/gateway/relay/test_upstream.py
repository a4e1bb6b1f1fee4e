import asyncio
import ssl
from pathlib import Path

import pytest
import trustme

from gateway.config import Route, Timeouts
from gateway.deadline import Deadline
from gateway.upstream import Upstream
from gateway.upstream_wire import UpstreamError, Wire
from tests.gateway.relay.kit import Model, says
from tests.gateway.relay.raw import PATIENCE, chunk, plain, read_head, until

HEAD = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"


def upstream(model: Model, pool: int = 8, lifetime: float = 4.0, **timeouts: str) -> Upstream:
    route = Route(upstream=f"http://127.0.0.1:{model.port}", pool=pool, timeouts=Timeouts.model_validate(timeouts))
    return Upstream(route, lifetime)


async def read(wire: Wire) -> bytes:
    await wire.head()
    body = b""
    while piece := await wire.piece():
        body += piece
    return body


async def exchange(origin: Upstream) -> bytes:
    wire = await origin.wire()
    origin.ask(wire, HEAD, b"")
    try:
        return await read(wire)
    finally:
        wire.release()


async def test_the_connection_used_last_is_used_first_and_no_more_than_the_pool_are_kept(model: Model) -> None:
    origin = upstream(model, pool=2)
    wires = [await origin.wire() for _ in range(4)]
    for wire in wires:
        origin.ask(wire, HEAD, b"")
        await read(wire)
        wire.release()
    assert origin.idle == 2
    assert await origin.wire() is wires[1]
    assert await origin.wire() is wires[0]
    origin.close()


async def test_an_idle_connection_is_closed_after_its_lifetime(model: Model) -> None:
    origin = upstream(model, lifetime=0.05)
    await exchange(origin)
    assert origin.idle == 1
    async with asyncio.timeout(PATIENCE):
        await model.hung_up.wait()
    assert origin.idle == 0


async def test_an_idle_connection_that_the_model_closes_leaves_the_pool(model: Model) -> None:
    origin = upstream(model)
    await exchange(origin)
    for writer in model.writers:
        writer.transport.abort()
    await until(lambda: not (origin.idle))
    await exchange(origin)
    assert model.connections == 2
    origin.close()


async def test_an_idle_connection_on_which_the_model_speaks_is_dropped(model: Model) -> None:
    origin = upstream(model)
    await exchange(origin)
    for writer in model.writers:
        writer.write(plain(b"unasked"))
    await until(lambda: not (origin.idle))


async def test_an_answer_given_up_on_is_not_put_back(model: Model) -> None:
    model.script = says(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf")
    origin = upstream(model)
    wire = await origin.wire()
    origin.ask(wire, HEAD, b"")
    await wire.head()
    wire.release()
    assert origin.idle == 0
    async with asyncio.timeout(PATIENCE):
        await model.hung_up.wait()


async def test_all_that_came_before_the_cut_is_given_first(model: Model) -> None:
    model.script = says(
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", chunk(b"one"), chunk(b"two"), close=True
    )
    wire = await (origin := upstream(model)).wire()
    origin.ask(wire, HEAD, b"")
    await wire.head()
    await until(lambda: wire.closed)
    assert await wire.piece() == b"onetwo"
    with pytest.raises(UpstreamError) as caught:
        await wire.piece()
    assert caught.value.kind == "cut"


async def test_a_large_body_goes_out_whole(model: Model) -> None:
    body = bytes(range(256)) * 20_000
    wire = await (origin := upstream(model)).wire()
    origin.ask(wire, b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % len(body), body)
    await read(wire)
    assert model.seen[0].body == body
    wire.abort()


async def test_a_server_that_never_answers_the_handshake_is_hung_up_on_in_time() -> None:
    hung_up = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        hung_up.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    route = Route(upstream=f"https://127.0.0.1:{port}", timeouts=Timeouts.model_validate({"connect": "50ms"}))
    with pytest.raises(UpstreamError) as caught:
        await Upstream(route).wire()
    assert caught.value.kind == "timeout"
    async with asyncio.timeout(PATIENCE):
        await hung_up.wait()
    server.close()


@pytest.fixture
def authority(tmp_path: Path) -> trustme.CA:
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "ca.pem")
    return made


@pytest.mark.parametrize(("name", "trusted"), [("127.0.0.1", True), ("other.test", False)])
async def test_a_certificate_is_verified_against_the_ca_file_and_the_name(
    authority: trustme.CA, tmp_path: Path, name: str, *, trusted: bool
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(plain(b"secret"))

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    origin = Upstream(Route(upstream=url, ca_file=tmp_path / "ca.pem"))
    if trusted:
        assert await exchange(origin) == b"secret"
    else:
        with pytest.raises(UpstreamError) as caught:
            await exchange(origin)
        assert caught.value.kind == "unreachable"
    with pytest.raises(UpstreamError):
        await exchange(Upstream(Route(upstream=url)))  # the system's authorities do not know this one
    origin.close()
    server.close()


async def test_a_deadline_can_move_both_ways_and_fires_once() -> None:
    calls: list[int] = []
    deadline = Deadline(asyncio.get_running_loop(), lambda: calls.append(1))
    deadline.set(0.01)
    deadline.set(60)
    deadline.set(0.03)
    await until(lambda: calls)
    assert calls == [1]


async def test_a_deadline_that_was_cleared_or_stopped_stays_silent() -> None:
    calls: list[int] = []
    loop = asyncio.get_running_loop()
    cleared, stopped = (Deadline(loop, lambda: calls.append(1)) for _ in range(2))
    for deadline in (cleared, stopped):
        deadline.set(0.01)
    cleared.clear()
    stopped.stop()
    last = asyncio.Event()
    witness = Deadline(loop, last.set)
    witness.set(0.04)
    async with asyncio.timeout(PATIENCE):
        await last.wait()
    assert calls == []
