import re

import pytest

from gateway.exchange import Entry
from tests.gateway.relay.kit import Gateway, Model, gateway, says
from tests.gateway.relay.raw import CHAT, ask, plain, request


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
    assert (len(entry.client), entry.tls, entry.asn) == (32, "", 0)
    assert len(relay.link.entries) == 1


@pytest.mark.parametrize("status", [b"401 Unauthorized", b"403 Forbidden"])
async def test_a_key_that_the_model_refuses_is_not_journaled(model: Model, relay: Gateway, status: bytes) -> None:
    model.script = says(plain(b"{}", status=status))
    assert (await ask(relay.port)).status == int(status[:3])
    assert relay.link.entries == []


async def test_a_post_to_an_unknown_path_is_journaled_and_a_get_is_not(relay: Gateway) -> None:
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
