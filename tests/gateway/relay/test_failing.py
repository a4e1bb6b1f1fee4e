import asyncio
import json

import pytest
from prometheus_client import REGISTRY

from gateway.config import Route, Timeouts
from tests.gateway.relay.kit import Gateway, Model, gateway, says
from tests.gateway.relay.raw import PATIENCE, ask, chunk, client, plain, request, until

EVENTS = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
HALF = b'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n'


def errors(kind: str) -> float:
    value = REGISTRY.get_sample_value("stillguard_errors_total", {"error_type": kind})
    return value or 0.0


async def test_a_model_that_is_not_there_gives_502() -> None:
    async with Model().running() as gone:
        port = gone.port
    before = errors("provider_unreachable")
    async with gateway(f"http://127.0.0.1:{port}") as relay:
        answer = await ask(relay.port)
    assert (answer.status, json.loads(answer.body)["error"]["message"]) == (502, "The model cannot be reached.")
    assert errors("provider_unreachable") == before + 1
    assert relay.link.entries == []


@pytest.mark.parametrize(
    "bytes_sent",
    [
        b"",
        b"HTTP/1.1 200 O",
        b"rubbish\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nx: a\rb\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nx: a\0b\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
    ],
)
async def test_a_model_that_does_not_speak_http_gives_502(model: Model, relay: Gateway, bytes_sent: bytes) -> None:
    model.script = says(bytes_sent, close=True)
    assert (await ask(relay.port)).status == 502


@pytest.mark.parametrize("phase", ["first_byte", "idle"])
async def test_a_model_that_begins_too_late_gives_504(model: Model, phase: str) -> None:
    async def script(_: object, writer: asyncio.StreamWriter) -> None:
        if phase == "idle":
            writer.write(b"HTTP/1.1 200 OK\r\n")
        await asyncio.sleep(60)

    model.script = script
    timeouts = Timeouts.model_validate({phase: "50ms"})
    async with gateway(f"http://127.0.0.1:{model.port}", timeouts=timeouts) as relay:
        answer = await ask(relay.port)
        assert answer.status == 504
        async with asyncio.timeout(PATIENCE):
            await model.hung_up.wait()


async def test_a_stream_that_falls_silent_ends_with_an_error_and_not_like_a_whole_one(model: Model) -> None:
    async def script(_: object, writer: asyncio.StreamWriter) -> None:
        writer.write(EVENTS + chunk(HALF))
        await asyncio.sleep(60)

    model.script = script
    timeouts = Timeouts.model_validate({"idle": "50ms"})
    async with gateway(f"http://127.0.0.1:{model.port}", timeouts=timeouts) as relay:
        answer = await ask(relay.port)
        assert answer.status == 200
        assert not answer.whole
        assert answer.body.startswith(HALF)
        assert b'data: {"error":' in answer.body.removeprefix(HALF)
        entry = await relay.settled()
        assert (entry.complete, entry.response) == (False, HALF)


async def test_a_stream_that_is_cut_inside_an_event_has_its_error_on_a_line_of_its_own(
    model: Model, relay: Gateway
) -> None:
    model.script = says(EVENTS, chunk(b'event: x\ndata: {"cho'), close=True)
    answer = await ask(relay.port, request(path=b"/v1/messages"))
    assert not answer.whole
    assert b'data: {"cho\n\nevent: error\n' in answer.body


