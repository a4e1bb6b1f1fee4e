import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.hop import Onward, inbound, outbound, request_head, rewritten, sane_request_id, streamed

ONWARD = Onward(b"POST", b"/x?y", b"model.test", b"192.0.2.9", b"http", b"req_1")
names = st.sampled_from(
    [b"connection", b"te", b"upgrade", b"keep-alive", b"accept", b"x-a", b"x-b", b"host", b"content-length", b"cookie"]
)
values = st.sampled_from([b"1", b"keep-alive", b"close, x-a", b"X-B", b"upgrade"])


def head(*headers: tuple[bytes, bytes], length: int = 2, plain: bool = False, decoded: bool = False) -> list[bytes]:
    made = request_head(ONWARD, inbound(headers), length, plain=plain, decoded=decoded)
    assert made.endswith(b"\r\n\r\n")
    return made[:-4].split(b"\r\n")


@given(st.lists(st.tuples(names, values), max_size=8))
def test_nothing_of_the_hop_and_one_frame_goes_on(headers: list[tuple[bytes, bytes]]) -> None:
    lines = head(*headers)
    sent = [line.partition(b":")[0] for line in lines[1:]]
    listed = {part.strip().lower() for name, value in headers if name == b"connection" for part in value.split(b",")}
    assert not {b"connection", b"te", b"upgrade", b"keep-alive"} & set(sent)
    assert not listed & set(sent)
    assert (sent.count(b"host"), sent.count(b"content-length")) == (1, 1)
    kept = [b"%b: %b" % pair for pair in headers if pair[0] in {b"accept", b"x-a", b"x-b", b"cookie"} - listed]
    assert [line for line in lines if line in kept] == kept


def test_a_request_without_a_body_has_no_length() -> None:
    assert not [line for line in head(length=-1) if line.startswith(b"content-length")]


def test_an_answer_that_will_be_rewritten_is_asked_for_in_clear() -> None:
    assert b"accept-encoding: identity" in head((b"accept-encoding", b"gzip"), plain=True)
    assert b"accept-encoding: gzip" in head((b"accept-encoding", b"gzip"))


def test_a_body_whose_coding_was_undone_says_nothing_of_it() -> None:
    coded = (b"content-encoding", b"gzip")
    assert b"content-encoding: gzip" in head(coded)
    assert b"content-encoding: gzip" not in head(coded, decoded=True)


def test_cookies_and_repeated_headers_keep_their_lines() -> None:
    lines = head((b"x-a", b"1"), (b"x-a", b"2"))
    assert [line for line in lines if line.startswith(b"x-a")] == [b"x-a: 1", b"x-a: 2"]


def test_the_peer_is_added_behind_those_before_it() -> None:
    lines = head((b"x-forwarded-for", b"192.0.2.1"), (b"x-forwarded-for", b"192.0.2.2"))
    assert b"x-forwarded-for: 192.0.2.1, 192.0.2.2, 192.0.2.9" in lines


def test_an_answers_headers_keep_case_and_order() -> None:
    raw = [(b"X-B", b"1"), (b"Set-Cookie", b"a"), (b"x-A", b"2"), (b"Set-Cookie", b"b")]
    assert outbound([*raw[:2], (b"Connection", b"close"), *raw[2:]]).headers == raw


@pytest.mark.parametrize(("coding", "sound"), [(b"chunked", True), (b"Chunked", True), (b"gzip, chunked", False)])
def test_an_answer_in_another_transfer_coding_is_not_sound(coding: bytes, *, sound: bool) -> None:
    assert outbound([(b"Transfer-Encoding", coding)]).sound is sound


def test_what_an_answers_connection_lists_stays_here_but_never_its_frame() -> None:
    raw = [(b"Connection", b"X-Mine, Content-Length"), (b"X-Mine", b"1"), (b"Content-Length", b"2")]
    assert outbound(raw).headers == [(b"Content-Length", b"2")]


def test_other_bytes_lose_what_described_the_first() -> None:
    raw = [(b"ETag", b"x"), (b"Content-Length", b"1"), (b"Digest", b"y"), (b"Content-Encoding", b"br"), (b"X", b"1")]
    assert rewritten(raw) == [(b"X", b"1")]


def test_a_stream_is_marked_only_where_the_model_did_not() -> None:
    headers: list[tuple[bytes, bytes]] = []
    streamed(headers, {b"cache-control": b"no-store"})
    assert headers == [(b"x-accel-buffering", b"no")]


@pytest.mark.parametrize(
    ("value", "sane"),
    [(b"a", True), (b"x" * 128, True), (b"x" * 129, False), (b"", False), (b"a\nb", False), (b"a b", False)],
)
def test_a_request_id_is_sane_if_it_is_short_and_printable(value: bytes, *, sane: bool) -> None:
    assert sane_request_id(value) is sane
