"""The proxy under another ASGI server: httpx speaks ASGI to it, without a socket in between."""

import httpx

from gateway.config import Limits
from tests.gateway.relay.kit import Gateway, Model, gateway, says
from tests.gateway.relay.raw import CHAT, chunk

SMALL = Limits.model_validate({"body": "10B"})


def caller(relay: Gateway) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(relay.proxy),
        base_url="http://gateway.test",
        headers={"authorization": "Bearer k-1", "content-type": "application/json"},
    )


async def test_the_proxy_is_an_asgi_application(model: Model, relay: Gateway) -> None:
    async with caller(relay) as client:
        answer = await client.post("/v1/chat/completions?a=b", content=CHAT)
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert model.seen[0].line == b"POST /v1/chat/completions?a=b HTTP/1.1"
    assert (model.seen[0].body, model.seen[0].all(b"content-length")) == (CHAT, [b"%d" % len(CHAT)])
    assert (await relay.settled()).model == "m"


async def test_a_stream_passes_through_asgi(model: Model, relay: Gateway) -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    model.script = says(head, chunk(b"data: 1\n\n"), chunk(b"data: 2\n\n"), b"0\r\n\r\n")
    async with caller(relay) as client:
        answer = await client.post("/v1/chat/completions", content=CHAT)
    assert answer.content == b"data: 1\n\ndata: 2\n\n"
    assert (await relay.settled()).complete


async def test_a_refusal_passes_through_asgi(model: Model, relay: Gateway) -> None:
    relay.decide("deny")
    async with caller(relay) as client:
        answer = await client.post("/v1/chat/completions", content=CHAT)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "access_suspended")
    assert model.seen == []


async def test_a_body_beyond_the_limit_is_refused_through_asgi(model: Model) -> None:
    async with gateway(f"http://127.0.0.1:{model.port}", limits=SMALL) as relay, caller(relay) as client:
        answer = await client.post("/v1/chat/completions", content=CHAT)
    assert answer.status_code == 413
    assert model.seen == []
