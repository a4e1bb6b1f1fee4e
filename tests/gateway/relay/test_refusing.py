import asyncio
import json
import ssl
from pathlib import Path

import pytest
import trustme

from gateway.config import Limits, Listen, Route, Timeouts
from tests.gateway.relay.kit import CHAT, PATIENCE, Answer, Client, Gateway, Model, ask, chunk, client, gateway, plain, request, says

POST = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n"
BODY = b"Content-Length: 2\r\n\r\n{}"


def error(answer: Answer) -> dict[str, object]:
    found: dict[str, object] = json.loads(answer.body)["error"]
    return found


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", id="both lengths"),
        pytest.param(POST + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n", id="both, swapped"),
        pytest.param(POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", id="two lengths"),
        pytest.param(POST + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", id="the same length twice"),
        pytest.param(POST + b"Content-Length: 2, 2\r\n\r\n{}", id="list of lengths"),
        pytest.param(POST + b"Content-Length: +2\r\n\r\n{}", id="signed length"),
        pytest.param(POST + b"Content-Length: -2\r\n\r\n{}", id="negative length"),
        pytest.param(POST + b"Content-Length: 0x2\r\n\r\n{}", id="hexadecimal length"),
        pytest.param(POST + b"Content-Length:\r\n\r\n{}", id="empty length"),
        pytest.param(POST + b"Content-Length : 2\r\n\r\n{}", id="space before colon"),
        pytest.param(POST + b"X-A: 1\r\n folded\r\n" + BODY, id="folded header"),
        pytest.param(POST + b" X-A: 1\r\n" + BODY, id="header begins with a space"),
        pytest.param(POST + b"X-A: 1\rX-B: 2\r\n" + BODY, id="bare CR in header"),
        pytest.param(POST + b"X-A: 1\nX-B: 2\r\n" + BODY, id="bare LF in header"),
        pytest.param(POST + b"X-A: a\0b\r\n" + BODY, id="NUL in header"),
        pytest.param(POST + b"X\0A: a\r\n" + BODY, id="NUL in name"),
        pytest.param(POST + b": empty\r\n" + BODY, id="header without a name"),
        pytest.param(POST + b"X A: 1\r\n" + BODY, id="space in name"),
        pytest.param(POST + b"novalue\r\n" + BODY, id="header without a colon"),
        pytest.param(POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", id="unknown transfer coding"),
        pytest.param(POST + b"Transfer-Encoding: identity\r\n\r\n{}", id="identity transfer coding"),
        pytest.param(POST + b"Transfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", id="nearly chunked"),
        pytest.param(POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n", id="chunked, then another"),
        pytest.param(POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", id="vertical tab before chunked"),
        pytest.param(b"POST /v1/x HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", id="chunks in HTTP/1.0"),
        pytest.param(b"POST /v1/x HTTP/1.1\r\n" + BODY, id="no host"),
        pytest.param(POST + b"Host: y\r\n" + BODY, id="two hosts"),
        pytest.param(POST + b"Transfer-Encoding: chunked\r\n\r\n2;x=\ny\r\n{}\r\n0\r\n\r\n", id="LF in chunk extension"),
        pytest.param(POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", id="chunk size is no number"),
        pytest.param(POST + b"Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n", id="chunk size with prefix"),
        pytest.param(POST + b"Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n", id="negative chunk size"),
        pytest.param(POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}x\r\n0\r\n\r\n", id="chunk longer than its size"),
        pytest.param(POST + b"Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n", id="chunks with bare LF"),
        pytest.param(POST + b"Transfer-Encoding: chunked\r\n\r\n2 \r\n{}\r\n0\r\n\r\n", id="space after chunk size"),
        pytest.param(POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 17 + b"\r\n{}\r\n0\r\n\r\n", id="huge chunk size"),
        pytest.param(b"POST /v1/../admin HTTP/1.1\r\nHost: x\r\n" + BODY, id="dots"),
        pytest.param(b"POST /v1/%2e%2E/admin HTTP/1.1\r\nHost: x\r\n" + BODY, id="encoded dots"),
        pytest.param(b"POST /v1/..%2fadmin HTTP/1.1\r\nHost: x\r\n" + BODY, id="dots and encoded slash"),
        pytest.param(b"POST /v1/.. HTTP/1.1\r\nHost: x\r\n" + BODY, id="dots at the end"),
        pytest.param(b"POST /v1\\x HTTP/1.1\r\nHost: x\r\n" + BODY, id="backslash"),
        pytest.param(b"POST /v1/x%00 HTTP/1.1\r\nHost: x\r\n" + BODY, id="encoded NUL"),
        pytest.param(b"POST /v1/\xff HTTP/1.1\r\nHost: x\r\n" + BODY, id="path outside ASCII"),
        pytest.param(b"POST /v1#x HTTP/1.1\r\nHost: x\r\n" + BODY, id="fragment"),
        pytest.param(b"POST v1/x HTTP/1.1\r\nHost: x\r\n" + BODY, id="target without a slash"),
        pytest.param(b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", id="CONNECT"),
        pytest.param(b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", id="OPTIONS *"),
        pytest.param(b"POST /v1/x HTTP/2.0\r\nHost: x\r\n" + BODY, id="wrong version"),
        pytest.param(b"POST /v1/x HTTP/0.9\r\nHost: x\r\n" + BODY, id="ancient version"),
        pytest.param(b"POST /v1/x\r\n\r\n", id="no version"),
        pytest.param(b"BREW /v1/x HTTP/1.1\r\nHost: x\r\n" + BODY, id="unknown method"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", id="TLS on a plain port"),
        pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", id="HTTP/2"),
    ],
)  # fmt: skip
async def test_a_request_that_can_be_read_in_two_ways_is_refused_and_never_forwarded(
    model: Model, relay: Gateway, data: bytes
) -> None:
    async with client(relay.port) as caller:
        await caller.send(data)
        answer = await caller.answer()
        assert answer.status == 400
        assert answer.one(b"connection") == b"close"
        assert error(answer)["type"] == "invalid_request_error"
        assert await caller.closed()
    assert model.seen == []


@pytest.mark.parametrize(
    ("path", "status"), [(b"/v1/models/org%2Fname", 200), (b"/v1/x%3Ay", 200), (b"/v1/a..b/.c", 200), (b"//v1//x", 200)]
)
async def test_an_odd_but_clear_path_goes_on_as_it_is(model: Model, relay: Gateway, path: bytes, status: int) -> None:
    assert (await ask(relay.port, request(path=path))).status == status
    assert model.seen[0].line.split(b" ")[1] == path


async def test_an_absolute_target_loses_its_origin(model: Model, relay: Gateway) -> None:
    assert (await ask(relay.port, request(path=b"http://elsewhere.test/v1/x?y=1"))).status == 200
    assert model.seen[0].line == b"POST /v1/x?y=1 HTTP/1.1"


async def test_nothing_behind_a_bad_request_is_read_as_another(model: Model, relay: Gateway) -> None:
    async with client(relay.port) as caller:
        await caller.send(POST + b"Content-Length: 2, 2\r\n\r\n{}" + request())
        assert (await caller.answer()).status == 400
        assert await caller.closed()
    assert model.seen == []


async def test_rubbish_behind_a_good_request_does_not_spoil_its_answer(model: Model, relay: Gateway) -> None:
    async with client(relay.port) as caller:
        await caller.send(request() + b"\0rubbish\r\n\r\n")
        assert (await caller.answer()).status == 200
        assert await caller.closed()
    assert len(model.seen) == 1


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
    filler = {"one header": b"X: " + b"x" * 5000, "many headers": b"\r\n".join([b"X: yyyyyyyyyyyy"] * 300), "target": b"X: 1"}
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
    "data", [request()[:-5], POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab", request()[:30]], ids=["body", "chunk", "head"]
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


@pytest.mark.parametrize("header", [b"Upgrade: websocket", b"Upgrade: WebSocket"])
async def test_a_websocket_is_refused_clearly(relay: Gateway, header: bytes) -> None:
    upgrade = [header, b"Connection: Upgrade", b"Sec-WebSocket-Key: x", b"Sec-WebSocket-Version: 13"]
    async with client(relay.port) as caller:
        await caller.send(request(b"GET", b"/v1/realtime?model=m", b"", upgrade))
        answer = await caller.answer()
        assert answer.status == 501
        assert "WebSocket (realtime) is not relayed by this gateway" in str(error(answer)["message"])
        assert await caller.closed()


async def test_a_path_without_a_route_is_refused_with_its_name(model: Model) -> None:
    table = [Route(upstream=f"http://127.0.0.1:{model.port}", paths=("/v1",))]
    async with gateway(routes=table) as relay:
        answer = await ask(relay.port, request(path=b"/v10/x"))
        assert (answer.status, error(answer)["message"]) == (404, "No route for /v10/x.")


async def test_a_preflight_goes_to_the_model_whatever_was_decided(model: Model, relay: Gateway) -> None:
    relay.decide("deny")
    model.script = says(b"HTTP/1.1 204 No Content\r\naccess-control-allow-origin: *\r\n\r\n")
    wants = [b"Origin: https://app.test", b"Access-Control-Request-Method: POST"]
    answer = await ask(relay.port, request(b"OPTIONS", body=b"", headers=wants))
    assert (answer.status, answer.one(b"access-control-allow-origin")) == (204, b"*")


async def test_a_browser_can_read_a_refusal(relay: Gateway) -> None:
    relay.decide("deny")
    answer = await ask(relay.port, request(headers=[b"Origin: https://app.test"]))
    assert answer.status == 403
    assert answer.one(b"access-control-allow-origin") == b"https://app.test"
    assert b"stillguard-decision-id" in answer.one(b"access-control-expose-headers")


async def test_draining_lets_an_open_exchange_end_and_takes_no_new_ones(model: Model) -> None:
    go = asyncio.Event()

    async def script(_: object, writer: asyncio.StreamWriter) -> None:
        await go.wait()
        writer.write(plain(b"{}"))

    model.script = script
    listen = Listen.model_validate({"drain": "5s"})
    async with gateway(f"http://127.0.0.1:{model.port}", listen=listen) as relay:
        async with client(relay.port) as idle, client(relay.port) as caller:
            await caller.send(request())
            await asked(model)
            relay.stop.set()
            assert await idle.closed()
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.1", relay.port)
            go.set()
            answer = await caller.answer()
            assert (answer.status, answer.one(b"connection")) == (200, b"close")


async def test_what_outlasts_the_drain_is_cut_and_settled_as_incomplete(model: Model) -> None:
    async def script(_: object, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + chunk(b"begun"))
        await asyncio.sleep(60)

    model.script = script
    listen = Listen.model_validate({"drain": "100ms"})
    async with gateway(f"http://127.0.0.1:{model.port}", listen=listen) as relay, client(relay.port) as caller:
        await caller.send(request())
        await asked(model)
        relay.stop.set()
        answer = await caller.answer()
        assert (answer.body, answer.whole) == (b"begun", False)
        entry = await relay.settled()
        assert (entry.complete, entry.response) == (False, b"begun")


async def asked(model: Model) -> None:
    async with asyncio.timeout(PATIENCE):
        while not model.seen:
            await asyncio.sleep(0.002)


async def test_clients_can_come_over_tls(model: Model, tmp_path: Path) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    context = ssl.create_default_context()
    authority.configure_trust(context)
    files = {"tls_certificate": tmp_path / "cert.pem", "tls_key": tmp_path / "key.pem"}
    listen = Listen.model_validate({**files, "drain": "100ms"})
    async with gateway(f"http://127.0.0.1:{model.port}", listen=listen, timeouts=Timeouts()) as relay:
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.port, ssl=context)
        caller = Client(reader, writer)
        for _ in range(2):
            await caller.send(request())
            assert (await caller.answer()).status == 200
        writer.close()
    assert model.seen[0].all(b"x-forwarded-proto") == [b"https"]
    assert model.seen[0].body == CHAT
