import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from gateway.cli import main
from gateway.clock import now
from gateway.decisions import Decision, Subject
from gateway.identity import key_hash
from gateway.secret import secret
from gateway.stores.lease import Lease
from gateway.stores.sqlite import SqliteStore
from gateway.supervisor import listen

KEY = "aa" * 16  # as a keyed hash is written
POLICY = "policy: p\nrungs: [{rule: notice, one_in: 1e3, action: watch, for: 1h}]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "policy.yaml").write_text(POLICY)
    data = json.dumps(str(tmp_path / "var"))
    (tmp_path / "gateway.yaml").write_text(
        f"routes: [{{upstream: 'http://127.0.0.1:9'}}]\ndata: {data}\npolicies: policy.yaml\n"
    )
    return tmp_path


def run(*words: str | Path, given: str = "") -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], input=given)


def decide(folder: Path, *words: str) -> Result:
    return run("decisions", *words, "-c", folder / "gateway.yaml", "-o", "json")


def standing(folder: Path) -> list[Decision]:
    store = SqliteStore(folder / "var")
    found = list(store.announced(0, now()).decisions)
    store.close()
    return found


def test_good_files_have_no_faults(folder: Path) -> None:
    done = run("check", "config", folder / "gateway.yaml")
    assert (done.exit_code, done.output) == (0, f"{folder / 'gateway.yaml'}: no faults\n")
    assert run("check", "policy", folder / "policy.yaml").exit_code == 0


def test_every_fault_of_a_configuration_is_told_with_line_and_column(folder: Path) -> None:
    file = folder / "gateway.yaml"
    file.write_text(file.read_text() + "listen: {port: 70000}\nlimit: 3\n")
    done = run("check", "config", file)
    assert done.exit_code == 1
    assert f"{file}:4:16: listen.port" in done.stderr
    assert f"{file}:5:1: limit" in done.stderr


def test_the_policies_that_a_configuration_names_are_checked_with_it(folder: Path) -> None:
    (folder / "policy.yaml").write_text(POLICY.replace("watch", "frown"))
    for words in (("check", "config", folder / "gateway.yaml"), ("serve", "-c", folder / "gateway.yaml")):
        done = run(*words)
        assert done.exit_code == 1
        assert "policy.yaml:2:" in done.stderr


def test_one_bad_policy_among_several_fails_the_check_and_the_others_are_told_good(folder: Path) -> None:
    bad = folder / "bad.yaml"
    bad.write_text(POLICY.replace("1e3", "many"))
    done = run("check", "policy", bad, folder / "policy.yaml")
    assert done.exit_code == 1
    assert f"{bad}:2:" in done.stderr
    assert f"{folder / 'policy.yaml'}: no faults" in done.stdout


def test_keys_become_the_hashes_that_the_guard_knows_them_by(folder: Path) -> None:
    done = run("identity", "hash", "-c", folder / "gateway.yaml", given="sk-one\n\n  Bearer sk-two \n")
    salt = secret(folder / "var" / "secret")
    assert done.stdout.split() == [key_hash(salt, "sk-one"), key_hash(salt, "sk-two")]
    assert "sk-" not in done.output


def test_a_decision_is_added_listed_and_deleted(folder: Path) -> None:
    SqliteStore(folder / "var").close()  # a guard has run here
    added = decide(folder, "add", "key", KEY, "throttle", "--for", "10m", "--with", "requests_per_minute=6")
    assert added.exit_code == 0, added.output
    (decision,) = standing(folder)
    assert decision.subject == Subject("key", KEY)
    assert decision.until - decision.at == 600.0
    assert decision.parameters["requests_per_minute"] == 6
    assert msgspec.json.decode(decide(folder, "list").stdout, type=list[Decision]) == [decision]
    human = run("decisions", "list", "-c", folder / "gateway.yaml").stdout
    assert decision.id in human
    assert "by hand" in human
    assert decide(folder, "delete", "key", KEY).exit_code == 0
    assert standing(folder) == []
    assert run("decisions", "list", "-c", folder / "gateway.yaml").stderr == "no decision stands\n"


def test_ending_what_does_not_stand_is_told(folder: Path) -> None:
    SqliteStore(folder / "var").close()
    done = decide(folder, "delete", "key", KEY)
    assert done.exit_code == 1
    assert f"no decision stands on key:{KEY}" in done.output


