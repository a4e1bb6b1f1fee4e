"""Pardons and labels as an operator gives them."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

from gateway.clock import now
from gateway.decisions import Decision, Subject
from gateway.stores.base import Folded
from gateway.stores.sqlite import SqliteStore

Run = Callable[..., Result]
KEY = Subject("key", "aa" * 16)
WORDS = ("--reason", "an evaluation", "--by", "Jo")


@pytest.fixture
def store(folder: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(folder / "var")
    at = now()
    denied = Decision(
        id="dec_1", subject=KEY, action="deny", severity=5, at=at, until=at + 3600, policy="p", rule="stop",
        weight=20.0, mode="enforce",
    )  # fmt: skip
    store.commit(Folded(upto=0, cases={}, decisions=[denied], at=at))
    yield store
    store.close()


@pytest.mark.parametrize("names", [("dec_1",), KEY])
def test_a_pardon_ends_the_decision_is_kept_and_leaves_a_note(
    store: SqliteStore, run: Run, names: tuple[str, ...]
) -> None:
    done = run("decisions", "pardon", *names, *WORDS, "--for", "7d", "--growth", "100", "-o", "json")
    assert done.exit_code == 0, done.output
    row = json.loads(done.stdout)
    assert (row["decision"], row["ended"], row["until"] - row["at"]) == ("dec_1", True, 7 * 86400.0)
    assert store.announced(0, now()).decisions == ()
    [pardon] = store.pardoned(0).pardons
    assert (pardon.subject, pardon.rule, round(pardon.ceiling, 3)) == (KEY, "stop", 24.605)
    [note] = store.audit.notes(0, 10)
    assert (note.kind, note.body["subject"]) == ("pardon", {"scope": "key", "value": KEY.value})
    assert (note.body["reason"], note.body["by"], note.body["ended"]) == ("an evaluation", "Jo", True)


def test_what_a_pardon_does_is_said(store: SqliteStore, run: Run) -> None:
    assert store.size() == 0
    first, again = (run("decisions", "pardon", "dec_1", *WORDS).stdout for _ in range(2))
    assert f"dec_1 on {KEY} ended" in first
    assert "spared from p/stop until " in first
    assert "unless the evidence reaches 26.9 nats" in first
    assert f"nothing like dec_1 stands on {KEY}" in again


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("dec_2", *WORDS), "there is no decision dec_2"),
        (("key", "bb", *WORDS), "no decision was ever taken on key:bb"),
        (("dec_1", *WORDS, "--for", "soon"), "--for soon"),
        (("dec_1", *WORDS, "--growth", "1"), "growth"),
        (("dec_1", "--by", "Jo"), "reason"),
        (WORDS, "by its id"),
    ],
)
def test_what_cannot_be_pardoned_is_told_and_nothing_is_kept(
    store: SqliteStore, run: Run, words: tuple[str, ...], told: str
) -> None:
    done = run("decisions", "pardon", *words)
    assert done.exit_code != 0
    assert told in done.output
    assert store.pardoned(0).pardons == ()
    assert len(store.announced(0, now()).decisions) == 1


def test_a_decision_is_labelled_listed_and_stays(store: SqliteStore, run: Run) -> None:
    assert run("decisions", "label", "dec_1", "confirmed", "--by", "Jo").exit_code == 0
    done = run("decisions", "label", "dec_1", "false_alarm", "--by", "Kim", "--note", "asked them")
    assert f"dec_1  {KEY}" in done.stdout
    [row] = json.loads(run("decisions", "labels", "-o", "json").stdout)
    assert (row["label"], row["by"], row["note"], row["subject"]["value"]) == (
        "false_alarm", "Kim", "asked them", KEY.value,
    )  # fmt: skip
    assert "p/stop  false_alarm" in run("decisions", "labels").stdout
    assert len(store.announced(0, now()).decisions) == 1
    assert [note.kind for note in store.audit.notes(0, 10)] == ["label", "label"]
    assert run("decisions", "label", "dec_1", "perhaps", "--by", "Jo").exit_code == 2


def test_where_there_is_nothing_it_is_said(folder: Path, run: Run) -> None:
    assert "no guard has run" in run("decisions", "labels").output
    SqliteStore(folder / "var").close()
    assert run("decisions", "labels").stderr == "no decision has a label\n"
