import asyncio
import gzip
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.exchange import Entry
from tests.gateway.relay.kit import CHAT, Gateway, Model, ask, chunk, client, gateway, plain, request, says

SSE = b'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\ndata: [DONE]\n\n'
EVENTS = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


async def test_a_body_with_a_length_arrives_byte_for_byte(model: Model, relay: Gateway) -> None:
    body = bytes(range(256)) * 300
    model.script = says(plain(body, b"X-Odd-Case: kept", b"content-type: application/octet-stream"))
    answer = await ask(relay.port)
    assert (answer.status, answer.body, answer.whole) == (200, body, True)
    assert (b"X-Odd-Case", b"kept") in answer.headers
    assert answer.all(b"transfer-encoding") == []


async def test_a_chunked_body_arrives_byte_for_byte(model: Model, relay: Gateway) -> None:
    model.script = says(EVENTS, chunk(SSE[:7]), chunk(SSE[7:]) + b"0\r\nx-trailer: gone\r\n\r\n")
    answer = await ask(relay.port)
    assert (answer.body, answer.whole) == (SSE, True)
    assert answer.all(b"x-trailer") == []
    assert answer.one(b"x-accel-buffering") == b"no"
    assert answer.one(b"cache-control") == b"no-transform"


async def test_a_stream_keeps_what_the_model_says_of_caches(model: Model, relay: Gateway) -> None:
    head = EVENTS[:-2] + b"cache-control: no-cache\r\nx-accel-buffering: yes\r\n\r\n"
    model.script = says(head, chunk(SSE) + b"0\r\n\r\n")
    answer = await ask(relay.port)
    assert answer.one(b"cache-control") == b"no-cache"
    assert answer.one(b"x-accel-buffering") == b"yes"


