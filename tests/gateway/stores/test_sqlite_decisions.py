from pathlib import Path

import pytest

from gateway.decisions import Decision, Subject
from gateway.stores import sqlite_decisions
from gateway.stores.base import Folded, StoreError
from gateway.stores.sqlite import SqliteStore
from gateway.stores.sqlite_decisions import KeptDecisions


def decision(number: int, **other: object) -> Decision:
    fields = {"id": f"dec_{number}", "subject": Subject("key", f"k{number}"), "action": "watch", "severity": 1}
    return Decision(**{**fields, "at": float(number), "until": number + 10.0, **other})  # type: ignore[arg-type]


def keep(folder: Path, *decisions: Decision) -> None:
    store = SqliteStore(folder)
    store.commit(Folded(upto=0, cases={}, decisions=decisions, at=0.0))
    store.close()


def test_a_decision_is_found_by_its_id_as_taken_and_as_lifted(tmp_path: Path) -> None:
    keep(tmp_path, decision(1), decision(11), decision(1, until=5.0))
    kept = KeptDecisions(tmp_path)
    assert [one.until for one in kept.of("dec_1")] == [11.0, 5.0]
    assert kept.of("dec_") == []
    kept.close()


def test_the_newest_of_a_subject_counts(tmp_path: Path) -> None:
    keep(tmp_path, decision(1), decision(2, subject=Subject("key", "k1")))
    kept = KeptDecisions(tmp_path)
    newest = kept.newest(Subject("key", "k1"))
    assert newest
    assert newest.id == "dec_2"
    assert kept.newest(Subject("key", "k9")) is None
    assert [one.id for one in kept.on(Subject("key", "k1"))] == ["dec_1", "dec_2"]
    kept.close()


def test_all_are_read_in_order_some_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_decisions, "TOGETHER", 3)
    keep(tmp_path, *map(decision, range(10)))
    kept = KeptDecisions(tmp_path)
    assert [one.at for one in kept.each()] == [float(n) for n in range(10)]
    kept.close()


def test_a_body_that_is_no_decision_is_a_store_error(tmp_path: Path) -> None:
    keep(tmp_path, decision(1))
    kept = KeptDecisions(tmp_path)
    kept._file.connection.execute("UPDATE decisions SET body = ?", (b"dec_1",))
    with pytest.raises(StoreError, match="cannot be read"):
        kept.of("dec_1")
    kept.close()
