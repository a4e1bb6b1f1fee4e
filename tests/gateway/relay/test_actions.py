"""Every action on the way, and what several decisions on one client come to."""

import asyncio
import json
from typing import Any

import pytest

from gateway.config import Route
from tests.gateway.relay.kit import Gateway, Model, Seen, gateway, says
from tests.gateway.relay.raw import CHAT, ask, chunk, client, plain, request, until

JSON = b"content-type: application/json"
STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
WORD = b'data: {"choices":[{"index":0,"delta":{"content":"word"}}]}\n\n'


def asked(**members: Any) -> bytes:
    return request(body=json.dumps({**json.loads(CHAT), **members}).encode())


async def test_a_tag_reaches_the_model_and_the_log_and_never_the_client(
    model: Model, relay: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    relay.decide("tag", tag="slow-lane", header="x-lane")
    model.script = says(plain(b"{}", JSON, b"X-Lane: slow-lane"))
    with caplog.at_level("INFO", "stillguard.proxy"):
        answer = await ask(relay.port, request(headers=[b"X-Lane: mine"]))
    assert model.seen[0].all(b"x-lane") == [b"slow-lane"]
    assert answer.all(b"x-lane") == []
    assert (answer.body, model.seen[0].body) == (b"{}", CHAT)
    assert "slow-lane" in str([record.__dict__ for record in caplog.records])


async def test_a_throttled_client_is_told_what_is_left(model: Model, relay: Gateway) -> None:
    relay.decide("throttle", requests_per_minute=6.0, concurrent=3)
    model.script = says(plain(b"{}", JSON, b"x-ratelimit-limit-requests: 9999", b"x-other: kept"))
    answer = await ask(relay.port)
    assert answer.all(b"x-ratelimit-limit-requests") == [b"6"]
    assert answer.one(b"ratelimit-policy") == b'"requests";q=6;w=60, "concurrent-requests";q=3;qu="concurrent-requests"'
    assert answer.one(b"ratelimit") == b'"requests";r=0;t=0, "concurrent-requests";r=0;t=0'
    assert answer.all(b"x-other") == [b"kept"]


async def test_a_quiet_throttle_leaves_the_models_own_headers(model: Model, relay: Gateway) -> None:
    relay.decide("throttle", requests_per_minute=6.0, headers=False)
    model.script = says(plain(b"{}", JSON, b"x-ratelimit-limit-requests: 9999"))
    answer = await ask(relay.port)
    assert answer.all(b"x-ratelimit-limit-requests") == [b"9999"]
    assert answer.all(b"ratelimit") == []


@pytest.mark.parametrize("leaves", [True, False])
async def test_a_slot_is_given_back_at_the_end_also_to_who_leaves(model: Model, relay: Gateway, leaves: bool) -> None:
    relay.decide("throttle", concurrent=1)
    going = asyncio.Event()

    async def script(_: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM + chunk(WORD))
        await going.wait()
        writer.write(b"0\r\n\r\n")

    model.script = script
    async with client(relay.port) as caller:
        await caller.send(request())
        await until(lambda: model.seen)
        assert relay.link.given == []
        if not leaves:
            going.set()
            assert (await caller.answer()).whole
    await until(lambda: relay.link.given)
    ((_, (correction,)),) = relay.link.given
    assert (correction.meter, correction.amount, correction.lease) == ("slots", -1.0, 3600.0)


async def test_the_same_question_is_the_same_payload_and_another_is_another(relay: Gateway) -> None:
    relay.decide("throttle", payloads_per_day=100)
    same = [
        asked(),
        asked(temperature=0.7),
        asked(messages=[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "  hello THERE "}]),
    ]
    other = asked(messages=[{"role": "user", "content": "Hello here"}])
    for query in (*same, other, request(body=b"{no json")):
        await ask(relay.port, query)
    *first, another, unread = [charge.payload for _, charges in relay.link.taken for charge in charges]
    assert len(set(first)) == 1
    assert len({*first, another, unread}) == 3
    assert all(first)


