"""What every journal promises, tried on each of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.contracts.journals import JournalContract, Pair, Pairs, entry
from gateway.journals.memory import MemoryJournal
from gateway.journals.sqlite import SqliteJournal
from gateway.stores.base import StoreError
from gateway.stores.memory import MemoryStore
from gateway.stores.sqlite import SqliteStore
from gateway.stores.sqlite_file import SqliteFile

MARK = b"the orchard keeps its own counsel"


@pytest.fixture(params=["memory", "sqlite"])
def open_pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pairs]:
    made: list[Pair] = []

    def maker(capacity: int = 1 << 30) -> Pair:
        if request.param == "memory":
            journal = MemoryJournal(capacity=capacity)
            made.append(Pair(journal, MemoryStore(journal.acknowledge)))
        else:
            made.append(Pair(SqliteJournal(tmp_path, capacity=capacity), SqliteStore(tmp_path)))
        return made[-1]

    yield maker
    for pair in made:
        pair.journal.close()
        pair.store.close()


class TestEachJournal(JournalContract):
    """The fixture ``open_pair`` opens each in turn."""


# what only a file promises


def corrupted(folder: Path, position: int, body: bytes) -> None:
    file = SqliteFile(folder)
    file.connection.execute("UPDATE journal SET body = ? WHERE position = ?", (body, position))
    file.close()


def test_a_corrupt_row_is_set_aside_without_its_text_and_the_rest_is_folded(tmp_path: Path) -> None:
    pair = Pair(SqliteJournal(tmp_path), SqliteStore(tmp_path))
    for name in "abc":
        pair.journal.append([entry(name)])
    corrupted(tmp_path, 2, b"\xc1" + MARK)
    for _ in range(2):
        batch = pair.journal.read(10)
        assert ([e.id for e in batch.entries], batch.corrupt) == (["a", "c"], 1)
    assert pair.fold() == ["a", "c"]
    notes = SqliteFile(tmp_path)
    assert notes.connection.execute("SELECT * FROM quarantine").fetchall() == [(2, 0, len(MARK) + 1)]
    notes.close()
    assert pair.journal.depth() == 0
    assert pair.store.scrub()
    assert traces(tmp_path) == []
    pair.journal.close()
    pair.store.close()


def test_a_batch_of_corrupt_rows_alone_is_acknowledged_too(tmp_path: Path) -> None:
    pair = Pair(SqliteJournal(tmp_path), SqliteStore(tmp_path))
    pair.journal.append([entry("a")])
    corrupted(tmp_path, 1, b"\xc1")
    assert pair.journal.read(10).upto == 1
    assert pair.fold() == []
    assert pair.journal.read(10).upto == 0
    pair.journal.close()
    pair.store.close()


def test_notes_of_corrupt_rows_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.journals.sqlite.QUARANTINE", 10)
    journal = SqliteJournal(tmp_path)
    for first in range(0, 50, 5):
        journal._set_aside([(first + n, 0, 7) for n in range(5)])
    rows_kept = journal._file.connection.execute("SELECT position FROM quarantine").fetchall()
    assert [position for (position,) in rows_kept] == list(range(40, 50))
    journal.close()


def test_a_second_reader_stands_by_until_the_first_is_closed(tmp_path: Path) -> None:
    first, second = SqliteJournal(tmp_path), SqliteJournal(tmp_path)
    second.append([entry("a")])
    assert len(first.read(10).entries) == 1
    assert second.read(10).entries == ()
    assert second.depth() == 1
    first.close()
    assert len(second.read(10).entries) == 1
    second.close()


def traces(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if MARK in file.read_bytes()]


def test_prompts_are_gone_from_every_file_once_folded_and_scrubbed(tmp_path: Path) -> None:
    pair = Pair(SqliteJournal(tmp_path), SqliteStore(tmp_path))
    for size in [1, 2, 3, 40, 200, 900, 3000, 9000, 70_000] * 6:
        pair.journal.append([entry(f"{n}", MARK + b" " + bytes(size)) for n in range(size % 7 + 1)])
        if size == 3000:
            pair.fold(5)
    assert traces(tmp_path) != []
    while pair.fold(20):
        pass
    assert pair.store.scrub()
    assert traces(tmp_path) == []
    pair.journal.close()
    pair.store.close()
    assert traces(tmp_path) == []


def test_a_scrub_that_a_reader_holds_up_says_so(tmp_path: Path) -> None:
    pair = Pair(SqliteJournal(tmp_path), SqliteStore(tmp_path, wait=0.05))
    reader = SqliteFile(tmp_path)
    reader.connection.execute("BEGIN")
    reader.connection.execute("SELECT count(*) FROM journal").fetchone()
    pair.journal.append([entry("a", MARK)])
    pair.fold()
    assert not pair.store.scrub()
    reader.connection.execute("COMMIT")
    assert pair.store.scrub()
    reader.close()
    pair.journal.close()
    pair.store.close()


def test_a_journal_that_cannot_write_raises_store_error(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    journal._file.connection.execute("PRAGMA query_only=ON")
    with pytest.raises(StoreError, match="append"):
        journal.append([entry("a")])
    journal._file.connection.execute("PRAGMA query_only=OFF")
    assert journal.append([entry("a")]) == 1
    journal.close()


def test_a_full_disk_raises_store_error_and_keeps_what_was_there(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    journal.append([entry("a")])
    pages = journal._file.connection.execute("PRAGMA page_count").fetchone()[0]
    journal._file.connection.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StoreError, match="full"):
        journal.append([entry("b", bytes(100_000))])
    assert [e.id for e in journal.read(10).entries] == ["a"]
    journal.close()
