import asyncio
import gzip
import json
import zlib
from typing import Any

import brotli
import pytest
import zstandard
from prometheus_client import REGISTRY

from gateway.config import Timeouts
from tests.gateway.relay.kit import Gateway, Model, Script, gateway, says
from tests.gateway.relay.raw import CHAT, ask, chunk, client, plain, request, until

JSON = b"content-type: application/json"
ASKED = b'{"model":"m","logprobs":true,"n":4,"messages":[{"role":"user","content":"Hello there"}]}'
REASONED = {
    "choices": [{"message": {"role": "assistant", "content": "Hi", "reasoning_content": "hidden thoughts"}}],
    "usage": {"prompt_tokens": 3, "completion_tokens": 40},
}
CODINGS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


def count(relay: Gateway, action: str, mode: str, code: str = "200") -> float:
    labels = {"surface": "openai.chat", "dialect": "openai", "code": code, "action": action, "mode": mode}
    relay.proxy.close()
    return REGISTRY.get_sample_value("stillguard_requests_total", labels) or 0.0


async def test_a_denied_client_is_refused_with_the_decision_and_the_way_to_appeal(model: Model, relay: Gateway) -> None:
    before = count(relay, "deny", "enforce", "403")
    identifier = relay.decide("deny")
    answer = await ask(relay.port)
    assert answer.status == 403
    assert answer.one(b"stillguard-decision-id") == identifier.encode()
    assert b"abuse@example.org" in answer.body
    assert model.seen == []
    assert relay.link.entries == []
    assert count(relay, "deny", "enforce", "403") == before + 1


async def test_a_refused_client_may_keep_its_connection(relay: Gateway) -> None:
    relay.decide("deny")
    answer = await ask(relay.port)
    assert answer.all(b"connection") == []


async def test_another_clients_decision_touches_nobody_else(relay: Gateway) -> None:
    relay.decide("deny", key=b"k-2")
    assert (await ask(relay.port)).status == 200


async def test_a_decision_that_has_lapsed_does_nothing(relay: Gateway) -> None:
    relay.decide("deny", lapses=1.0)
    assert (await ask(relay.port)).status == 200


@pytest.mark.parametrize("action", ["deny", "throttle", "trim"])
async def test_a_shadow_decision_is_counted_and_changes_nothing(model: Model, relay: Gateway, action: str) -> None:
    before = count(relay, action, "shadow")
    parameters: dict[str, Any] = {"requests_per_minute": 1.0} if action == "throttle" else {}
    relay.decide(action, mode="shadow", **parameters)
    relay.link.empty = True
    model.script = says(plain(json.dumps(REASONED).encode(), JSON))
    answer = await ask(relay.port, request(body=ASKED))
    assert (answer.status, json.loads(answer.body)) == (200, REASONED)
    assert model.seen[0].body == ASKED
    assert (await relay.settled()).decision == ""
    assert relay.link.taken == []
    assert count(relay, action, "shadow") == before + 1


async def test_a_throttled_client_is_told_how_long_to_wait(model: Model, relay: Gateway) -> None:
    relay.decide("throttle", requests_per_minute=1.0)
    relay.link.empty = True
    answer = await ask(relay.port)
    assert (answer.status, answer.one(b"retry-after")) == (429, b"7")
    assert model.seen == []
    assert relay.link.given == []


async def test_meters_are_settled_with_what_the_model_billed(model: Model, relay: Gateway) -> None:
    relay.decide("throttle", tokens_per_minute=6000.0, estimate=10)
    model.script = says(plain(gzip.compress(json.dumps(REASONED).encode()), JSON, b"content-encoding: gzip"))
    assert (await ask(relay.port)).status == 200
    entry = await relay.settled()
    assert entry.decision == "dec_1"
    ((_, (charge,)),) = relay.link.given
    assert (charge.meter, charge.amount) == ("tokens", 30.0)