async def test_a_blurred_client_gets_its_numbers_coarser_in_a_stream_as_well(model: Model, relay: Gateway) -> None:
    relay.decide("blur", digits=1, noise=0.2)
    token = b'{"token":"a","logprob":-0.123456,"top_logprobs":[]}'
    event = b'data: {"choices":[{"index":0,"delta":{"content":"a"},"logprobs":{"content":[%b]}}]}\n\n' % token
    model.script = says(STREAM, chunk(event[:40]), chunk(event[40:]), b"0\r\n\r\n")
    answer = await ask(relay.port, asked(logprobs=True))
    told = json.loads(answer.body.removeprefix(b"data: "))["choices"][0]["logprobs"]["content"][0]["logprob"]
    assert told == round(told, 1)
    assert told <= 0
    again = await ask(relay.port, asked(logprobs=True))
    assert again.body == answer.body


@pytest.mark.parametrize("as_asked", [True, False])
async def test_a_rerouted_query_asks_by_another_name(model: Model, as_asked: bool) -> None:
    async with Model().running() as other:
        other.script = says(plain(b'{"model":"small-1","choices":[]}', JSON))
        routes = [
            Route(upstream=f"http://127.0.0.1:{other.port}", models=("small-*",)),
            Route(upstream=f"http://127.0.0.1:{model.port}"),
        ]
        async with gateway(routes=routes) as relay:
            relay.decide("reroute", model="small-1", as_asked=as_asked)
            answer = await ask(relay.port)
    assert json.loads(other.seen[0].body) == {**json.loads(CHAT), "model": "small-1"}
    assert model.seen == []
    assert json.loads(answer.body)["model"] == ("m" if as_asked else "small-1")


async def test_a_rerouted_query_may_go_to_a_route_by_name_with_the_name_in_its_path(model: Model) -> None:
    async with Model().running() as other:
        routes = [
            Route(upstream=f"http://127.0.0.1:{model.port}"),
            Route(upstream=f"http://127.0.0.1:{other.port}", name="spare"),
        ]
        async with gateway(routes=routes) as relay:
            relay.decide("reroute", model="small", route="spare")
            path = b"/v1beta/models/big:generateContent"
            await ask(relay.port, request(path=path, body=b'{"contents":[]}', headers=[b"x-goog-api-key: k"]))
    assert other.seen[0].line == b"POST /v1beta/models/small:generateContent HTTP/1.1"
    assert other.seen[0].body == b'{"contents":[]}'


