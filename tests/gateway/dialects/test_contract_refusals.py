"""How every dialect says no: status, JSON body and headers, and an error in the middle of a stream."""

import json
import math
from typing import Any

import pytest

from gateway.actions.base import STATUS, RefusalKind, Refuse
from tests.gateway.dialects.contract import DIALECTS, every_sample, found
from tests.gateway.dialects.samples.base import Sample

KINDS: list[RefusalKind] = list(STATUS)
every_dialect = pytest.mark.parametrize(
    "headers",
    [(), ((b"anthropic-version", b"2023-06-01"),), ((b"x-goog-api-key", b"k"),)],
    ids=["openai", "anthropic", "gemini"],
)


@every_dialect
@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_has_its_status_a_json_body_and_its_headers(headers: Any, kind: RefusalKind) -> None:
    dialect, _ = DIALECTS.find("POST", "/nowhere", headers)
    refusal = Refuse(kind=kind, message="Sorry.", decision="dec_1", appeal="https://example.org/appeal")
    reply = dialect.refuse(refusal, "req_1")
    fields = dict(reply.headers)
    assert reply.status == STATUS[kind]
    assert b"Sorry." in reply.body
    assert b"dec_1" in reply.body
    assert b"https://example.org/appeal" in reply.body
    assert isinstance(json.loads(reply.body), dict)
    assert fields[b"content-type"].startswith(b"application/json")
    assert fields[b"cache-control"] == b"no-store"
    assert fields[b"stillguard-decision-id"] == b"dec_1"
    assert fields[b"x-request-id"] == b"req_1"
    assert fields.get(b"x-should-retry") == (None if STATUS[kind] > 501 else b"false")
    assert b"retry-after" not in fields
    assert len(fields) == len(reply.headers)


@every_dialect
@pytest.mark.parametrize("wait", [0.0, 0.2, 20.0, 60.0, 60.5, 86400.0])
def test_a_throttle_tells_machines_to_wait_only_if_they_will(headers: Any, wait: float) -> None:
    dialect, _ = DIALECTS.find("POST", "/nowhere", headers)
    refusal = Refuse(
        kind="throttled", message="Slower.", retry_after=wait, meter="tokens", limit=500, remaining=0, reset=90.2
    )
    reply = dialect.refuse(refusal, "req_1")
    fields = dict(reply.headers)
    helps = 0 < wait <= 60
    assert fields[b"x-should-retry"] == (b"true" if helps else b"false")
    assert fields.get(b"retry-after") == (str(math.ceil(wait)).encode() if helps else None)
    assert (f"{math.ceil(wait)} seconds".encode() in reply.body) == (wait > 60)
    assert fields[b"ratelimit-policy"] == b'"tokens";q=500'
    assert fields[b"ratelimit"] == b'"tokens";r=0;t=' + (str(math.ceil(min(wait, 90.2) if wait else 90.2)).encode())
    assert fields[b"x-ratelimit-limit-tokens"] == b"500"
    assert fields[b"x-ratelimit-remaining-tokens"] == b"0"
    assert fields[b"x-ratelimit-reset-tokens"] == b"91s"


@every_dialect
def test_no_header_can_be_smuggled_in(headers: Any) -> None:
    dialect, _ = DIALECTS.find("POST", "/nowhere", headers)
    reply = dialect.refuse(Refuse(kind="denied", message="No.\r\nx: y", decision="d\r\nx: y"), "r\r\nx: é")
    assert all(b"\r" not in value and b"\n" not in value for _, value in reply.headers)
    json.loads(reply.body)


@every_sample
@pytest.mark.parametrize("kind", ["throttled", "denied", "model_unreachable"])
def test_an_interrupted_stream_is_heard_as_an_error(sample: Sample, kind: RefusalKind) -> None:
    dialect, surface = found(sample)
    if not sample.generates or "event-stream" not in sample.content_type or sample.answer.error:
        return
    end = dialect.interrupt(surface, Refuse(kind=kind, message="Stopped.", decision="dec_1"), "req_1")
    whole = sample.response[: sample.response.rfind(b"data:")] + b""
    heard = dialect.hear(surface, sample.content_type, whole + end)
    assert "Stopped." in heard.error
    assert "dec_1" in heard.error
