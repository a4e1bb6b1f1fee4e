from pathlib import Path

import msgspec
import pytest

from gateway.decisions import Decision, Subject
from gateway.stores.base import Folded, StoreError
from gateway.stores.sqlite import SqliteStore
from gateway.stores.sqlite_file import FILE

NOW = 1_800_000_000.0
ANNA, BERT = Subject("key", "anna"), Subject("key", "bert")


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    return SqliteStore(tmp_path)


def decide(store: SqliteStore, name: str, subject: Subject = ANNA) -> Decision:
    decision = Decision(id=name, subject=subject, action="watch", severity=1, at=NOW, until=NOW + 60)
    store.commit(Folded(upto=0, cases={subject: b"case"}, decisions=[decision], at=NOW))
    return decision


def test_every_decision_is_told_in_order_also_those_that_lapsed(store: SqliteStore) -> None:
    first, second, third = decide(store, "a"), decide(store, "b", BERT), decide(store, "c")
    told = store.audit.decided(0, 10)
    assert [(one.position, one.decision, one.lifted) for one in told] == [
        (1, first, False), (2, second, False), (3, third, False),
    ]  # fmt: skip
    assert [one.position for one in store.audit.decided(1, 1)] == [2]
    assert store.audit.extent()[1:] == (3, 0)


def test_the_end_of_a_decision_is_told_as_such(store: SqliteStore) -> None:
    decide(store, "a")
    decide(store, "b", BERT)
    store.lift(ANNA, NOW + 5)
    [*_, last] = store.audit.decided(0, 10)
    assert last.lifted
    assert last.decision.until == NOW + 5


def test_notes_come_back_in_order_and_their_numbers_are_never_used_twice(store: SqliteStore) -> None:
    assert [store.audit.note("label", NOW, {"n": n}) for n in range(3)] == [1, 2, 3]
    assert [(note.position, note.body) for note in store.audit.notes(1, 10)] == [(2, {"n": 1}), (3, {"n": 2})]
    store.audit.settle(3)
    assert store.audit.notes(0, 10) == []
    assert store.audit.note("label", NOW, {}) == 4
    assert store.audit.extent()[1:] == (0, 4)


def test_forgetting_a_subject_leaves_no_byte_of_it_and_all_of_the_others(store: SqliteStore, tmp_path: Path) -> None:
    someone = Subject("key", "b4c61f0d9e")
    decide(store, "a", someone)
    decide(store, "b", BERT)
    assert store.audit.forget(someone)["cases"] == 1
    assert set(store.audit.forget(someone).values()) == {0}
    assert store.scrub()
    assert b"b4c61f0d9e" not in (tmp_path / FILE).read_bytes()
    assert [one.decision.id for one in store.audit.decided(0, 10)] == ["b"]
    assert store.size() == 1


def test_what_cannot_be_read_is_a_fault_of_the_store(store: SqliteStore) -> None:
    store.audit.note("label", NOW, {"n": 1})
    with store._file.change("test") as connection:
        connection.execute("UPDATE audit SET body = ?", (msgspec.msgpack.encode([1]),))
        connection.execute("INSERT INTO decisions (scope, value, until, body) VALUES ('key', 'a', 1, x'00')")
    with pytest.raises(StoreError, match="note"):
        store.audit.notes(0, 1)
    with pytest.raises(StoreError, match="noted"):
        store.audit.note("label", NOW, {"note": "\udcff"})
    with pytest.raises(StoreError, match="decision"):
        store.audit.decided(0, 1)


def test_each_store_is_itself_for_ever(store: SqliteStore, tmp_path: Path) -> None:
    identity = store.audit.extent().identity
    store.close()
    again, other = SqliteStore(tmp_path), SqliteStore(tmp_path / "other")
    assert again.audit.extent().identity == identity
    assert other.audit.extent().identity != identity