async def test_a_route_that_there_is_not_is_no_reason_to_refuse(
    model: Model, relay: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    relay.decide("reroute", route="gone")
    assert (await ask(relay.port)).status == 200
    assert len(model.seen) == 1
    assert "gone" in str([record.__dict__ for record in caplog.records])


@pytest.mark.parametrize(("when_full", "status"), [("pass", 200), ("throttle", 429), ("deny", 403)])
async def test_who_is_kept_waiting_takes_a_seat_and_the_next_does_not(
    model: Model, relay: Gateway, when_full: str, status: int
) -> None:
    relay.decide("tarpit", before=50.0, most=50.0, seats=1, when_full=when_full)
    async with client(relay.port) as waiting:
        await waiting.send(request())
        await until(lambda: relay.proxy._gate._seated)
        assert (await ask(relay.port)).status == status
        assert len(model.seen) == (status == 200)
    await until(lambda: not relay.proxy._gate._seated)  # who hangs up waits no longer
    assert len(model.seen) == (status == 200)


async def test_a_tarpit_lets_the_answer_through_whole(model: Model, relay: Gateway) -> None:
    relay.decide("tarpit", before=0.01, between=0.005, most=0.05)
    model.script = says(STREAM, *[chunk(WORD)] * 20, b"0\r\n\r\n")
    answer = await ask(relay.port)
    assert (answer.whole, answer.body) == (True, WORD * 20)
    assert relay.proxy._gate._seated == 0


async def test_a_decision_that_comes_while_a_stream_runs_cuts_it_with_the_dialects_error(
    model: Model, relay: Gateway
) -> None:
    decided = asyncio.Event()

    async def script(_: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM + chunk(WORD))
        await decided.wait()
        writer.write(chunk(WORD))
        await asyncio.Event().wait()

    model.script = script
    async with client(relay.port) as caller:
        await caller.send(request())
        await until(lambda: model.seen)
        relay.decide("deny", cut=True)
        decided.set()
        answer = await caller.answer()
    assert not answer.whole
    first, last, *rest = [part for part in answer.body.split(b"\n\n") if part]
    assert (first, rest) == (WORD.strip(), [])
    error = json.loads(last.removeprefix(b"data: "))["error"]
    assert (error["code"], "dec_1" in error["message"]) == ("access_suspended", True)
    await model.hung_up.wait()


async def test_a_decision_that_comes_before_an_answer_has_begun_refuses_it(model: Model, relay: Gateway) -> None:
    decided = asyncio.Event()

    async def script(_: Seen, writer: asyncio.StreamWriter) -> None:
        await decided.wait()
        writer.write(plain(b'{"secret":1}', JSON))

    model.script = script
    async with client(relay.port) as caller:
        await caller.send(request())
        await until(lambda: model.seen)
        relay.decide("deny", cut=True)
        decided.set()
        answer = await caller.answer()
    assert (answer.status, answer.whole, b"secret" in answer.body) == (403, True, False)


@pytest.mark.parametrize(
    ("action", "how"), [("deny", {}), ("trim", {}), ("throttle", {"requests_per_minute": 1}), ("deny", {"cut": True})]
)
async def test_answers_under_way_are_left_by_other_decisions_and_by_shadow(
    model: Model, relay: Gateway, action: str, how: dict[str, Any]
) -> None:
    decided = asyncio.Event()

    async def script(_: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM + chunk(WORD))
        await decided.wait()
        writer.write(chunk(WORD) + b"0\r\n\r\n")

    model.script = script
    async with client(relay.port) as caller:
        await caller.send(request())
        await until(lambda: model.seen)
        relay.decide(action, mode="shadow" if how.get("cut") else "enforce", **how)
        decided.set()
        answer = await caller.answer()
    assert (answer.whole, answer.body) == (True, WORD * 2)


async def test_decisions_on_a_key_and_a_network_are_both_carried_out(model: Model, relay: Gateway) -> None:
    relay.decide("throttle", requests_per_minute=6.0, samples=3)
    relay.also("trim", "network", severity=2, samples=2)
    await ask(relay.port, asked(n=8, logprobs=True))
    sent = json.loads(model.seen[0].body)
    assert sent["n"] == 2
    assert "logprobs" not in sent
    assert len(relay.link.taken) == 1
    assert (await relay.settled()).decision == "dec_1"


async def test_the_strictest_refuses_and_no_meter_is_charged(model: Model, relay: Gateway) -> None:
    relay.decide("throttle", requests_per_minute=6.0)
    relay.also("deny", "network", severity=5)
    answer = await ask(relay.port)
    assert (answer.status, answer.one(b"stillguard-decision-id")) == (403, b"dec_deny")
    assert relay.link.taken == []
    assert model.seen == []


async def test_what_one_throttle_took_is_given_back_when_another_refuses(model: Model, relay: Gateway) -> None:
    relay.decide("throttle", requests_per_minute=6.0, concurrent=2, payloads_per_day=9)
    relay.also("tarpit", "network", severity=2, seats=1, before=50.0, when_full="deny")
    relay.proxy._gate._seated = 1
    assert (await ask(relay.port)).status == 403
    ((_, corrections),) = relay.link.given
    assert [(c.meter, c.amount) for c in corrections] == [("slots", -1.0), ("requests", -1.0)]
    assert model.seen == []
    relay.proxy._gate._seated = 0


async def test_what_is_enforced_goes_before_a_stricter_shadow(model: Model, relay: Gateway) -> None:
    relay.decide("trim")
    relay.also("deny", "network", severity=5, mode="shadow")
    assert (await ask(relay.port, asked(n=8))).status == 200
    assert json.loads(model.seen[0].body)["n"] == 1
