import gzip
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import Result

from detectors.base import Evidence, Harvest
from gateway.decisions import Decision, Subject
from gateway.stores.base import Folded
from gateway.stores.sqlite import SqliteStore
from tests.gateway.replay.kit import NOON, line, text
from tests.gateway.workbench.kit import run, write

MILD = """policy: p
mode: enforce
rungs: [{rule: notice, one_in: 1e1, action: watch, for: 1h}]
"""
STRICT = MILD.replace("]\n", ", {rule: stop, one_in: 2e2, single_family: true, action: deny, for: 1h}]\n")
EXCHANGES = 60  # a minute apart


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "old.yaml", MILD)
    write(tmp_path, "new.yaml", STRICT)
    quiet = [line(number, account="calm", key=f"q-{number}", address="198.51.100.9") for number in range(5)]
    (tmp_path / "log.jsonl").write_bytes(text([*quiet, *map(line, range(5, EXCHANGES))]))
    return tmp_path


def backtest(folder: Path, *words: str | Path) -> Result:
    return run("backtest", "--old", folder / "old.yaml", "--new", folder / "new.yaml", *words)


def found(folder: Path, *words: str | Path) -> dict[str, Any]:
    done = backtest(folder, *words, "-o", "json")
    assert done.exit_code == 0, done.output
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def row(told: dict[str, Any], scope: str) -> dict[str, Any]:
    (only,) = [row for row in told["rows"] if row["subject"]["scope"] == scope]
    return dict(only)


def test_who_is_treated_otherwise_is_told_with_when_why_and_what_it_costs(folder: Path) -> None:
    told = found(folder, folder / "log.jsonl")
    assert {(one["subject"]["scope"], one["subject"]["value"]) for one in told["rows"]} == {
        ("account", "acme"), ("key", "k-17"),
    }  # fmt: skip
    key = row(told, "key")
    assert (key["old"]["action"], key["new"]["action"], key["way"]) == ("watch", "deny", "stricter")
    assert key["new"]["rule"] == "stop"
    assert key["reasons"]
    at = key["steps"][-1]["at"]
    assert NOON < at < NOON + 60.0 * EXCHANGES
    refused = sum(one["exchanges"] for one in key["taken"])
    assert refused == sum(NOON + 60.0 * number > at for number in range(EXCHANGES)), "each exchange after it began"
    assert sum(one["completion_tokens"] for one in key["taken"]) == 400 * refused
    (pair,) = [pair for pair in told["by_action"] if pair["new"] == "deny (enforce)" and pair["old"] != "none"]
    assert pair["exchanges"] == refused, "once, though account and key are both denied"


def test_a_policy_beside_itself_changes_nothing_and_decides_what_the_replay_decides(folder: Path) -> None:
    write(folder, "old.yaml", STRICT)
    told = found(folder, folder / "log.jsonl")
    assert told["rows"] == told["by_action"] == []
    out = folder / "out.jsonl"
    run("replay", folder / "log.jsonl", "--policy", folder / "new.yaml", "--decisions", out)
    changes = [msgspec.json.decode(change) for change in out.read_bytes().splitlines()]
    rules = [f"p/{change['rule']}" for change in changes if change["severity"]]
    assert rules
    assert told["new"]["decided"] == told["old"]["decided"] == {rule: rules.count(rule) for rule in set(rules)}


def test_a_milder_policy_is_told_milder(folder: Path) -> None:
    done = run("backtest", "--old", folder / "new.yaml", "--new", folder / "old.yaml", folder / "log.jsonl")
    assert "2 subjects would be treated otherwise: 0 stricter, 2 milder" in done.stdout
    assert "would have been watched instead of refused" in done.stdout


def test_shadow_touches_nobody_and_says_so_unless_taken_as_enforced(folder: Path) -> None:
    for name in ("old.yaml", "new.yaml"):
        write(folder, name, (folder / name).read_text().replace("mode: enforce", "mode: shadow"))
    done = backtest(folder, folder / "log.jsonl")
    assert "Neither policy would touch any of them" in done.stdout
    assert "recorded as deny in shadow" in done.stdout
    enforced = backtest(folder, folder / "log.jsonl", "--enforced")
    assert "Neither policy" not in enforced.stdout
    assert "would have been refused instead of watched" in enforced.stdout


