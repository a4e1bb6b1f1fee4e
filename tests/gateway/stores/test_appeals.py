"""What stores promise of uses and pardons; what the file alone keeps: labels, and decisions by their id."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from gateway.decisions import Decision, Subject
from gateway.pardons import Pardon, label_of, pardon_of
from gateway.stores.base import Folded, Store, StoreError
from gateway.stores.sqlite import SqliteStore

NOW = 1_800_000_000.0
ANNA, BERT = Subject("key", "anna"), Subject("key", "bert")
Maker = Callable[..., Store]


def decision(name: str = "dec_1", subject: Subject = ANNA, **other: object) -> Decision:
    fields: dict[str, object] = {"action": "deny", "severity": 5, "at": NOW, "until": NOW + 60, "policy": "p"}
    return Decision(id=name, subject=subject, **(fields | other))  # type: ignore[arg-type]  # by name


def keep(store: Store, *decisions: Decision) -> None:
    store.commit(Folded(upto=0, cases={}, decisions=decisions, at=NOW))


def pardon(of: Decision, at: float = NOW + 5) -> Pardon:
    return pardon_of(of, at=at, lasts=3600.0, growth=5.0, reason="why", by="Jo")


def test_uses_are_kept_with_the_batch_and_by_their_window(make: Maker) -> None:
    store = make()
    store.commit(Folded(upto=0, cases={}, uses={("acme", 0.0): b"one", ("acme", 5.0): b"two"}, at=NOW))
    store.commit(Folded(upto=0, cases={}, uses={("acme", 5.0): b"three"}, at=NOW))
    assert store.uses([("acme", 0.0), ("acme", 5.0), ("acme", 6.0), ("b", 0.0)]) == {
        ("acme", 0.0): b"one",
        ("acme", 5.0): b"three",
    }


def test_a_pardon_ends_the_decision_and_is_announced_once_after_each_position(make: Maker) -> None:
    store = make()
    assert store.pardoned(0) == (0, ())
    keep(store, decision())
    given = pardon(decision())
    ended = store.pardon(given)
    assert ended == decision(until=NOW + 5)
    assert store.announced(0, NOW + 5).decisions == ()
    found = store.pardoned(0)
    assert found.pardons == (given,)
    assert store.pardoned(found.position) == (found.position, ())
    later = pardon(decision("dec_2", BERT))
    assert store.pardon(later) is None
    assert store.pardoned(found.position).pardons == (later,)


def test_a_pardon_of_an_old_decision_leaves_what_others_have_decided_since(make: Maker) -> None:
    store = make()
    keep(store, decision(), decision("dec_2", policy="by-hand"))
    assert store.pardon(pardon(decision())) is None
    assert [d.id for d in store.announced(0, NOW + 5).decisions] == ["dec_2"]
    assert len(store.pardoned(0).pardons) == 1


def test_what_has_ended_is_not_ended_again(make: Maker) -> None:
    store = make()
    keep(store, decision())
    assert store.pardon(pardon(decision(), at=NOW + 61)) is None


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    return SqliteStore(tmp_path)


def test_a_decision_is_found_by_its_id_as_it_was_last_announced(store: SqliteStore) -> None:
    keep(store, decision("dec_1"), decision("dec_12", parameters={"x": "dec_1"}), decision("dec_2", BERT))
    store.lift(ANNA, NOW + 5)
    found = store.appeals.decision("dec_12")
    assert found == decision("dec_12", parameters={"x": "dec_1"}, until=NOW + 5)
    assert store.appeals.decision("dec_1") == decision("dec_1")
    assert store.appeals.decision("dec_") is None
    assert store.appeals.newest(ANNA) == found
    assert store.appeals.newest(Subject("user", "anna")) is None
    store.close()


def test_the_newest_label_of_each_decision_is_listed_in_order(store: SqliteStore) -> None:
    first, other = (label_of(decision(name), "confirmed", at=NOW, by="Jo") for name in ("dec_1", "dec_2"))
    again = msgspec.structs.replace(first, label="false_alarm", at=NOW + 1)
    for one in (first, other, again):
        store.appeals.label(one)
    assert store.appeals.labels() == [other, again]
    store.close()


@pytest.mark.parametrize("table", ["pardons", "labels", "decisions"])
def test_what_cannot_be_read_is_an_error_of_the_store(store: SqliteStore, table: str) -> None:
    keep(store, decision())
    store.pardon(pardon(decision()))
    store.appeals.label(label_of(decision(), "confirmed", at=NOW, by="Jo"))
    store._file.connection.execute(f"UPDATE {table} SET body = X'ff'")  # noqa: S608 - a name of the test's own
    reads: dict[str, Callable[[], object]] = {
        "pardons": lambda: store.pardoned(0),
        "labels": store.appeals.labels,
        "decisions": lambda: store.appeals.newest(ANNA),
    }
    with pytest.raises(StoreError, match="cannot be read"):
        reads[table]()
    store.close()


def test_forgetting_a_subject_takes_its_pardons_and_labels_along(store: SqliteStore) -> None:
    keep(store, decision())
    store.pardon(pardon(decision()))
    store.appeals.label(label_of(decision(), "confirmed", at=NOW, by="Jo"))
    store.audit.forget(ANNA)
    assert (store.pardoned(0).pardons, store.appeals.labels(), store.appeals.decision("dec_1")) == ((), [], None)
    store.close()
