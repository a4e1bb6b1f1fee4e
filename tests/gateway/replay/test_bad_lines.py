"""Logs hold all kinds of things: what cannot be used is counted, told with its place, and skipped."""

import gzip
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.replay.line import BadLineError, read_line
from gateway.replay.reading import Block, Reader
from gateway.replay.run import shipped
from tests.gateway.replay.kit import bias, line, run, text

READER = Reader(shipped())
NOBODY: dict[str, Any] = {"account": ..., "key": ..., "address": ...}


def reasons(data: bytes) -> list[str]:
    return [bad.reason for bad in READER.read(Block(0, data, "log", 1)).bad]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"not json at all", "not JSON"),
        (b'{"at": 1764849600.0, ', "not JSON"),
        (b"[1, 2]", "Expected `object`, got `array`"),
        (b"null", "Expected `object`, got `null`"),
        (b'{"path": "\xff\xfe"}', "not UTF-8"),
        (b"\x00\x01\x02", "not JSON"),
        (b'{"x":' * 100_000, "not JSON"),
        (text([line(at=...)]), "Object missing required field `at`"),
        (text([line(path=...)]), "Object missing required field `path`"),
        (text([line(request=...)]), "Object missing required field `request`"),
        (text([line(at="noon")]), "at: Expected `float`, got `str`"),
        (text([line(status="fine")]), "status: Expected `int`, got `str`"),
        (text([line(status=42)]), "status is no HTTP status"),
        (text([line(address=7)]), "address: Expected `str | null`, got `int`"),
        (text([line(at=1.7649e12)]), "at is no time between the years 2000 and 2100, in seconds since 1970"),
        (text([line(at=-5.0)]), "at is no time between the years 2000 and 2100, in seconds since 1970"),
        (text([line(request=7)]), "a body is neither an object nor an array, a string or null"),
        (text([line(response=True)]), "a body is neither an object nor an array, a string or null"),
        (text([line(**NOBODY)]), "names neither account, key, user nor address"),
    ],
)
def test_each_kind_of_bad_line_has_its_reason(data: bytes, said: str) -> None:
    assert reasons(data) == [said]


@pytest.mark.parametrize(
    "other",
    [
        {"account": ...}, {"key": ...}, {"address": ...}, {"address": None, "account": None}, {"took": ...},
        {"took": -3.0}, {"status": ...}, {"response": ...}, {"response": None}, {"headers": {"user-agent": "x"}},
        {"account": 17}, {"address": "nowhere"}, {"extra": [1, 2]}, {"response": "not JSON"}, {"response": ""},
        {"request": "{}"}, {"request": {}}, {"request": None}, {"user": "u-3"}, {"path": "/v1/chat/completions?x=1"},
    ],
)  # fmt: skip
def test_what_may_be_missing_or_odd_is_no_fault(other: dict[str, Any]) -> None:
    found = READER.read(Block(0, text([line(**other)]), "log", 1))
    assert (found.bad, len(found.times)) == ([], 1)


def test_a_query_counts_though_its_answer_is_not_recorded() -> None:
    (group,) = READER.read(Block(0, text([line(response=None)]), "log", 1)).groups
    (answer,) = group.answers
    assert (answer.status, answer.text_chars, answer.query.payload_chars) == (200, 0, len("Item 0: why?"))


@pytest.mark.parametrize("path", ["/v1/models", "/somewhere/else"])
def test_what_generates_nothing_is_read_and_not_observed(path: str) -> None:
    found = READER.read(Block(0, text([line(path=path)]), "log", 1))
    assert (found.groups, found.unread, found.bad) == ([], 1, [])


def test_a_failed_exchange_is_read_and_not_observed() -> None:
    assert READER.read(Block(0, text([line(status=429, response={"error": "slow"})]), "log", 1)).unread == 1


def test_an_event_stream_may_stand_in_a_string() -> None:
    events = (
        'data: {"choices":[{"index":0,"delta":{"content":"It rains."},"finish_reason":null}]}\n\n'
        'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
    )
    (group,) = READER.read(Block(0, text([line(response=events)]), "log", 1)).groups
    assert (group.answers[0].text_chars, group.answers[0].complete) == (len("It rains."), True)


@pytest.mark.parametrize(
    ("path", "request_body", "response"),
    [
        ("/v1/messages", {"messages": [{"role": "user", "content": "why?"}], "max_tokens": 9},
         {"type": "message", "content": [{"type": "text", "text": "so"}], "stop_reason": "end_turn"}),
        ("/v1beta/models/m:generateContent", {"contents": [{"role": "user", "parts": [{"text": "why?"}]}]},
         {"candidates": [{"content": {"parts": [{"text": "so"}]}, "finishReason": "STOP"}]}),
        ("/v1beta/models/m:streamGenerateContent", {"contents": [{"role": "user", "parts": [{"text": "why?"}]}]},
         [{"candidates": [{"content": {"parts": [{"text": "so"}]}, "finishReason": "STOP"}]}]),
        ("/v1/responses", {"input": "why?"},
         {"status": "completed", "output": [{"type": "message", "content": [{"type": "output_text", "text": "so"}]}]}),
        ("/v1/completions", {"prompt": "why?"}, {"choices": [{"text": "so", "finish_reason": "stop"}]}),
    ],
)  # fmt: skip
def test_the_path_says_the_dialect(path: str, request_body: Any, response: Any) -> None:
    (group,) = READER.read(Block(0, text([line(path=path, request=request_body, response=response)]), "l", 1)).groups
    assert (group.answers[0].query.payload_chars, group.answers[0].text_chars) == (4, 2)


