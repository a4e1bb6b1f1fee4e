import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.replay.heads import Head, Heads

HEADS = Heads(["X-JA4"])


def of(written: object) -> Head:
    return HEADS.of(msgspec.Raw(msgspec.json.encode(written)))


def test_headers_are_an_object_or_pairs_in_any_case() -> None:
    wanted = Head("accept\nuser-agent curl/8\nx-ja4", "t13d")
    assert of({"Accept": "*/*", "User-Agent": "curl/8", "X-JA4": "t13d"}) == wanted
    assert of([["accept", "*/*"], ["user-agent", "curl/8"], ["x-ja4", "t13d"]]) == wanted
    assert of({"accept": ["*/*"], "user-agent": ["curl/8"], "x-ja4": ["t13d", "t12d"]}) == wanted


@pytest.mark.parametrize("written", [None, 7, "user-agent", [], {}, [7], [["a"]], {"a": {"b": 1}}])
def test_headers_of_another_kind_tell_no_version_and_no_tls(written: object) -> None:
    assert of(written) in {Head(), Head("a")}


def test_headers_that_were_not_recorded_tell_nothing() -> None:
    assert HEADS.of(msgspec.Raw(b"null")) == Head()


@given(st.binary() | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(msgspec.json.encode))
def test_any_bytes_are_read(data: bytes) -> None:
    head = HEADS.of(msgspec.Raw(b"[" + data))
    assert isinstance(head.client, str)
    assert isinstance(head.tls, str)
