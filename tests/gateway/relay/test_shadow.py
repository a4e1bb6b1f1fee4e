"""A decision in shadow never leaks: on every surface, streamed and not, not one byte differs, there and back."""

from typing import Any, NamedTuple

import pytest

from tests.gateway.actions.test_contract import PARAMETERS
from tests.gateway.dialects.contract import SAMPLES
from tests.gateway.dialects.samples.base import Sample
from tests.gateway.relay.kit import Gateway, Model, Seen, says
from tests.gateway.relay.raw import Answer, ask, chunk, plain, request

CASES = [(name, parameters) for name, several in PARAMETERS.items() for parameters in several]
CHANGING = [
    ("trim", {}),
    ("blur", {}),
    ("reroute", {"model": "other", "as_asked": True}),
    ("throttle", {"requests_per_minute": 6.0}),
    ("tag", {}),
    ("verify", {}),
    ("deny", {}),
]


class Carried(NamedTuple):
    """All that was carried of an exchange, there and back."""

    seen: Seen
    answer: Answer


def spoken(sample: Sample) -> Any:
    """Return the script by which the model answers: a stream in pieces, all else at once."""
    kind = b"content-type: " + sample.content_type.encode()
    extra = b"x-ratelimit-limit-requests: 9"
    if "event-stream" not in sample.content_type:
        return says(plain(sample.response, kind, extra))
    middle = len(sample.response) // 2
    head = b"HTTP/1.1 200 OK\r\n" + kind + b"\r\n" + extra + b"\r\ntransfer-encoding: chunked\r\n\r\n"
    pieces = [piece for piece in (sample.response[:middle], sample.response[middle:]) if piece]
    return says(head, *map(chunk, pieces), b"0\r\n\r\n")


async def carried(model: Model, relay: Gateway, sample: Sample) -> Carried:
    model.seen.clear()
    model.script = spoken(sample)
    headers = [b"%b: %b" % pair for pair in sample.headers] + [b"x-request-id: req-1"]
    path = sample.path.encode()
    answer = await ask(relay.port, request(sample.method.encode(), path, sample.request, headers))
    kept = [pair for pair in answer.headers if pair[0].lower() != b"date"]
    seen = model.seen[0] if model.seen else Seen(b"", [], b"")
    return Carried(seen, answer._replace(headers=kept))


@pytest.mark.parametrize(("action", "parameters"), CASES)
async def test_a_shadow_decision_changes_no_byte_of_any_exchange(
    model: Model, relay: Gateway, action: str, parameters: dict[str, Any]
) -> None:
    for sample in SAMPLES:
        relay.link.standing = {}
        undecided = await carried(model, relay, sample)
        relay.decide(action, mode="shadow", **parameters)
        relay.also("deny", "network", severity=5, mode="shadow")
        assert await carried(model, relay, sample) == undecided, sample.name
        assert undecided.seen.line
        assert undecided.answer.whole
    assert relay.link.taken == relay.link.given == []
    assert not any(entry.decision for entry in relay.link.entries)
    assert relay.proxy._gate._seated == 0


@pytest.mark.parametrize(("action", "parameters"), CHANGING)
async def test_the_same_comparison_sees_what_is_enforced(
    model: Model, relay: Gateway, action: str, parameters: dict[str, Any]
) -> None:
    differing = set()
    for sample in SAMPLES:
        relay.link.standing = {}
        undecided = await carried(model, relay, sample)
        relay.decide(action, **parameters)
        if await carried(model, relay, sample) != undecided:
            differing.add(sample.dialect)
    expected = {"openai", "anthropic", "gemini"}
    assert differing >= expected