def test_compressed_files_and_several_are_read_as_a_replay_reads_them(folder: Path) -> None:
    lines = (folder / "log.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "a.jsonl.gz").write_bytes(gzip.compress(b"".join(lines[::2])))
    (folder / "b.jsonl").write_bytes(b"".join(lines[1::2]) + b"no json\n")
    told = found(folder, "--traffic", folder / "a.jsonl.gz", "--traffic", folder / "b.jsonl")
    assert (told["exchanges"], told["bad"]) == (EXCHANGES, 1)
    assert told["rows"] == found(folder, folder / "log.jsonl")["rows"]


def test_labels_tell_whether_the_honest_are_met(folder: Path) -> None:
    labels = [
        {"subject": {"scope": "key", "value": "k-17"}, "label": "confirmed"},
        {"subject": "account:acme", "label": "honest"},
    ]
    write(folder, "labels.jsonl", "\n".join(map(json.dumps, labels)))
    told = found(folder, folder / "log.jsonl", "--labels", folder / "labels.jsonl")
    assert (row(told, "key")["label"], row(told, "account")["label"]) == ("confirmed", "honest")
    assert told["by_action"][-1]["labels"] == {"confirmed": 1, "honest": 1}
    write(folder, "labels.jsonl", '{"subject": "account:acme", "label": "honest"}\n{"label": 3}\n')
    bad = backtest(folder, folder / "log.jsonl", "--labels", folder / "labels.jsonl")
    assert (bad.exit_code, "labels.jsonl:2: no label" in bad.output) == (1, True)


def test_the_replays_own_output_can_be_judged_again(folder: Path) -> None:
    out = folder / "out.jsonl"
    run("replay", folder / "log.jsonl", "--policy", folder / "new.yaml", "--decisions", out)
    told = found(folder, "--decisions", out)
    assert {one["subject"]["value"] for one in told["rows"]} == {"acme", "k-17"}
    assert told["source"] == "decisions"
    assert "Only subjects that were decided on are judged" in backtest(folder, "--decisions", out).stdout


def decision(name: str, at: float, exchanges: int, weight: float = 20.0) -> Decision:
    return Decision(
        id=name, subject=Subject("key", "aa" * 16), action="watch", severity=1, at=at, until=at + 3600, policy="p",
        rule="notice", weight=weight, families={"content": weight}, evidence={"coverage": Evidence(weight)},
        harvest=Harvest(exchanges=exchanges, completion_tokens=100 * exchanges),
    )  # fmt: skip


TAKEN = [decision("d1", NOON, 10), decision("d2", NOON + 600, 25), decision("d3", NOON + 1200, 40)]


def test_the_data_file_of_a_guard_is_judged_when_only_its_configuration_is_given(folder: Path) -> None:
    data = json.dumps(str(folder / "var"))
    config = write(folder, "gateway.yaml", f"routes: [{{upstream: 'http://127.0.0.1:9'}}]\ndata: {data}\n")
    store = SqliteStore(folder / "var")
    by_hand = msgspec.structs.replace(decision("d4", NOON + 1300, 50), policy="by-hand")
    store.commit(Folded(upto=0, cases={}, decisions=[*TAKEN, by_hand], at=NOON))
    store.lift(TAKEN[0].subject, NOON + 1500)
    told = found(folder, "-c", config)
    assert told["exchanges"] == 3
    (taken,) = row(told, "key")["taken"]
    assert (taken["exchanges"], taken["completion_tokens"]) == (30, 3000)


@pytest.mark.parametrize("form", ["decisions", "array", "log"])
def test_decisions_are_read_however_they_were_written(folder: Path, form: str) -> None:
    rows = [msgspec.to_builtins(one) for one in TAKEN]
    if form == "log":
        rows = [{"seq": i, "at": one["at"], "kind": "decision", "body": one} for i, one in enumerate(rows)]
        rows.append({"seq": 9, "at": NOON, "kind": "reload", "body": {}})
    written = json.dumps(rows) if form == "array" else "\n".join(map(json.dumps, rows))
    told = found(folder, "--decisions", write(folder, "taken.jsonl", written + "\n{}\n"))
    assert (told["exchanges"], told["bad"]) == (3, 1)
    assert row(told, "key")["new"]["action"] == "deny"


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"meta", "br"}:
            self.open.append(tag)
        self.links += [f"{tag} {name}" for name, _ in attrs if name in {"href", "src", "onclick", "style"}]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_is_whole_needs_nobody_and_takes_names_as_text(folder: Path) -> None:
    evil = "<script>alert(1)</script>&amp;"
    lines = [line(number, key=evil) for number in range(EXCHANGES)]
    (folder / "log.jsonl").write_bytes(text(lines))
    done = backtest(folder, folder / "log.jsonl", "--html", folder / "page.html", "--json", folder / "all.json")
    assert done.exit_code == 0, done.output
    written = (folder / "page.html").read_text()
    page = Page()
    page.feed(written)
    page.close()
    assert page.open == page.links == []
    assert f"key:{evil}" in page.words
    assert "script" not in {word for word in page.words if word == "script"}
    assert "://" not in written
    assert "prefers-color-scheme: dark" in written
    assert json.loads((folder / "all.json").read_bytes())["rows"]


def test_what_cannot_be_judged_is_told(folder: Path) -> None:
    assert backtest(folder).exit_code == 2
    assert backtest(folder, folder / "log.jsonl", "--decisions", folder / "log.jsonl").exit_code == 2
    empty = write(folder, "empty.jsonl", "\n")
    assert backtest(folder, empty).exit_code == 1
    write(folder, "new.yaml", "policy: p\n")
    bad = backtest(folder, folder / "log.jsonl")
    assert (bad.exit_code, f"{folder / 'new.yaml'}:1:1: rungs: is missing" in bad.output) == (1, True)
