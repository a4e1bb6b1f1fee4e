import json

import pytest

from tests.gateway.relay.kit import Gateway, Model
from tests.gateway.relay.raw import Answer, ask, client, request

CHUNKED = b"Transfer-Encoding: chunked\r\n"
TWO = b"\r\n2\r\n{}\r\n0\r\n\r\n"
POST = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n"
BODY = b"Content-Length: 2\r\n\r\n{}"


def error(answer: Answer) -> dict[str, object]:
    found: dict[str, object] = json.loads(answer.body)["error"]
    return found


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("both lengths", POST + b"Content-Length: 2\r\n" + CHUNKED + TWO),
        ("both, swapped", POST + CHUNKED + b"Content-Length: 2\r\n" + TWO),
        ("two lengths", POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
        ("the same length twice", POST + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"),
        ("list of lengths", POST + b"Content-Length: 2, 2\r\n\r\n{}"),
        ("signed length", POST + b"Content-Length: +2\r\n\r\n{}"),
        ("negative length", POST + b"Content-Length: -2\r\n\r\n{}"),
        ("hexadecimal length", POST + b"Content-Length: 0x2\r\n\r\n{}"),
        ("empty length", POST + b"Content-Length:\r\n\r\n{}"),
        ("space before colon", POST + b"Content-Length : 2\r\n\r\n{}"),
        ("folded header", POST + b"X-A: 1\r\n folded\r\n" + BODY),
        ("header begins with a space", POST + b" X-A: 1\r\n" + BODY),
        ("bare CR in header", POST + b"X-A: 1\rX-B: 2\r\n" + BODY),
        ("bare LF in header", POST + b"X-A: 1\nX-B: 2\r\n" + BODY),
        ("NUL in header", POST + b"X-A: a\0b\r\n" + BODY),
        ("NUL in name", POST + b"X\0A: a\r\n" + BODY),
        ("header without a name", POST + b": empty\r\n" + BODY),
        ("space in name", POST + b"X A: 1\r\n" + BODY),
        ("header without a colon", POST + b"novalue\r\n" + BODY),
        ("unknown transfer coding", POST + b"Transfer-Encoding: gzip, chunked\r\n" + TWO),
        ("identity transfer coding", POST + b"Transfer-Encoding: identity\r\n\r\n{}"),
        ("nearly chunked", POST + b"Transfer-Encoding: xchunked\r\n" + TWO),
        ("chunked, then another", POST + CHUNKED + b"Transfer-Encoding: x\r\n\r\n0\r\n\r\n"),
        ("vertical tab before chunked", POST + b"Transfer-Encoding: \x0bchunked\r\n" + TWO),
        ("chunks in HTTP/1.0", b"POST /v1/x HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ("no host", b"POST /v1/x HTTP/1.1\r\n" + BODY),
        ("two hosts", POST + b"Host: y\r\n" + BODY),
        ("LF in chunk extension", POST + CHUNKED + b"\r\n2;x=\ny\r\n{}\r\n0\r\n\r\n"),
        ("chunk size is no number", POST + CHUNKED + b"\r\nzz\r\n{}\r\n0\r\n\r\n"),
        ("chunk size with prefix", POST + CHUNKED + b"\r\n0x2\r\n{}\r\n0\r\n\r\n"),
        ("negative chunk size", POST + CHUNKED + b"\r\n-2\r\n{}\r\n0\r\n\r\n"),
        ("chunk longer than its size", POST + CHUNKED + b"\r\n2\r\n{}x\r\n0\r\n\r\n"),
        ("chunks with bare LF", POST + CHUNKED + b"\r\n2\n{}\n0\n\n"),
        ("space after chunk size", POST + CHUNKED + b"\r\n2 \r\n{}\r\n0\r\n\r\n"),
        ("huge chunk size", POST + CHUNKED + b"\r\n" + b"f" * 17 + b"\r\n{}\r\n0\r\n\r\n"),
        ("dots", b"POST /v1/../admin HTTP/1.1\r\nHost: x\r\n" + BODY),
        ("encoded dots", b"POST /v1/%2e%2E/admin HTTP/1.1\r\nHost: x\r\n" + BODY),
        ("dots and encoded slash", b"POST /v1/..%2fadmin HTTP/1.1\r\nHost: x\r\n" + BODY),
        ("dots at the end", b"POST /v1/.. HTTP/1.1\r\nHost: x\r\n" + BODY),
        ("backslash", b"POST /v1\\x HTTP/1.1\r\nHost: x\r\n" + BODY),
        ("encoded NUL", b"POST /v1/x%00 HTTP/1.1\r\nHost: x\r\n" + BODY),
        ("path outside ASCII", b"POST /v1/\xff HTTP/1.1\r\nHost: x\r\n" + BODY),
        ("fragment", b"POST /v1#x HTTP/1.1\r\nHost: x\r\n" + BODY),
        ("target without a slash", b"POST v1/x HTTP/1.1\r\nHost: x\r\n" + BODY),
        ("CONNECT", b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n"),
        ("OPTIONS *", b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"),
        ("wrong version", b"POST /v1/x HTTP/2.0\r\nHost: x\r\n" + BODY),
        ("ancient version", b"POST /v1/x HTTP/0.9\r\nHost: x\r\n" + BODY),
        ("no version", b"POST /v1/x\r\n\r\n"),
        ("unknown method", b"BREW /v1/x HTTP/1.1\r\nHost: x\r\n" + BODY),
        ("TLS on a plain port", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ],
)  # fmt: skip
async def test_a_request_that_can_be_read_in_two_ways_is_refused_and_never_forwarded(
    model: Model, relay: Gateway, what: str, data: bytes
) -> None:
    async with client(relay.port) as caller:
        await caller.send(data)
        answer = await caller.answer()
        assert answer.status == 400, what
        assert answer.one(b"connection") == b"close"
        assert error(answer)["type"] == "invalid_request_error"
        assert await caller.closed()
    assert model.seen == []


@pytest.mark.parametrize(
    ("path", "status"), [(b"/v1/models/org%2Fname", 200), (b"/v1/x%3Ay", 200), (b"/v1/a..b/.c", 200), (b"//v1//x", 200)]
)
async def test_an_odd_but_clear_path_goes_on_as_it_is(model: Model, relay: Gateway, path: bytes, status: int) -> None:
    assert (await ask(relay.port, request(path=path))).status == status
    assert model.seen[0].line.split(b" ")[1] == path


async def test_an_absolute_target_loses_its_origin(model: Model, relay: Gateway) -> None:
    assert (await ask(relay.port, request(path=b"http://elsewhere.test/v1/x?y=1"))).status == 200
    assert model.seen[0].line == b"POST /v1/x?y=1 HTTP/1.1"


async def test_nothing_behind_a_bad_request_is_read_as_another(model: Model, relay: Gateway) -> None:
    async with client(relay.port) as caller:
        await caller.send(POST + b"Content-Length: 2, 2\r\n\r\n{}" + request())
        assert (await caller.answer()).status == 400
        assert await caller.closed()
    assert model.seen == []


async def test_rubbish_behind_a_good_request_does_not_spoil_its_answer(model: Model, relay: Gateway) -> None:
    async with client(relay.port) as caller:
        await caller.send(request() + b"\0rubbish\r\n\r\n")
        assert (await caller.answer()).status == 200
        assert await caller.closed()
    assert len(model.seen) == 1
