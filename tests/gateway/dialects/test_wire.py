import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.actions.base import Refuse
from gateway.dialects import wire


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        ('{"a": "é"}'.encode("utf-16"), {"a": "é"}),
        (b'{"a": "\\ud800"}', {"a": "\ud800"}),
        (b'{"a": 1e999}', {"a": math.inf}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'{"a": "\xff"}', None),
        (b'{"a": 1', None),
        (b"", None),
        (b"[" * 100_000, None),
    ],
)
def test_what_a_lenient_server_reads_is_read(body: bytes, expected: object) -> None:
    assert wire.decode(body) == expected


def test_not_a_number_is_read_and_written() -> None:
    assert math.isnan(wire.document(b'{"a": NaN}')["a"])
    assert math.isnan(wire.document(b'{"a": "\\ud800", "b": NaN}')["b"])


def test_what_is_not_touched_is_written_as_it_was() -> None:
    body = b'{"a":1.000,"b":{"c": [1e5, "\\u00e9"]},"d":123456789012345678901234567890}'
    assert wire.encode(wire.editable(body)) == body
    assert wire.value(wire.editable(body)["b"]) == {"c": [1e5, "é"]}


def test_a_body_that_only_the_standard_library_reads_is_still_edited() -> None:
    document = wire.editable(b'{"n": 5, "a": "\\ud800", "b": NaN}')
    assert wire.cap(document, ("n",), 1)
    again = json.loads(wire.encode(document))
    assert (again["n"], again["a"], math.isnan(again["b"])) == (1, "\ud800", True)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x, max_size=3)))
def test_json_survives(value: object) -> None:
    assert wire.decode(wire.encode(value)) == value


@pytest.mark.parametrize(
    ("given_", "expected"),
    [(3, 3), (3.9, 3), ("12", 12), (-4, 0), (True, 7), (None, 7), ("x", 7), ([], 7), (math.nan, 7), (10**40, 2**53)],
)
def test_a_count_is_read_from_what_servers_take(given_: object, expected: int) -> None:
    assert wire.number(given_, 7) == expected


@pytest.mark.parametrize(
    ("given_", "expected"), [(1, 1.0), (0.5, 0.5), (True, -1.0), ("1", -1.0), (math.inf, -1.0), (10**400, -1.0)]
)
def test_a_number_is_finite_or_not_set(given_: object, expected: float) -> None:
    assert wire.real(given_, -1.0) == expected


@pytest.mark.parametrize(
    ("given_", "expected"),
    [(True, True), ("TRUE", True), (1, True), (1.0, False), (0, False), ("no", False), ({}, False)],
)
def test_a_flag_is_what_a_server_takes_for_true(given_: object, expected: bool) -> None:
    assert wire.flag(given_) is expected


def test_a_member_goes_by_its_name_in_any_case() -> None:
    document = {"N": 9, "best_OF": 3, "Logprobſ": True, "x": 1}
    assert wire.cap(document, ("n", "best_of"), 4)
    assert wire.drop(document, ("logprobs",))
    assert document == {"N": 4, "best_OF": 3, "x": 1}
    assert not wire.cap(document, ("n",), 4)
    assert not wire.drop(document, ("logprobs",))


@pytest.mark.parametrize("asked", [-1, 0, 17, "9", 3.0, None, True, [], 10**30])
def test_a_cap_leaves_no_way_around(asked: object) -> None:
    document = {"max_tokens": asked}
    assert wire.cap(document, ("max_tokens",), 16)
    assert document == {"max_tokens": 16}


def test_a_blob_has_one_digest_of_16_bytes() -> None:
    assert wire.digest("abcd") == wire.digest("abcd") != wire.digest("abce")
    assert len(wire.digest("\ud800")) == 16


@pytest.mark.parametrize(
    ("start", "expected"),
    [(b"{", True), (b"\xef\xbb\xbf\n [", True), (b"data: {", False), (b"", False), (b"\n" * 100 + b"{", True)],
)
def test_json_is_told_from_events_by_its_start(start: bytes, expected: bool) -> None:
    assert wire.is_json(start) is expected


def test_a_meter_that_is_no_known_word_is_not_told() -> None:
    refusal = Refuse(kind="throttled", message="Slower.", meter='x"; y', limit=5, remaining=0, reset=1)
    assert not any(b"ratelimit" in name for name, _ in wire.refusal_headers(refusal, "r"))


def test_an_unknown_amount_is_not_told() -> None:
    names = [name for name, _ in wire.refusal_headers(Refuse(kind="throttled", message="", meter="requests"), "r")]
    assert not any(b"ratelimit" in name for name in names)


def test_a_message_tells_the_reference_and_the_appeal_only_if_there_are_any() -> None:
    assert wire.notice(Refuse(kind="denied", message="No.")) == "No."
    told = wire.notice(Refuse(kind="denied", message="No.", decision="d-1", appeal="abuse@example.org"))
    assert told == "No. Reference d-1. To appeal: abuse@example.org"