@pytest.mark.parametrize(
    "head",
    [b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n64\r\n"],
)
async def test_a_body_that_is_cut_is_cut_for_the_client_too(model: Model, relay: Gateway, head: bytes) -> None:
    before = errors("provider_cut")
    model.script = says(head + b'{"half":', close=True)
    answer = await ask(relay.port)
    assert (answer.status, answer.body, answer.whole) == (200, b'{"half":', False)
    assert errors("provider_cut") == before + 1
    assert not (await relay.settled()).complete


async def test_an_http_1_0_client_sees_a_cut_body_as_a_broken_connection(model: Model, relay: Gateway) -> None:
    model.script = says(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", chunk(b"half"), close=True)
    async with client(relay.port) as caller:
        await caller.send(b"GET /v1/x HTTP/1.0\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            await caller.answer()


async def test_a_coded_stream_gets_no_plain_error(model: Model, relay: Gateway) -> None:
    model.script = says(EVENTS[:-2] + b"content-encoding: br\r\n\r\n", chunk(b"\x1b\x0f"), close=True)
    answer = await ask(relay.port)
    assert (answer.body, answer.whole) == (b"\x1b\x0f", False)


async def test_the_models_own_error_passes_and_is_counted(model: Model, relay: Gateway) -> None:
    before = errors("provider_error")
    model.script = says(plain(b'{"error":{}}', status=b"503 Busy"))
    answer = await ask(relay.port)
    assert (answer.status, answer.body) == (503, b'{"error":{}}')
    assert errors("provider_error") == before + 1


@pytest.mark.parametrize("begun", [False, True])
async def test_a_client_that_hangs_up_stops_the_model_and_is_settled(
    model: Model, relay: Gateway, *, begun: bool
) -> None:
    before = errors("caller_gone")

    async def script(_: object, writer: asyncio.StreamWriter) -> None:
        if begun:
            writer.write(EVENTS + chunk(HALF))
        await asyncio.sleep(60)

    model.script = script
    async with client(relay.port) as caller:
        await caller.send(request())
        if begun:
            await caller.reader.readuntil(HALF)
        await until(lambda: model.seen)
    async with asyncio.timeout(1):
        await model.hung_up.wait()
    entry = await relay.settled()
    assert (entry.complete, entry.status, entry.response) == (False, 200 if begun else 499, HALF if begun else b"")
    assert errors("caller_gone") == before + 1
    assert len(relay.link.entries) == 1


async def test_a_client_that_hangs_up_in_its_body_is_counted_and_not_journaled(model: Model, relay: Gateway) -> None:
    before = errors("caller_gone")
    async with client(relay.port) as caller:
        await caller.send(request()[:-5])
    await until(lambda: errors("caller_gone") != before)
    assert (relay.link.entries, model.seen) == ([], [])


async def test_an_idle_connection_that_the_model_closed_is_not_used(model: Model, relay: Gateway) -> None:
    async def script(_: object, writer: asyncio.StreamWriter) -> None:
        writer.write(plain(b"{}"))
        await writer.drain()
        writer.close()

    model.script = script
    for count in range(1, 4):
        assert (await ask(relay.port)).status == 200
        model.hung_up.clear()
        assert model.connections == count


async def test_a_model_that_says_close_is_not_asked_again_on_that_connection(model: Model, relay: Gateway) -> None:
    model.script = says(plain(b"{}", b"connection: close"))
    for _ in range(3):
        assert (await ask(relay.port)).status == 200
    assert model.connections == 3


async def test_a_model_that_dies_on_a_used_connection_gives_502_and_is_asked_once(model: Model, relay: Gateway) -> None:
    assert (await ask(relay.port)).status == 200
    model.script = says(close=True)
    assert (await ask(relay.port)).status == 502
    assert len(model.seen) == 2


async def test_a_model_that_says_more_than_it_was_asked_is_hung_up_on(model: Model, relay: Gateway) -> None:
    model.script = says(plain(b"one") + plain(b"two"))
    for _ in range(2):
        assert (await ask(relay.port)).body == b"one"
    assert model.connections == 2


async def test_a_slow_client_makes_the_model_wait_and_memory_stays_bounded(model: Model, relay: Gateway) -> None:
    piece, count = b"x" * 100_000, 300
    sent = 0

    async def script(_: object, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.transport.set_write_buffer_limits(high=0)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % (len(piece) * count))
        for _ in range(count):
            writer.write(piece)
            await writer.drain()
            sent += 1

    model.script = script
    async with client(relay.port) as caller:
        caller.writer.transport.pause_reading()  # type: ignore[attr-defined] # a transport of a socket can
        await caller.send(request())
        still, last = 0, -1
        async with asyncio.timeout(PATIENCE):
            while still < 20:
                still, last = (still + 1, last) if sent == last else (0, sent)
                await asyncio.sleep(0.005)
        assert 0 < sent < count  # the sockets' own buffers hold some MiB; the gateway holds no more than its marks
        caller.writer.transport.resume_reading()  # type: ignore[attr-defined] # the same
        answer = await caller.answer()
        assert answer.body == piece * count
    assert (await relay.settled()).response_bytes == len(piece) * count


async def test_an_internal_fault_is_answered_counted_and_logged_without_text(
    relay: Gateway, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("planted")

    before = errors("guard_internal")
    monkeypatch.setattr(relay.identity, "identify", broken)
    answer = await ask(relay.port, request(headers=[b"X-Request-Id: mine"]))
    assert answer.status == 503
    assert errors("guard_internal") == before + 1
    (record,) = [record for record in caplog.records if record.name == "stillguard.proxy"]
    assert record.__dict__["request_id"] == "mine"
    assert "Hello there" not in caplog.text


async def test_each_query_goes_to_the_first_route_that_fits(model: Model) -> None:
    async with Model().running() as other:
        other.script = says(plain(b"other"))
        table = [
            Route(upstream=f"http://127.0.0.1:{other.port}/base", models=("big-*",)),
            Route(upstream=f"http://127.0.0.1:{model.port}"),
        ]
        async with gateway(routes=table) as relay:
            assert (await ask(relay.port, request(body=b'{"model":"big-1"}'))).body == b"other"
            assert (await ask(relay.port, request(body=b'{"model":"small"}'))).body == b'{"ok":true}'
        assert other.seen[0].line == b"POST /base/v1/chat/completions HTTP/1.1"
