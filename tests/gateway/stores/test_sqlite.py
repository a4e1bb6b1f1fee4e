"""What only a file promises: transactions, several processes, migrations, and errors in words."""

import sqlite3
import threading
from pathlib import Path

import msgspec
import pytest

from gateway.actions.base import Charge
from gateway.decisions import Decision, Subject
from gateway.exchange import Entry
from gateway.journals.sqlite import SqliteJournal
from gateway.stores.base import Folded, Store, StoreError
from gateway.stores.sqlite import SqliteStore
from gateway.stores.sqlite_campaigns import TOGETHER
from gateway.stores.sqlite_file import FILE, MIGRATIONS

NOW = 1_800_000_000.0
ANNA = Subject("key", "anna")


def decision() -> Decision:
    return Decision(id="dec_1", subject=ANNA, action="watch", severity=1, at=NOW, until=NOW + 60)


def keep(store: Store, *subjects: Subject, at: float = NOW) -> None:
    store.commit(Folded(upto=0, cases=dict.fromkeys(subjects, b"case"), at=at))


def charge(burst: float = 10.0) -> Charge:
    return Charge(meter="requests", amount=1, rate=1.0, burst=burst)


def entry(name: str) -> Entry:
    return Entry(
        id=name, at=NOW, took=1.0, surface="openai.chat", model="m", subjects=(ANNA,), status=200, request=b"{}"
    )


def test_a_commit_that_fails_changes_nothing(tmp_path: Path) -> None:
    store, journal = SqliteStore(tmp_path), SqliteJournal(tmp_path)
    journal.append([entry("a")])
    bad = msgspec.structs.replace(decision(), parameters={"huge": 2**70})
    with pytest.raises(OverflowError, match="serialize"):
        store.commit(Folded(upto=1, cases={ANNA: b"x"}, decisions=[bad], at=NOW))
    assert (store.cases([ANNA]), journal.depth(), store.announced(0, NOW).decisions) == ({}, 1, ())
    store.commit(Folded(upto=1, cases={ANNA: b"x"}, at=NOW))
    assert (store.cases([ANNA]), journal.depth()) == ({ANNA: b"x"}, 0)
    journal.close()
    store.close()


def test_entries_are_acknowledged_once_and_a_second_time_is_an_error(tmp_path: Path) -> None:
    store, journal = SqliteStore(tmp_path), SqliteJournal(tmp_path)
    journal.append([entry("a")])
    store.commit(Folded(upto=1, cases={}, at=NOW))
    with pytest.raises(StoreError, match="folded already"):
        store.commit(Folded(upto=1, cases={ANNA: b"twice"}, at=NOW))
    assert store.cases([ANNA]) == {}
    journal.close()
    store.close()


def test_several_processes_see_one_meter(tmp_path: Path) -> None:
    allowed: list[bool] = []

    def spend() -> None:
        store = SqliteStore(tmp_path)
        allowed.extend(store.take(ANNA, [charge(burst=20.0)], NOW)[0].allowed for _ in range(10))
        store.close()

    threads = [threading.Thread(target=spend) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (allowed.count(True), allowed.count(False)) == (20, 20)


def test_very_many_old_cases_are_forgotten_over_several_commits(
    tmp_path: Path,
) -> None:
    store = SqliteStore(tmp_path, forget=3600.0)
    keep(store, *(Subject("key", str(n)) for n in range(2500)))
    sizes = []
    for second in range(3):
        keep(store, at=NOW + 7200 + second)
        sizes.append(store.size())
    assert sizes == [500, 0, 0]
    store.close()


def test_full_meters_are_purged(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    for number in range(50):
        store.take(Subject("key", str(number)), [charge()], NOW)
    store.take(ANNA, [charge()], NOW + 120)
    assert store._file.connection.execute("SELECT count(*) FROM meters").fetchone() == (1,)
    store.close()


def test_a_data_file_from_the_future_is_refused_in_words(tmp_path: Path) -> None:
    SqliteStore(tmp_path).close()
    connection = sqlite3.connect(tmp_path / FILE)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    with pytest.raises(StoreError, match="newer release"):
        SqliteStore(tmp_path)


def test_an_older_data_file_is_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = SqliteStore(tmp_path)
    keep(store, ANNA)
    store.close()
    monkeypatch.setattr("gateway.stores.sqlite_file.MIGRATIONS", (*MIGRATIONS, ("CREATE TABLE more (x)",)))
    store = SqliteStore(tmp_path)
    assert store._file.connection.execute("SELECT count(*) FROM more").fetchone() == (0,)
    assert set(store.cases([ANNA])) == {ANNA}
    store.close()


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    SqliteStore(tmp_path).close()
    with monkeypatch.context() as patch:
        patch.setattr("gateway.stores.sqlite_file.MIGRATIONS", (*MIGRATIONS, ("CREATE TABLE more (x)", "NONSENSE")))
        with pytest.raises(StoreError, match="syntax"):
            SqliteStore(tmp_path)
    store = SqliteStore(tmp_path)
    tables = store._file.connection.execute("SELECT name FROM sqlite_master").fetchall()
    assert ("more",) not in tables
    store.close()


def test_a_file_that_is_no_database_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database, certainly" * 200)
    with pytest.raises(StoreError, match="database"):
        SqliteStore(tmp_path)


def test_a_store_that_another_holds_is_a_store_error_after_its_wait(tmp_path: Path) -> None:
    store, other = SqliteStore(tmp_path, wait=0.05), SqliteStore(tmp_path)
    with other._file.change("test"), pytest.raises(StoreError, match="locked"):
        store.take(ANNA, [charge()], NOW)
    assert store.take(ANNA, [charge()], NOW)[0].allowed
    store.close()
    other.close()


def test_the_data_file_is_readable_to_its_owner_only(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "data")
    keep(store, ANNA)
    modes = {file.name: file.stat().st_mode & 0o077 for file in (tmp_path / "data").iterdir()}
    assert FILE in modes
    assert set(modes.values()) == {0}
    store.close()


def test_all_cases_of_a_scope_are_walked_while_others_are_written(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    keys = [Subject("key", f"k{n}") for n in range(TOGETHER + 3)]
    keep(store, *keys, *[Subject("user", f"u{n}") for n in range(5)])
    walk = store.each("key")
    first = next(walk)
    keep(store, keys[0], Subject("key", "late"))
    rest = list(walk)
    assert [first[0], *[subject for subject, _ in rest]] == [*keys, Subject("key", "late")]
    assert {body for _, body in rest} == {b"case"}
    assert list(store.each("account")) == []
    store.close()
