import asyncio
import json

import pytest

from gateway.config import Limits
from tests.gateway.relay.kit import Gateway, Model, gateway, says
from tests.gateway.relay.raw import Answer, ask, chunk, client, plain, request

POST = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n"
BODY = b"Content-Length: 2\r\n\r\n{}"


def error(answer: Answer) -> dict[str, object]:
    found: dict[str, object] = json.loads(answer.body)["error"]
    return found


@pytest.mark.parametrize(
    ("path", "outer"), [(b"/v1/messages", "error"), (b"/v1/chat/completions", None), (b"/nowhere", None)]
)
async def test_a_refusal_before_the_request_is_whole_speaks_the_callers_dialect(
    relay: Gateway, path: bytes, outer: str | None
) -> None:
    answer = await ask(relay.port, request(path=path, headers=[b"X-Big: " + b"x" * (70 << 10)]))
    assert answer.status == 431
    assert json.loads(answer.body).get("type") == outer
    assert answer.all(b"x-request-id") != []


@pytest.mark.parametrize("piece", [100, 3000, 70 << 10])
@pytest.mark.parametrize("what", ["one header", "many headers", "target"])
async def test_a_head_may_not_be_larger_than_the_limit(model: Model, what: str, piece: int) -> None:
    limits = Limits.model_validate({"headers": "4KiB"})
    filler = {
        "one header": b"X: " + b"x" * 5000,
        "many headers": b"\r\n".join([b"X: yyyyyyyyyyyy"] * 300),
        "target": b"X: 1",
    }
    path = b"/v1/" + b"x" * 5000 if what == "target" else b"/v1/x"
    data = request(path=path, headers=[filler[what]])
    async with gateway(f"http://127.0.0.1:{model.port}", limits=limits) as relay, client(relay.port) as caller:
        for start in range(0, len(data), piece):
            caller.writer.write(data[start : start + piece])
            await asyncio.sleep(0.001)
        assert (await caller.answer()).status == 431
        assert await caller.closed()
    assert model.seen == []


async def test_a_head_below_the_limit_passes_in_any_pieces(model: Model) -> None:
    limits = Limits.model_validate({"headers": "4KiB"})
    data = request(headers=[b"X: " + b"x" * 3500])
    async with gateway(f"http://127.0.0.1:{model.port}", limits=limits) as relay, client(relay.port) as caller:
        for start in range(0, len(data), 90):
            caller.writer.write(data[start : start + 90])
            await asyncio.sleep(0.0005)
        assert (await caller.answer()).status == 200


SMALL = Limits.model_validate({"body": "1KiB"})


async def test_a_declared_body_beyond_the_limit_is_refused_before_it_is_sent(model: Model) -> None:
    async with gateway(f"http://127.0.0.1:{model.port}", limits=SMALL) as relay, client(relay.port) as caller:
        await caller.send(POST + b"Content-Length: 1025\r\nExpect: 100-continue\r\n\r\n")
        answer = await caller.answer()
        assert (answer.status, error(answer)["type"]) == (413, "invalid_request_error")
        assert await caller.closed()


async def test_a_client_that_sends_too_much_before_it_reads_still_gets_its_413(model: Model) -> None:
    async with gateway(f"http://127.0.0.1:{model.port}", limits=SMALL) as relay, client(relay.port) as caller:
        await caller.send(POST + b"Content-Length: 3000000\r\n\r\n" + b"x" * 3_000_000)
        assert (await caller.answer()).status == 413
    assert model.seen == []


async def test_a_body_in_chunks_is_refused_where_it_passes_the_limit(model: Model) -> None:
    async with gateway(f"http://127.0.0.1:{model.port}", limits=SMALL) as relay, client(relay.port) as caller:
        await caller.send(POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(b"x" * 800))
        await caller.send(chunk(b"x" * 800))
        assert (await caller.answer()).status == 413
        assert await caller.closed()
    assert model.seen == []


async def test_a_body_at_the_limit_passes(model: Model) -> None:
    async with gateway(f"http://127.0.0.1:{model.port}", limits=SMALL) as relay:
        assert (await ask(relay.port, request(body=b"{" + b" " * 1022 + b"}"))).status == 200


HASTY = Limits.model_validate({"body_wait": "50ms"})


@pytest.mark.parametrize(
    "data",
    [request()[:-5], POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab", request()[:30]],
    ids=["body", "chunk", "head"],
)
async def test_a_client_that_stops_in_the_middle_gets_408(model: Model, data: bytes) -> None:
    async with gateway(f"http://127.0.0.1:{model.port}", limits=HASTY) as relay, client(relay.port) as caller:
        await caller.send(data)
        answer = await caller.answer()
        assert (answer.status, answer.one(b"connection")) == (408, b"close")
        assert error(answer)["type"] == "invalid_request_error"
        assert await caller.closed()
    assert model.seen == []


async def test_a_connection_that_says_nothing_is_closed(model: Model) -> None:
    async with gateway(f"http://127.0.0.1:{model.port}", limits=HASTY) as relay, client(relay.port) as caller:
        assert await caller.closed()


async def test_a_client_that_does_not_read_is_cut_off(model: Model) -> None:
    model.script = says(plain(b"x" * 20_000_000))
    async with gateway(f"http://127.0.0.1:{model.port}", limits=HASTY) as relay, client(relay.port) as caller:
        caller.writer.transport.pause_reading()  # type: ignore[attr-defined] # a transport of a socket can
        await caller.send(request())
        entry = await relay.settled()
        assert not entry.complete


async def test_a_slow_model_is_not_the_clients_fault(model: Model) -> None:
    async def script(_: object, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2)
        writer.write(plain(b"{}"))

    model.script = script
    async with gateway(f"http://127.0.0.1:{model.port}", limits=HASTY) as relay:
        assert (await ask(relay.port)).status == 200
