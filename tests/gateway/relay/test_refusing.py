import json

import pytest

from gateway.config import Route
from tests.gateway.relay.kit import Gateway, Model, gateway, says
from tests.gateway.relay.raw import Answer, ask, client, request


def error(answer: Answer) -> dict[str, object]:
    found: dict[str, object] = json.loads(answer.body)["error"]
    return found


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
