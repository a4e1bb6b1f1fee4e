import asyncio
import gzip
import itertools

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.gateway.relay.kit import Gateway, Model, gateway, says
from tests.gateway.relay.raw import ask, chunk, client, plain, request

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


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=600), cuts=st.lists(st.integers(0, 900), max_size=8), chunked=st.booleans())
def test_an_answer_cut_anywhere_arrives_byte_for_byte(body: bytes, cuts: list[int], *, chunked: bool) -> None:
    half = len(body) // 2
    parts = [part for part in (body[:half], body[half:]) if part]
    wire = EVENTS + b"".join(map(chunk, parts)) + b"0\r\n\r\n" if chunked else plain(body)
    places = sorted({min(cut, len(wire)) for cut in cuts} | {0, len(wire)})
    pieces = [wire[a:b] for a, b in itertools.pairwise(places)]

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
