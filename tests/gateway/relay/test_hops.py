import asyncio

import pytest

from tests.gateway.relay.kit import Gateway, Model, Seen, says
from tests.gateway.relay.raw import CHAT, ask, chunk, client, plain, request

SSE = b'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\ndata: [DONE]\n\n'
EVENTS = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


async def test_the_query_reaches_the_model_as_it_was_sent(model: Model, relay: Gateway) -> None:
    await ask(relay.port, request(path=b"/v1/chat/completions?a=%20b&c", headers=[b"X-Mine: yes", b"Accept: */*"]))
    (seen,) = model.seen
    assert seen.line == b"POST /v1/chat/completions?a=%20b&c HTTP/1.1"
    assert seen.body == CHAT
    assert seen.all(b"x-mine") == [b"yes"]
    assert seen.all(b"authorization") == [b"Bearer k-1"]
    assert seen.all(b"host") == [f"127.0.0.1:{model.port}".encode()]
    assert seen.all(b"content-length") == [b"%d" % len(CHAT)]
    assert seen.all(b"x-forwarded-for") == [b"127.0.0.1"]
    assert seen.all(b"x-forwarded-proto") == [b"http"]


async def test_what_is_for_one_hop_only_stays_on_it(model: Model, relay: Gateway) -> None:
    model.script = says(
        plain(b"{}", b"Connection: x-private, keep-alive", b"X-Private: 1", b"Keep-Alive: timeout=5", b"Trailer: x"),
    )
    mine = [
        b"Connection: keep-alive, X-Secret", b"X-Secret: 1", b"TE: trailers", b"Keep-Alive: 5",
        b"Proxy-Authorization: x", b"Stillguard-Decision-Id: forged", b"Expect: nothing", b"X-Forwarded-For: 192.0.2.1",
        b"X-Forwarded-Proto: https",
    ]  # fmt: skip
    answer = await ask(relay.port, request(headers=mine))
    (seen,) = model.seen
    gone = (
        b"connection",
        b"x-secret",
        b"te",
        b"keep-alive",
        b"proxy-authorization",
        b"stillguard-decision-id",
        b"expect",
    )
    assert [name for name, _ in seen.headers if name.lower() in gone] == []
    assert seen.all(b"x-forwarded-for") == [b"192.0.2.1, 127.0.0.1"]
    assert seen.all(b"x-forwarded-proto") == [b"https"]
    for name in (b"x-private", b"keep-alive", b"trailer", b"connection"):
        assert answer.all(name) == []


async def test_a_body_in_chunks_goes_on_with_its_length(model: Model, relay: Gateway) -> None:
    head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    await ask(relay.port, head + chunk(CHAT[:9]) + chunk(CHAT[9:]) + b"0\r\n\r\n")
    (seen,) = model.seen
    assert (seen.body, seen.all(b"content-length"), seen.all(b"transfer-encoding")) == (CHAT, [b"%d" % len(CHAT)], [])


async def test_a_get_goes_on_without_a_length(model: Model, relay: Gateway) -> None:
    model.script = says(plain(b'{"data":[]}'))
    answer = await ask(relay.port, request(b"GET", b"/v1/models", b""))
    assert answer.status == 200
    assert model.seen[0].all(b"content-length") == []
    assert relay.link.entries == []


async def test_an_empty_post_goes_on_with_length_zero(model: Model, relay: Gateway) -> None:
    await ask(relay.port, request(b"POST", b"/v1/things", b"", [b"Content-Length: 0"]))
    assert model.seen[0].all(b"content-length") == [b"0"]


async def test_the_answer_to_head_has_a_length_and_no_body(model: Model, relay: Gateway) -> None:
    model.script = says(b"HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n")
    answer = await ask(relay.port, request(b"HEAD", b"/v1/models", b""), head=True)
    assert (answer.status, answer.one(b"content-length"), answer.body) == (200, b"999", b"")


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
async def test_an_answer_without_a_body_ends_with_its_head(model: Model, relay: Gateway, status: bytes) -> None:
    model.script = says(b"HTTP/1.1 %b\r\netag: x\r\n\r\n" % status)
    async with client(relay.port) as caller:
        for _ in range(2):  # the second one shows that nothing was left over from the first
            await caller.send(request(b"GET", b"/v1/models", b""))
            answer = await caller.answer()
            assert answer.status == int(status[:3])
            assert answer.all(b"transfer-encoding") == []
    assert model.connections == 1


async def test_interim_answers_are_skipped(model: Model, relay: Gateway) -> None:
    model.script = says(b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n", plain(b"{}"))
    answer = await ask(relay.port)
    assert (answer.status, answer.body, answer.all(b"link")) == (200, b"{}", [])


async def test_connections_are_kept_on_both_sides(model: Model, relay: Gateway) -> None:
    async with client(relay.port) as caller:
        for _ in range(5):
            await caller.send(request())
            assert (await caller.answer()).status == 200
    assert (model.connections, len(model.seen)) == (1, 5)


async def test_requests_sent_ahead_are_answered_in_order(model: Model, relay: Gateway) -> None:
    async def script(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(plain(seen.body))

    model.script = script
    async with client(relay.port) as caller:
        await caller.send(b"".join(request(body=b'{"n":%d}' % n) for n in range(4)))
        assert [(await caller.answer()).body for _ in range(4)] == [b'{"n":%d}' % n for n in range(4)]


async def test_a_client_that_waits_for_100_is_told_to_go_on(model: Model, relay: Gateway) -> None:
    async with client(relay.port) as caller:
        data = request(headers=[b"Expect: 100-continue"])
        await caller.send(data[: -len(CHAT)])
        assert (await caller.answer()).status == 100
        await caller.send(CHAT)
        assert (await caller.answer()).status == 200
    assert model.seen[0].body == CHAT


async def test_an_http_1_0_client_gets_a_body_that_ends_with_the_connection(model: Model, relay: Gateway) -> None:
    model.script = says(EVENTS, chunk(SSE) + b"0\r\n\r\n")
    async with client(relay.port) as caller:
        await caller.send(b"GET /v1/x HTTP/1.0\r\n\r\n")
        answer = await caller.answer()
        assert (answer.body, answer.all(b"transfer-encoding")) == (SSE, [])


async def test_a_post_that_offers_http_2_keeps_its_body(model: Model, relay: Gateway) -> None:
    offer = [b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"]
    data = request(headers=offer)
    async with client(relay.port) as caller:
        await caller.send(data[:-10])
        await asyncio.sleep(0)
        await caller.send(data[-10:] + request(body=b'{"smuggled":1}'))
        answer = await caller.answer()
        assert (answer.status, answer.one(b"connection")) == (200, b"close")
        assert await caller.closed()
    assert [seen.body for seen in model.seen] == [CHAT]
    assert model.seen[0].all(b"upgrade") == []
