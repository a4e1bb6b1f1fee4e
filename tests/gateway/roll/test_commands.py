"""``stillguard campaigns``: what is listed, and what releasing and undoing leave in store and log."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway import cli
from gateway.clock import now
from gateway.decisions import Subject
from gateway.stores.sqlite import SqliteStore
from tests.gateway.linked import Says, bound, keep, keys, linker

CAMPAIGN = Subject("campaign", "camp_a")
Run = Callable[..., Result]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "var")
    yield store
    store.close()


@pytest.fixture
def run(tmp_path: Path) -> Run:
    file = tmp_path / "gateway.yaml"
    settings = {"routes": [{"upstream": "http://127.0.0.1:1"}], "data": str(tmp_path / "var")}
    file.write_text(json.dumps(settings))

    def started(*words: str, ok: bool = True) -> Result:
        result = CliRunner().invoke(cli.main, ["campaigns", *words, "-c", str(file)])
        assert (result.exit_code == 0) is ok, result.output
        return result

    return started


def found(store: SqliteStore, weight: float = 20.0, count: int = 4) -> None:
    keep(store, *keys(count), at=now())
    made = linker(store, examines=Says(weight))
    made.clock = now
    made.step(full=True)


def notes(store: SqliteStore) -> list[tuple[str, object]]:
    return [(note.kind, note.body.get("change", note.body.get("reason"))) for note in store.audit.notes(0, 99)]


def test_campaigns_are_listed_and_groups_only_when_asked_for(store: SqliteStore, run: Run) -> None:
    found(store, weight=1.0)
    assert json.loads(run("list", "-o", "json").output) == []
    (group,) = json.loads(run("list", "--all", "-o", "json").output)
    assert (group["id"], group["state"], group["linked"], group["decision"]) == ("camp_a", "group", 4, None)
    assert "--all lists groups too" in run("list").output


def test_a_campaign_is_shown_with_what_joins_it_how_it_stands_and_who_it_is(store: SqliteStore, run: Run) -> None:
    found(store)
    told = run("show", "camp_a").output
    for said in ("decided, 4 bound of 4 linked", "ask under one fixed part of the prompt", "deny (enforce)", "key:03"):
        assert said in told
    whole = json.loads(run("show", "camp_", "-o", "json").output)
    assert (whole["members"], len(whole["who"]), whole["decision"]["action"]) == (4, 4, "deny")
    assert [one["state"] for one in json.loads(run("members", "camp_a", "-o", "json").output)] == ["bound"] * 4
    assert run("members", "camp_a").output.count("key:") == 4
    assert "camp_a" in run("list").output


def test_a_campaign_that_is_not_there_is_said(store: SqliteStore, run: Run) -> None:
    found(store)
    assert "no campaign camp_b" in run("show", "camp_b", ok=False).output


def test_the_graph_is_a_file(store: SqliteStore, run: Run, tmp_path: Path) -> None:
    found(store)
    for name in ("a.svg", "a.html"):
        run("graph", "camp_a", "--out", str(tmp_path / name))
        assert "<circle" in (tmp_path / name).read_text()
    run("graph", "camp_a", "--out", str(tmp_path / "a.png"), ok=False)
    run("graph", "camp_a", "--out", str(tmp_path / "no" / "a.svg"), ok=False)


def test_one_member_is_released_and_taken_back_and_the_log_is_told(store: SqliteStore, run: Run) -> None:
    found(store)
    run("release", "camp_a", "key:01", "--reason", "a customer", "--by", "ann")
    assert bound(store) == ["key:00", "key:02", "key:03"]
    assert "is so already" in run("release", "camp_a", "key:01", "--reason", "r", "--by", "b", ok=False).output
    assert "no member" in run("release", "camp_a", "key:77", "--reason", "r", "--by", "b", ok=False).output
    run("release", "camp_a", "nobody", "--reason", "r", "--by", "b", ok=False)
    run("take-back", "camp_a", "key:01", "--by", "ann")
    assert bound(store) == keys(4)
    assert notes(store)[-2:] == [("campaign", "released"), ("campaign", "release taken back")]


def test_all_are_set_free_by_one_switch_and_bound_again_by_another(store: SqliteStore, run: Run) -> None:
    found(store)
    told = json.loads(run("undo", "camp_a", "--reason", "a class", "--by", "ann", "-o", "json").output)
    assert told["ended"]
    assert store.announced(0, now()).decisions == ()
    run("redo", "camp_a", "--by", "ann")
    assert "nobody set" in run("redo", "camp_a", "--by", "ann", ok=False).output
    assert [kind for kind, _ in notes(store)][-2:] == ["pardon", "pardon"]
    assert "nothing was ever decided" in run("undo", "camp_b", "--reason", "r", "--by", "b", ok=False).output
