import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from gateway.clock import monotonic, now
from gateway.decisions import Decision, Subject
from gateway.exchange import Entry
from gateway.journals.memory import MemoryJournal
from gateway.journals.sqlite import SqliteJournal
from gateway.link import ThreadLink
from gateway.metrics import QUEUE_DROPPED
from gateway.stores.base import Announced, Folded, StoreError
from gateway.stores.memory import MemoryStore
from gateway.stores.sqlite import SqliteStore

ANNA = Subject("key", "anna")


def entry(name: str, size: int = 2) -> Entry:
    return Entry(
        id=name, at=1.0, took=1.0, surface="openai.chat", model="m", subjects=(ANNA,), status=200, request=bytes(size)
    )


def decision(until: float, subject: Subject = ANNA) -> Decision:
    return Decision(id="dec_1", subject=subject, action="watch", severity=1, at=now(), until=until)


def until(true: Callable[[], bool]) -> None:
    deadline = monotonic() + 10
    while not true():
        assert monotonic() < deadline, "nothing happened in 10 s"
        asyncio.run(asyncio.sleep(0.005))


class Broken(MemoryJournal):
    """A journal that refuses until told otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.broken = True
        self.tried = 0

    def append(self, entries: Sequence[Entry]) -> int:
        self.tried += 1
        if self.broken:
            raise StoreError("append: disk I/O error")
        return super().append(entries)


Linker = Callable[..., ThreadLink]


@pytest.fixture
def linked() -> Iterator[Linker]:
    links: list[ThreadLink] = []

    def maker(journal: object, store: object, **options: float) -> ThreadLink:
        link = ThreadLink(lambda: journal, lambda: store, **options)  # type: ignore[arg-type,return-value]  # doubles
        links.append(link)
        link.start()
        return link

    yield maker
    for link in links:
        link.close(2.0)


def test_a_full_queue_drops_the_newest_and_counts_it(linked: Linker) -> None:
    journal = Broken()
    link = linked(journal, MemoryStore(), entries=10)
    dropped = QUEUE_DROPPED.labels("full")._value.get()
    posted = [link.post(entry(str(n))) for n in range(40)]
    lost = posted.count(False)
    assert lost >= 1
    assert QUEUE_DROPPED.labels("full")._value.get() - dropped == lost
    journal.broken = False
    kept = [str(n) for n, ok in enumerate(posted) if ok]
    until(lambda: journal.depth() == len(kept))
    assert [e.id for e in journal.read(100).entries] == kept


def test_entries_wait_while_the_journal_fails_and_come_in_order_afterwards(linked: Linker) -> None:
    journal = Broken()
    link = linked(journal, MemoryStore())
    names = [str(n) for n in range(50)]
    for name in names:
        link.post(entry(name))
    until(lambda: journal.tried >= 2)
    assert journal.depth() == 0
    journal.broken = False
    until(lambda: journal.depth() == 50)
    assert [e.id for e in journal.read(100).entries] == names


def test_closing_over_a_broken_journal_ends_and_says_how_much_is_lost(linked: Linker) -> None:
    link = linked(Broken(), MemoryStore())
    link.post(entry("a"))
    assert link.close(0.2) == 1


def test_what_the_disk_has_no_room_for_is_counted(linked: Linker) -> None:
    dropped = QUEUE_DROPPED.labels("disk")._value.get()
    link = linked(MemoryJournal(capacity=10), MemoryStore())
    link.post(entry("a", 1000))
    until(lambda: QUEUE_DROPPED.labels("disk")._value.get() == dropped + 1)


def test_a_store_lost_while_running_is_opened_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    opened: list[SqliteStore] = []

    def reopen() -> SqliteStore:
        opened.append(SqliteStore(tmp_path))
        return opened[-1]

    link = ThreadLink(lambda: SqliteJournal(tmp_path), reopen)
    link.start()
    with caplog.at_level(logging.WARNING, "stillguard.link"):
        opened[0].close()
        until(lambda: len(opened) == 2)
    assert "store failed" in caplog.text
    link.post(entry("a"))
    assert link.close() == 0
    journal = SqliteJournal(tmp_path)
    assert journal.depth() == 1
    journal.close()


def test_the_register_stays_right_when_announcements_fail_now_and_then(linked: Linker) -> None:
    class Flaky(MemoryStore):
        calls = 0

        def announced(self, after: int, at: float) -> Announced:
            self.calls += 1
            if self.calls % 2 == 0:
                raise StoreError("announced: disk I/O error")
            return super().announced(after, at)

    store = Flaky()
    link = linked(MemoryJournal(), store)
    store.commit(Folded(upto=0, cases={}, decisions=[decision(now() + 60)], at=now()))
    until(lambda: ANNA in link.standing)
