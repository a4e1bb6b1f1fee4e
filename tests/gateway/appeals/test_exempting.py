"""The commands as an operator runs them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from detectors.harvest import HarvestState
from gateway.cli import main
from gateway.exemptions.file import load_exemptions
from gateway.exemptions.uses import counted, seal, window
from gateway.stores.base import Folded
from gateway.stores.sqlite import SqliteStore
from tests.gateway.exemptions.kit import exchange

Run = Callable[..., Result]
GIVEN = (
    "exemptions", "add", "acme", "--subject", "account:acme", "--purpose", "contract", "--exchanges", "10",
    "--per", "30d", "--starts", "2026-01-01", "--ends", "2090-01-31", "--owner", "Jo", "--reason", "contract ${47}",
    "--tag", "synthetic",
)  # fmt: skip


def test_an_entitlement_is_added_listed_and_deleted_and_the_log_has_a_note_of_it(folder: Path, run: Run) -> None:
    store = SqliteStore(folder / "var")  # a guard has run here
    done = run(*GIVEN)
    assert (done.exit_code, done.output) == (0, "acme added until 2090-02-01 00:00\n"), done.output
    (one,) = load_exemptions(folder / "who.yaml").entitlements
    assert (one.owner, one.reason, one.tags) == ("Jo", "contract ${47}", ("synthetic",))
    use = counted(HarvestState(), exchange())
    at = window(one, 1_800_000_000.0)
    store.commit(Folded(upto=0, cases={}, uses={("acme", at): seal(use)}, at=at))
    listed = json.loads(run("exemptions", "list", "-o", "json").stdout)
    assert [(row["name"], row["state"], row["subjects"]) for row in listed] == [("acme", "open", ["account:acme"])]
    human = run("exemptions", "list").stdout
    assert "acme  open  contract until 2090-02-01 00:00  owner Jo: contract ${47}" in human
    assert "of 10 used" in human
    assert run("exemptions", "delete", "acme").output == "acme deleted\n"
    assert load_exemptions(folder / "who.yaml").entitlements == []
    assert run("exemptions", "list").stderr == "nobody is exempt\n"
    notes = store.audit.notes(0, 10)
    assert [(note.kind, note.body["change"], note.body["name"]) for note in notes] == [
        ("exemption", "added", "acme"),
        ("exemption", "deleted", "acme"),
    ]
    store.close()


def test_without_a_guard_that_has_run_the_file_is_edited_all_the_same(folder: Path, run: Run) -> None:
    assert run(*GIVEN, "-o", "json").exit_code == 0
    assert json.loads(run("exemptions", "list", "-o", "json").stdout)[0]["spent"]["exchanges"]["left"] == 10
    assert not (folder / "var" / "stillguard.sqlite3").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--subject", "key:sk-in-clear"], "a key is named by its keyed hash"),
        (["--ends", "soon"], "a day, 2027-01-31"),
        (["--per", "soon"], "budget.per"),
        (["--tag", "Bad Tag"], "a tag is"),
    ],
)
def test_what_cannot_be_meant_is_told_and_nothing_is_written(
    folder: Path, run: Run, words: list[str], told: str
) -> None:
    done = run(*GIVEN, *words)
    assert done.exit_code == 1
    assert told in done.stderr
    assert "in-clear" not in done.output
    assert not (folder / "who.yaml").exists()


def test_a_name_that_is_there_already_is_refused(folder: Path, run: Run) -> None:
    run(*GIVEN)
    before = (folder / "who.yaml").read_text()
    done = run(*GIVEN)
    assert (done.exit_code, "another of the name acme" in done.stderr) == (1, True)
    assert (folder / "who.yaml").read_text() == before
    assert run("exemptions", "delete", "beta").exit_code == 1


def test_a_file_at_fault_is_not_edited(folder: Path, run: Run) -> None:
    (folder / "who.yaml").write_text("entitlements: {}\n")
    assert "should be a list" in run(*GIVEN).stderr
    assert "should be a list" in run("exemptions", "list").stderr
    assert (folder / "who.yaml").read_text() == "entitlements: {}\n"


def test_a_configuration_without_exemptions_says_so(folder: Path, run: Run) -> None:
    file = folder / "gateway.yaml"
    file.write_text(file.read_text().replace("exemptions: who.yaml\n", ""))
    assert "names no file of exemptions" in run("exemptions", "list").output


def test_files_are_checked_and_what_has_ended_is_told(folder: Path) -> None:
    entry = (
        "entitlements: [{name: a, subjects: ['key:k-17'], purpose: research, budget: {traces: 5}, ends: 2020-01-01, "
        "owner: o, reason: r}]\n"
    )
    (folder / "who.yaml").write_text(entry)
    (folder / "other.yaml").write_text("entitlements: []\n")
    words = ["exemptions", "check", str(folder / "who.yaml"), str(folder / "other.yaml")]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 1
    assert "who.yaml:1:37: entitlements[0].subjects[0]: a key is named by its keyed hash" in done.stderr
    assert "other.yaml: no faults\n" in done.stdout
    done = CliRunner().invoke(main, [*words, "--recorded"])
    assert done.exit_code == 0
    assert "who.yaml: no faults, 1 of 1 entitlements have ended" in done.stdout


def test_checking_a_configuration_checks_its_exemptions(folder: Path) -> None:
    words = ["check", "config", str(folder / "gateway.yaml")]
    assert CliRunner().invoke(main, words).exit_code == 1  # there is no such file
    (folder / "who.yaml").write_text("entitlements: []\n")
    assert CliRunner().invoke(main, words).exit_code == 0
