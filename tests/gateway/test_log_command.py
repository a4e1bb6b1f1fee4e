import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gateway.app.keeping import decision_log
from gateway.app.settling import load_config
from gateway.cli import main
from gateway.decision_log.chronicle import Chronicle
from gateway.decision_log.pages import pages_in
from gateway.decision_log.writer import HEAD
from gateway.decisions import Decision, Subject
from gateway.stores.base import Folded
from gateway.stores.sqlite import SqliteStore
from gateway.stores.sqlite_file import FILE

START = 1_800_000_000.0
SOMEONE = Subject("account", "b4c61f0d9e")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A guard that decided twice and was stopped."""
    file = tmp_path / "gateway.yaml"
    file.write_text(f"routes: [{{upstream: 'http://127.0.0.1:9'}}]\ndata: {json.dumps(str(tmp_path / 'var'))}\n")
    store = SqliteStore(tmp_path / "var")
    decisions = [
        Decision(id=f"dec_{n}", subject=subject, action="watch", severity=1, at=START + n, until=START + 60)
        for n, subject in enumerate([SOMEONE, Subject("account", "acme")])
    ]
    store.commit(Folded(upto=0, cases={SOMEONE: b"case"}, decisions=decisions, at=START))
    chronicle = Chronicle(decision_log(load_config(file)), store.audit)
    chronicle.follow()
    chronicle.close()
    store.close()
    return file


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["log", *(str(word) for word in words)])


def folder(config: Path) -> Path:
    return config.parent / "var" / "log"


def exported(*words: str | Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run("export", *words).stdout.splitlines()]


def spoil(config: Path) -> None:
    [page] = pages_in(folder(config))
    page.write_bytes(page.read_bytes().replace(b'"dec_0"', b'"dec_7"'))


def test_a_good_log_is_proven(config: Path) -> None:
    done = run("verify", "-c", config)
    assert done.exit_code == 0
    assert "5 records in 1 files, 0 to 4; 0 not signed yet; personal data forgotten in 0; no flaws" in done.stdout
    assert "--key" in done.stderr
    assert run("verify", folder(config)).exit_code == 0


def test_a_log_is_proven_by_a_key_and_a_checkpoint_kept_elsewhere(config: Path, tmp_path: Path) -> None:
    public = run("key", "-c", config).stdout.strip()
    (tmp_path / "kept.pub").write_text(f"{public}\n")
    for key in (public, tmp_path / "kept.pub"):
        done = run("verify", folder(config), "--key", key, "--checkpoint", folder(config) / HEAD)
        assert (done.exit_code, done.stderr) == (0, "")
    (tmp_path / "later.json").write_text('{"seq": 99, "hash": "ab"}')
    done = run("verify", folder(config), "--checkpoint", tmp_path / "later.json")
    assert done.exit_code == 1
    assert "cut off" in done.stdout


def test_a_flaw_is_told_with_file_line_and_number(config: Path) -> None:
    spoil(config)
    done = run("verify", folder(config))
    assert done.exit_code == 1
    assert "0000000000000000.jsonl:3: record 2: changed" in done.stdout
    told = json.loads(run("verify", folder(config), "-o", "json").stdout)
    assert told["flaws"][0] == {
        "file": "0000000000000000.jsonl", "line": 3, "seq": 2, "what": "changed: it is not what its hash says",
    }  # fmt: skip


def test_of_very_many_flaws_people_are_told_some(config: Path) -> None:
    [page] = pages_in(folder(config))
    page.write_bytes(page.read_bytes() + b"nothing\n" * 50)
    assert "more; -o json tells all" in run("verify", folder(config)).stdout


def test_records_are_exported_by_time_and_kind(config: Path) -> None:
    assert [line["seq"] for line in exported("-c", config)] == [0, 1, 2, 3, 4]
    decided = exported(folder(config), "--kind", "decision")
    assert [line["body"]["subject"] for line in decided] == [str(SOMEONE), "account:acme"]
    assert len(exported(folder(config), "--kind", "decision", "--since", "2027-01-15T08:00:01")) == 1
    assert exported(folder(config), "--kind", "decision", "--until", "2027-01-15") == []
    assert run("export", folder(config), "--since", "7d").exit_code == 0
    assert run("export", folder(config), "--since", "soon").exit_code == 1


def test_all_that_is_said_of_a_decision_is_shown(config: Path) -> None:
    assert json.loads(run("show", "dec_1", "-c", config).stdout)["body"]["id"] == "dec_1"
    assert run("show", "dec_9", "-c", config).exit_code == 1


def test_a_subject_is_forgotten_everywhere_also_where_no_guard_runs(config: Path) -> None:
    done = run("forget", "account", SOMEONE.value, "-c", config, "--by", "dpo", "--reason", "article 17")
    assert done.exit_code == 0, done.output
    for file in [folder(config).parent / FILE, *folder(config).iterdir()]:
        assert SOMEONE.value.encode() not in file.read_bytes(), file
    assert run("verify", "-c", config).exit_code == 0
    [forgotten, other] = exported("-c", config, "--kind", "decision")
    assert "subject" not in forgotten["body"]
    assert other["body"]["subject"] == "account:acme"
    [told] = exported("-c", config, "--kind", "forget")
    # the decision, and that it was lifted first
    assert told["body"] == {"records": [[2, 2], [5, 5]], "by": "dpo", "reason": "article 17", "store": {"notes": 1}}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("verify",), "FOLDER"),
        (("forget", "key", "sk-secret", "--by", "a", "--reason", "b", "-c"), "keyed hash"),
    ],
)
def test_what_cannot_be_done_is_told(config: Path, words: tuple[str, ...], said: str) -> None:
    done = run(*words, *([config] if words[-1] == "-c" else []))
    assert done.exit_code != 0
    assert said in done.output


def test_without_a_guard_there_is_no_log(tmp_path: Path) -> None:
    file = tmp_path / "gateway.yaml"
    file.write_text(f"routes: [{{upstream: 'http://127.0.0.1:9'}}]\ndata: {json.dumps(str(tmp_path / 'var'))}\n")
    assert "no decision log" in run("verify", "-c", file).output
    assert "no guard has run" in run("forget", "account", "a", "--by", "b", "--reason", "c", "-c", file).output
    (tmp_path / "empty").mkdir()
    assert "no public key" in run("verify", tmp_path / "empty").output
