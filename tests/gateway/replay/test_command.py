"""The command as an operator runs it, on every kind of file."""

import gzip
import json
import math
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from click.testing import CliRunner

from gateway.cli import main
from tests.gateway.replay.kit import NOON, POLICY, bias, line, run, text


@pytest.fixture
def harvester(tmp_path: Path) -> Path:
    file = tmp_path / "log.jsonl"
    file.write_bytes(text([bias(n) for n in range(60)]))
    return file


def steps(changes: list[dict[str, Any]], scope: str = "key") -> list[tuple[str, int]]:
    return [(one["action"], one["severity"]) for one in changes if one["subject"]["scope"] == scope]


def packed(folder: Path, kind: str, data: bytes) -> Path:
    file = folder / f"log.{kind}"
    if kind == "jsonl.gz":
        half = data.find(b"\n", len(data) // 2) + 1
        file.write_bytes(gzip.compress(data[:half]) + gzip.compress(data[half:]))
    elif kind == "jsonl.zst":
        half = data.find(b"\n", len(data) // 2) - 3  # a frame may end anywhere
        file.write_bytes(zstandard.compress(data[:half]) + zstandard.compress(data[half:]))
    elif kind == "parquet":
        rows = [msgspec.json.decode(row) for row in data.splitlines()]
        texts = [row | {name: json.dumps(row[name]) for name in ("request", "response")} for row in rows]
        pq.write_table(pa.Table.from_pylist(texts), file, row_group_size=100)
    else:
        file.write_bytes(data)
    return file


def test_a_harvester_is_watched_then_trimmed_by_the_names_of_the_log(harvester: Path) -> None:
    done = run(harvester.parent, harvester)
    assert done.result.exit_code == 0, done.result.output
    assert steps(done.changes) == [("watch", 1), ("trim", 2)]
    assert steps(done.changes, "account") == [("watch", 1), ("trim", 2)]
    assert steps(done.changes, "network") == [("watch", 1)]  # a network is only ever watched
    assert {one["subject"]["value"] for one in done.changes} == {"acme", "k-17", "203.0.113.0/24"}
    assert "60 exchanges of 3 subjects" in done.result.stdout


@pytest.mark.parametrize("exchanges", [1, 60])
def test_the_account_counts_as_people_do_and_says_where_the_names_are(tmp_path: Path, exchanges: int) -> None:
    file = tmp_path / "log.jsonl"
    file.write_bytes(text([bias(n) for n in range(exchanges)]))
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY)
    said = CliRunner().invoke(main, ["replay", str(file), "--policy", str(policy)]).stdout
    assert ("1 exchange of 3 subjects" in said) == (exchanges == 1)
    assert ("on whom and why: --decisions FILE" in said) == (exchanges == 60)
    assert ("no decision" in said) == (exchanges == 1)


def test_a_change_says_when_why_and_how_much_is_gone(harvester: Path) -> None:
    trim = next(one for one in run(harvester.parent, harvester).changes if one["severity"] == 2)
    assert NOON < trim["at"] <= NOON + 3600
    assert trim["weight"] >= math.log(1e4)
    assert trim["one_in"] == pytest.approx(math.exp(min(trim["weight"], 700.0)))
    assert trim["harvest"]["exchanges"] >= 10
    speaking = {name: one for name, one in trim["evidence"].items() if one["weight"] > 0}
    assert speaking
    assert all(one["because"] for one in speaking.values())
    assert (trim["policy"], trim["rule"]) == ("quick", "trim")
    assert 0.95 * 7200.0 <= trim["until"] - trim["at"] <= 7200.0


@pytest.mark.parametrize("kind", ["jsonl", "jsonl.gz", "jsonl.zst", "parquet"])
def test_every_format_says_the_same(tmp_path: Path, traffic: bytes, kind: str) -> None:
    plain = run(tmp_path, packed(tmp_path, "log", traffic), "-o", "json")
    other = run(tmp_path, packed(tmp_path, kind, traffic), "-o", "json")
    assert other.changes == plain.changes
    assert other.changes
    assert other.account["exchanges"] == plain.account["exchanges"] == traffic.count(b"\n")


def test_parquet_with_structs_is_read_as_well(tmp_path: Path) -> None:
    pq.write_table(pa.Table.from_pylist([line(n) for n in range(20)]), tmp_path / "log.parquet")
    assert run(tmp_path, tmp_path / "log.parquet", "-o", "json").account["exchanges"] == 20


def test_standard_input_is_read(tmp_path: Path) -> None:
    done = run(tmp_path, "-", given=text([bias(n) for n in range(60)]))
    assert steps(done.changes) == [("watch", 1), ("trim", 2)]


def test_files_that_overlap_are_merged_by_time(tmp_path: Path, traffic: bytes) -> None:
    rows = [msgspec.json.decode(row) for row in traffic.splitlines()]
    lines = [text([row | {"at": row["at"] + number / 1e5}]) for number, row in enumerate(rows)]  # no two at one time
    (tmp_path / "whole").write_bytes(b"".join(lines))
    (tmp_path / "odd").write_bytes(b"".join(lines[1::2]))
    (tmp_path / "even").write_bytes(b"".join(lines[::2]))
    merged = run(tmp_path, tmp_path / "odd", tmp_path / "even").changes
    assert merged == run(tmp_path, tmp_path / "whole").changes
    assert merged


@pytest.mark.slow
def test_any_number_of_processes_says_the_same(tmp_path: Path, traffic: bytes) -> None:
    (tmp_path / "log").write_bytes(b"no line\n" + traffic)
    one = run(tmp_path, tmp_path / "log", "-o", "json")
    two = run(tmp_path, tmp_path / "log", "-o", "json", "--jobs", "2")
    assert two.result.exit_code == 0, two.result.output
    assert two.changes == one.changes
    assert two.changes
    same = ("exchanges", "subjects", "bad", "decisions", "unread", "late")
    assert [two.account[name] for name in same] == [one.account[name] for name in same]


def test_changes_come_in_order_of_time(tmp_path: Path, traffic: bytes) -> None:
    (tmp_path / "log").write_bytes(traffic)
    times = [one["at"] for one in run(tmp_path, tmp_path / "log").changes]
    assert times == sorted(times)
    assert times


def test_a_decision_that_lapses_is_told_at_the_time_it_lapsed(tmp_path: Path) -> None:
    rest = [line(n, account="other", key="k-2", address="198.51.100.9") for n in range(300, 303)]
    (tmp_path / "log").write_bytes(text([*[bias(n) for n in range(60)], *rest]))
    changes = run(tmp_path, tmp_path / "log").changes
    assert steps(changes) == [("watch", 1), ("trim", 2), ("none", 0)]
    trim, lapse = [one for one in changes if one["subject"]["scope"] == "key"][1:]
    assert trim["until"] <= lapse["at"] <= NOON + 60 * 60 + 7200 + 2  # it had been renewed
    assert lapse["weight"] > 0
    assert lapse["harvest"]["exchanges"] > 50


def test_a_decision_that_is_renewed_does_not_lapse(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(text([bias(n) for n in range(600)]))  # ten hours
    assert steps(run(tmp_path, tmp_path / "log").changes) == [("watch", 1), ("trim", 2)]


def test_without_a_policy_the_shipped_one_decides(tmp_path: Path, harvester: Path) -> None:
    done = run(tmp_path, harvester, "--policy", Path(__file__).parents[3] / "deploy" / "policies" / "balanced.yaml")
    assert {one["policy"] for one in done.changes} == {"balanced"}


def test_a_configuration_says_the_scopes_and_the_networks(tmp_path: Path, harvester: Path) -> None:
    config = tmp_path / "gateway.yaml"
    config.write_text(
        "routes: [{upstream: 'http://127.0.0.1:9'}]\nanalysis: {scopes: [network]}\n"
        "identity: {network_prefix_v4: 16}\npolicies: policy.yaml\n"
    )
    done = run(tmp_path, harvester, "--config", config)
    assert {(one["subject"]["scope"], one["subject"]["value"]) for one in done.changes} == {("network", "203.0.0.0/16")}


@pytest.mark.parametrize("words", [("--policy",), ("--baseline",), ("--config",)])
def test_a_faulty_file_is_told_and_nothing_is_folded(tmp_path: Path, harvester: Path, words: tuple[str]) -> None:
    bad = tmp_path / "bad"
    bad.write_text("}{")
    done = run(tmp_path, harvester, *words, bad)
    assert done.result.exit_code == 1
    assert isinstance(done.result.exception, SystemExit)
    assert done.changes == []


def test_a_file_that_is_not_there_is_a_wrong_command_line(tmp_path: Path) -> None:
    assert run(tmp_path, tmp_path / "nowhere").result.exit_code == 2