def test_bad_lines_are_told_with_file_and_number_and_the_rest_is_folded(tmp_path: Path) -> None:
    good = [json.dumps(bias(n)) for n in range(60)]
    file = tmp_path / "log.jsonl"
    file.write_text("\n".join([*good[:3], "garbage", "", *good[3:], "{}"]))
    done = run(tmp_path, file)
    assert done.result.exit_code == 0
    assert f"{file}:4: not JSON" in done.result.stderr
    assert f"{file}:63: Object missing required field `at`" in done.result.stderr
    assert "2 bad lines skipped:" in done.result.stdout
    assert "60 exchanges" in done.result.stdout
    assert done.changes


def test_bad_lines_of_merged_files_are_told_with_their_own_numbers(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(text([line(1)]) + b"garbage\n" + text([line(9)]))
    (tmp_path / "b").write_bytes(b"\n" + text([line(2), line(3)]) + b"rubbish\n")
    said = run(tmp_path, tmp_path / "a", tmp_path / "b").result.stderr
    assert f"{tmp_path / 'a'}:2: not JSON" in said
    assert f"{tmp_path / 'b'}:4: not JSON" in said


def test_only_the_first_twenty_are_told_in_full(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"garbage\n" * 500 + text([line()]))
    done = run(tmp_path, tmp_path / "log")
    assert done.result.stderr.count("not JSON") == 20
    assert "500 × not JSON" in done.result.stdout


def test_strict_stops_at_the_first(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(text([line()]) + b"garbage\n" + text([line(1)]) + b"rubbish\n")
    done = run(tmp_path, tmp_path / "log", "--strict")
    assert done.result.exit_code == 1
    assert done.result.stderr.count(f"{tmp_path / 'log'}:2: not JSON") >= 1
    assert ":4:" not in done.result.stderr


def test_nothing_but_bad_lines_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"garbage\n")
    assert run(tmp_path, tmp_path / "log").result.exit_code == 1


def test_an_empty_file_holds_nothing_and_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"")
    done = run(tmp_path, tmp_path / "log", "-o", "json")
    assert (done.result.exit_code, done.account["exchanges"]) == (0, 0)


@pytest.mark.parametrize("kind", ["gz", "zst"])
def test_a_file_that_is_cut_short_gives_what_it_holds_and_is_told(tmp_path: Path, kind: str) -> None:
    data = text([line(n) for n in range(40)])
    frames = [zstandard.compress(data[:9000]), zstandard.compress(data[9000:])]
    whole = gzip.compress(data, 1) if kind == "gz" else b"".join(frames)
    (tmp_path / f"log.{kind}").write_bytes(whole[: len(whole) * 3 // 4])
    done = run(tmp_path, tmp_path / f"log.{kind}", "-o", "json")
    assert 0 < done.account["exchanges"] < 40
    assert "cut short" in done.result.stderr
    assert run(tmp_path, tmp_path / f"log.{kind}", "--strict").result.exit_code == 1


@pytest.mark.parametrize("kind", ["gz", "zst", "parquet"])
def test_a_file_that_is_not_what_its_name_says_is_told(tmp_path: Path, kind: str) -> None:
    (tmp_path / f"log.{kind}").write_bytes(b"not at all " * 50)
    done = run(tmp_path, tmp_path / f"log.{kind}")
    assert done.result.exit_code == 1
    assert f"log.{kind}:1: " in done.result.stderr


def test_a_parquet_file_without_a_column_gives_bad_rows(tmp_path: Path) -> None:
    table = pq.ParquetFile(_table(tmp_path)).read().drop_columns(["path"])
    pq.write_table(table, tmp_path / "log.parquet")
    assert "5 × Object missing required field `path`" in run(tmp_path, tmp_path / "log.parquet").result.stdout


def _table(folder: Path) -> Path:
    file = folder / "whole.parquet"
    pq.write_table(pa.Table.from_pylist([line(n) for n in range(5)]), file)
    return file


@given(st.lists(st.one_of(st.binary(max_size=40), st.just(text([line()])[:-1])), max_size=6))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_garbage_is_counted_or_read_and_never_raises(lines: list[bytes]) -> None:
    parts = [part for one in lines for part in one.split(b"\n")]
    found = READER.read(Block(0, b"\n".join(lines), "log", 1))
    blank = sum(not part.strip(b" \t\r\n") for part in parts)
    assert len(found.bad) + len(found.times) == len(parts) - blank or not lines


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*line(), "user", "headers"]), VALUES))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_members_of_any_type_are_read_or_told(other: dict[str, Any]) -> None:
    data = json.dumps(line() | other).encode()
    found = READER.read(Block(0, data, "log", 1))
    assert len(found.bad) + len(found.times) == 1


@given(st.binary(max_size=80))
def test_a_line_is_read_or_bad(data: bytes) -> None:
    with suppress(BadLineError):
        assert isinstance(read_line(data).path, str)