@pytest.mark.parametrize(
    "script",
    [
        says(plain(b'{"error":{}}', JSON, status=b"500 Internal Server Error")),
        says(plain(b'{"error":{}}', JSON, status=b"400 Bad Request")),
        says(close=True),
        says(b"rubbish\r\n\r\n", close=True),
    ],
    ids=["server error", "client error", "hung up", "no HTTP"],
)
async def test_tokens_that_the_model_did_not_serve_are_given_back(model: Model, relay: Gateway, script: Script) -> None:
    relay.decide("throttle", tokens_per_minute=6000.0, estimate=10)
    model.script = script
    assert (await ask(relay.port)).status >= 400
    await until(lambda: relay.link.given)
    ((_, (charge,)),) = relay.link.given
    assert (charge.meter, charge.amount) == ("tokens", -10.0)


async def test_tokens_of_a_model_that_does_not_answer_in_time_are_given_back(model: Model) -> None:
    async def silent(_: object, __: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    model.script = silent
    timeouts = Timeouts.model_validate({"first_byte": "50ms"})
    async with gateway(f"http://127.0.0.1:{model.port}", timeouts=timeouts) as relay:
        relay.decide("throttle", tokens_per_minute=6000.0, estimate=10)
        assert (await ask(relay.port)).status == 504
        await until(lambda: relay.link.given)
        ((_, (charge,)),) = relay.link.given
        assert charge.amount == -10.0


async def test_a_client_that_leaves_while_the_model_works_keeps_its_tokens_taken(model: Model, relay: Gateway) -> None:
    async def silent(_: object, __: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    model.script = silent
    relay.decide("throttle", tokens_per_minute=6000.0, estimate=10)
    async with client(relay.port) as caller:
        await caller.send(request())
        await until(lambda: model.seen)
    assert not (await relay.settled()).complete
    assert (len(relay.link.taken), relay.link.given) == (1, [])


async def test_usage_at_the_end_of_a_long_stream_is_found_beyond_the_capture(model: Model) -> None:
    event = b'data: {"choices":[{"delta":{"content":"%b"}}]}\n\n' % (b"x" * 400)
    last = b'data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":25}}\n\ndata: [DONE]\n\n'
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    model.script = says(head, *[chunk(event)] * 30, chunk(last) + b"0\r\n\r\n")
    async with gateway(f"http://127.0.0.1:{model.port}", capture=1000) as relay:
        relay.decide("throttle", tokens_per_minute=6000.0, estimate=10)
        await ask(relay.port)
        assert len((await relay.settled()).response) == 1000
        ((_, (charge,)),) = relay.link.given
        assert charge.amount == 15.0


async def test_a_trimmed_query_asks_for_less_and_its_answer_holds_less(model: Model, relay: Gateway) -> None:
    before = count(relay, "trim", "enforce")
    relay.decide("trim")
    model.script = says(plain(json.dumps(REASONED).encode(), JSON, b"etag: x", b"Content-MD5: y"))
    answer = await ask(relay.port, request(body=ASKED, headers=[b"Accept-Encoding: gzip, br"]))
    sent = json.loads(model.seen[0].body)
    assert (sent.get("logprobs"), sent["n"]) in {(None, 1), (False, 1)}
    assert model.seen[0].all(b"accept-encoding") == [b"identity"]
    assert b"hidden thoughts" not in answer.body
    assert json.loads(answer.body)["choices"][0]["message"]["content"] == "Hi"
    assert answer.all(b"etag") + answer.all(b"content-md5") == []
    entry = await relay.settled()
    assert b"hidden thoughts" in entry.response  # the analyst reads what the model said
    assert (entry.request, entry.decision) == (ASKED, "dec_1")
    assert count(relay, "trim", "enforce") == before + 1


@pytest.mark.parametrize("coding", CODINGS)
async def test_an_answer_that_is_coded_all_the_same_is_trimmed_in_clear(
    model: Model, relay: Gateway, coding: str
) -> None:
    relay.decide("trim")
    body = CODINGS[coding](json.dumps(REASONED).encode())
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: %b\r\ncontent-length: %d\r\n\r\n"
    model.script = says(head % (coding.encode(), len(body)), body[:7], body[7:])
    answer = await ask(relay.port)
    assert answer.all(b"content-encoding") == []
    assert b"hidden thoughts" not in answer.body
    assert json.loads(answer.body)["choices"][0]["message"]["content"] == "Hi"


async def test_an_answer_in_an_unknown_coding_does_not_pass_untrimmed(model: Model, relay: Gateway) -> None:
    relay.decide("trim")
    model.script = says(plain(b"zzz hidden thoughts", JSON, b"content-encoding: mystery"))
    answer = await ask(relay.port)
    assert answer.status == 502
    assert b"hidden thoughts" not in answer.body


async def test_a_trimmed_stream_is_trimmed_event_by_event(model: Model, relay: Gateway) -> None:
    relay.decide("trim")
    heard = asyncio.Event()
    first = b'data: {"choices":[{"index":0,"delta":{"content":"Hi","reasoning_content":"hidden"}}]}\n\n'

    async def script(_: object, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        writer.write(chunk(first[:30]))
        await asyncio.sleep(0.005)
        writer.write(chunk(first[30:]) + chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n")
        heard.set()

    model.script = script
    answer = await ask(relay.port)
    assert answer.whole
    assert b"hidden" not in answer.body
    assert b'"Hi"' in answer.body
    assert answer.body.endswith(b"data: [DONE]\n\n")


@pytest.mark.parametrize("coding", CODINGS)
async def test_a_coded_query_is_read_and_goes_on_as_it_was_sent(model: Model, relay: Gateway, coding: str) -> None:
    body = CODINGS[coding](CHAT)
    await ask(relay.port, request(body=body, headers=[b"Content-Encoding: " + coding.encode()]))
    entry = await relay.settled()
    assert (entry.model, entry.request, entry.request_encoding) == ("m", body, coding)
    assert model.seen[0].body == body
    assert model.seen[0].all(b"content-encoding") == [coding.encode()]


async def test_a_coded_query_that_is_trimmed_goes_on_in_clear(model: Model, relay: Gateway) -> None:
    relay.decide("trim")
    await ask(relay.port, request(body=gzip.compress(ASKED), headers=[b"Content-Encoding: gzip"]))
    assert json.loads(model.seen[0].body)["n"] == 1
    assert model.seen[0].all(b"content-encoding") == []


async def test_a_query_in_an_unknown_coding_is_no_way_round_the_trimming(model: Model, relay: Gateway) -> None:
    relay.decide("trim")
    answer = await ask(relay.port, request(headers=[b"Content-Encoding: mystery"]))
    assert answer.status == 400
    assert model.seen == []


async def test_a_query_nested_deeper_than_can_be_read_is_no_way_round_the_trimming(
    model: Model, relay: Gateway
) -> None:
    relay.decide("trim")
    deep = b"[" * 5000 + b"]" * 5000
    body = b'{"model":"m","n":4,"logprobs":true,"x":' + deep + b',"messages":[{"role":"user","content":"Hi"}]}'
    answer = await ask(relay.port, request(body=body))
    assert answer.status == 400
    assert json.loads(answer.body)["error"]["message"].startswith("The request's body cannot be read.")
    assert model.seen == []
    assert relay.link.entries == []


async def test_a_query_that_unfolds_without_end_is_not_read_and_goes_on(model: Model, relay: Gateway) -> None:
    bomb = gzip.compress(b" " * 64_000_000)
    assert (await ask(relay.port, request(body=bomb, headers=[b"Content-Encoding: gzip"]))).status == 200
    assert (await relay.settled()).model == ""
    assert model.seen[0].body == bomb


async def test_a_decision_that_this_process_cannot_carry_out_touches_nobody(
    relay: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    relay.decide("from_a_newer_release")
    assert (await ask(relay.port)).status == 200
    assert "dec_1" in str([record.__dict__ for record in caplog.records])