async def test_a_body_that_ends_with_the_connection_arrives_whole(model: Model, relay: Gateway) -> None:
    model.script = says(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n", b"one ", b"two", close=True)
    answer = await ask(relay.port)
    assert (answer.body, answer.whole) == (b"one two", True)


async def test_a_coded_body_passes_untouched(model: Model, relay: Gateway) -> None:
    body = gzip.compress(b'{"a":1}')
    model.script = says(plain(body, b"content-encoding: gzip", b"content-type: application/json"))
    answer = await ask(relay.port)
    assert answer.body == body
    assert answer.one(b"content-encoding") == b"gzip"
    entry = await relay.settled()
    assert (entry.response, entry.response_encoding) == (body, "gzip")


async def test_a_chunk_reaches_the_client_before_the_model_sends_the_next(model: Model, relay: Gateway) -> None:
    heard = asyncio.Event()

    async def script(_: object, writer: asyncio.StreamWriter) -> None:
        writer.write(EVENTS)
        for word in (b"one", b"two", b"three"):
            heard.clear()
            writer.write(chunk(word))
            await heard.wait()
        writer.write(b"0\r\n\r\n")

    model.script = script
    async with client(relay.port) as caller:
        await caller.send(request())
        async with asyncio.timeout(5):
            await caller.reader.readuntil(b"\r\n\r\n")
            for word in (b"one", b"two", b"three"):
                assert await caller.chunk() == word
                heard.set()
            assert await caller.chunk() == b""


async def test_the_head_of_a_stream_does_not_wait_for_its_first_piece(model: Model, relay: Gateway) -> None:
    go = asyncio.Event()

    async def script(_: object, writer: asyncio.StreamWriter) -> None:
        writer.write(EVENTS)
        await go.wait()
        writer.write(b"0\r\n\r\n")

    model.script = script
    async with client(relay.port) as caller:
        await caller.send(request())
        async with asyncio.timeout(5):
            assert (await caller.reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
        go.set()
        assert await caller.chunk() == b""


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
    gone = (b"connection", b"x-secret", b"te", b"keep-alive", b"proxy-authorization", b"stillguard-decision-id", b"expect")
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
    async def script(seen: object, writer: asyncio.StreamWriter) -> None:
        writer.write(plain(model.seen[-1].body))

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


@pytest.mark.parametrize("given", [b"mine-42", b"req_abc/1"])
async def test_a_sane_request_id_goes_along(model: Model, relay: Gateway, given: bytes) -> None:
    answer = await ask(relay.port, request(headers=[b"X-Request-Id: " + given]))
    assert model.seen[0].all(b"x-request-id") == [given]
    assert answer.all(b"x-request-id") == [given]


@pytest.mark.parametrize("given", [b"a b", b"x" * 129, b'"', b"\xe9"])
async def test_a_strange_request_id_is_replaced(model: Model, relay: Gateway, given: bytes) -> None:
    await ask(relay.port, request(headers=[b"X-Request-Id: " + given]))
    (used,) = model.seen[0].all(b"x-request-id")
    assert re.fullmatch(rb"[0-9a-f]{32}", used)


@pytest.mark.parametrize("name", [b"x-request-id", b"request-id"])
async def test_the_models_own_request_id_is_kept(model: Model, relay: Gateway, name: bytes) -> None:
    model.script = says(plain(b"{}", name + b": theirs"))
    answer = await ask(relay.port)
    assert answer.all(b"x-request-id") + answer.all(b"request-id") == [b"theirs"]


async def test_what_went_through_is_journaled(model: Model, relay: Gateway) -> None:
    model.script = says(plain(b'{"choices":[]}', b"content-type: application/json"))
    await ask(relay.port)
    entry: Entry = await relay.settled()
    assert (entry.surface, entry.model, entry.status) == ("openai.chat", "m", 200)
    assert (entry.request, entry.response, entry.response_type) == (CHAT, b'{"choices":[]}', "application/json")
    assert (entry.complete, entry.truncated, entry.decision) == (True, False, "")
    assert {scope for scope, _ in entry.subjects} == {"key", "network"}
    assert len(relay.link.entries) == 1


@pytest.mark.parametrize("status", [b"401 Unauthorized", b"403 Forbidden"])
async def test_a_key_that_the_model_refuses_is_not_journaled(model: Model, relay: Gateway, status: bytes) -> None:
    model.script = says(plain(b"{}", status=status))
    assert (await ask(relay.port)).status == int(status[:3])
    assert relay.link.entries == []


async def test_a_post_to_an_unknown_path_is_journaled_and_a_get_is_not(model: Model, relay: Gateway) -> None:
    await ask(relay.port, request(path=b"/generate_new"))
    assert [entry.surface for entry in relay.link.entries] == ["opaque"]
    await ask(relay.port, request(b"GET", b"/generate_new", b""))
    assert len(relay.link.entries) == 1


async def test_no_more_than_the_capture_is_kept_of_an_answer(model: Model) -> None:
    async with gateway(f"http://127.0.0.1:{model.port}", capture=1000) as relay:
        model.script = says(plain(b"x" * 50_000))
        assert len((await ask(relay.port)).body) == 50_000
        entry = await relay.settled()
        assert (len(entry.response), entry.response_bytes, entry.truncated) == (1000, 50_000, True)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=600), cuts=st.lists(st.integers(0, 900), max_size=8), chunked=st.booleans())
def test_an_answer_cut_anywhere_arrives_byte_for_byte(body: bytes, cuts: list[int], *, chunked: bool) -> None:
    half = len(body) // 2
    parts = [part for part in (body[:half], body[half:]) if part]
    wire = EVENTS + b"".join(map(chunk, parts)) + b"0\r\n\r\n" if chunked else plain(body)
    places = sorted({min(cut, len(wire)) for cut in cuts} | {0, len(wire)})
    pieces = [wire[a:b] for a, b in zip(places, places[1:], strict=False)]

    async def script(_: object, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0.0005)

    async def run() -> bytes:
        async with Model().running() as model:
            model.script = script
            async with gateway(f"http://127.0.0.1:{model.port}") as relay:
                return (await ask(relay.port)).body

    assert asyncio.run(run()) == body