@pytest.mark.parametrize(
    "words",
    [
        ("key", KEY, "frown"), ("planet", KEY, "deny"), ("key", KEY, "deny", "--for", "soon"),
        ("key", KEY, "throttle", "--with", "harder=1"), ("key", KEY, "throttle", "--with", "requests_per_minute"),
        ("key", KEY, "throttle", "--with", "requests_per_minute: ["), ("key", KEY, "throttle", "--with", ""),
        ("key", KEY, "deny", "--for", "-1s"), ("key", "sk-in-clear", "deny"), ("user", "somebody", "deny"),
        ("network", "203.0.113.7", "deny"), ("network", "near/24", "deny"),
    ],
)  # fmt: skip
def test_what_cannot_be_decided_is_refused_in_a_sentence_and_nothing_is_kept(
    folder: Path, words: tuple[str, ...]
) -> None:
    SqliteStore(folder / "var").close()
    done = decide(folder, "add", *words)
    assert done.exit_code in {1, 2}, done.output
    assert isinstance(done.exception, SystemExit), done.exception
    assert "Error: " in done.output
    assert standing(folder) == []


@pytest.mark.parametrize("words", [("decisions", "list"), ("serve",), ("identity", "hash")])
def test_a_faulty_configuration_starts_nothing(folder: Path, words: tuple[str, ...]) -> None:
    (folder / "gateway.yaml").write_text("routes: []\n")
    done = run(*words, "-c", folder / "gateway.yaml")
    assert done.exit_code == 1
    assert "gateway.yaml:1:" in done.stderr
    assert not (folder / "var").exists()


@pytest.mark.parametrize("words", [("list",), ("delete", "key", KEY), ("add", "key", KEY, "deny")])
def test_a_folder_where_no_guard_ran_is_told_and_left_as_it_is(folder: Path, words: tuple[str, ...]) -> None:
    done = decide(folder, *words)
    assert done.exit_code == 1
    assert f"no guard has run on the data folder {folder / 'var'}" in done.output
    assert not (folder / "var" / "stillguard.sqlite3").exists()


def test_a_network_is_named_by_its_prefix(folder: Path) -> None:
    SqliteStore(folder / "var").close()
    assert decide(folder, "add", "network", "203.0.113.7/24", "watch").exit_code == 0
    assert [d.subject for d in standing(folder)] == [Subject("network", "203.0.113.0/24")]


def test_a_second_guard_on_the_same_folder_is_refused_and_disturbs_nothing(folder: Path) -> None:
    (folder / "var" / "metrics").mkdir(parents=True)
    kept = folder / "var" / "metrics" / "counter_1.db"
    kept.touch()
    first = Lease(folder / "var" / "serve.lock")
    assert first.take()
    try:
        done = run("serve", "-c", folder / "gateway.yaml")
    finally:
        first.release()
    assert done.exit_code == 1
    assert "another guard runs on this data folder" in done.output
    assert kept.exists()


def test_a_port_that_is_taken_is_named_and_disturbs_nothing(folder: Path) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        file = folder / "gateway.yaml"
        file.write_text(file.read_text() + f"listen: {{port: {port}}}\n")
        done = run("serve", "-c", file)
    assert done.exit_code == 1
    assert f"listen: cannot listen on 127.0.0.1 port {port}" in done.output
    assert not (folder / "var" / "metrics").exists()


@pytest.mark.parametrize("lasts", ["0s", "99999d"])
def test_a_decision_by_hand_stands_for_some_time_and_not_for_ever(lasts: str, tmp_path: Path) -> None:
    (tmp_path / "gateway.yaml").write_text("routes: [{upstream: 'http://127.0.0.1:9'}]\n")
    line = ["decisions", "add", "-c", str(tmp_path / "gateway.yaml"), "account", "acme", "deny", "--for", lasts]
    done = CliRunner().invoke(main, line)
    assert (done.exit_code, "3650d at most" in done.output) == (1, True)


def test_a_fault_of_an_action_as_a_whole_is_told(tmp_path: Path) -> None:
    (tmp_path / "gateway.yaml").write_text("routes: [{upstream: 'http://127.0.0.1:9'}]\n")
    line = ["decisions", "add", "-c", str(tmp_path / "gateway.yaml"), "account", "acme", "throttle"]
    done = CliRunner().invoke(main, line)
    assert done.exit_code == 1
    assert "requests_per_minute" in done.output
