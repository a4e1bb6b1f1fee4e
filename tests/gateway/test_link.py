import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from gateway.actions.base import Allowance, Charge
from gateway.clock import monotonic, now
from gateway.decisions import Decision, Subject
from gateway.exchange import Entry
from gateway.journals.memory import MemoryJournal
from gateway.journals.sqlite import SqliteJournal
from gateway.link import ThreadLink
from gateway.metrics import ERRORS
from gateway.stores.base import Folded, StoreError
from gateway.stores.memory import MemoryStore
from gateway.stores.sqlite import SqliteStore
from gateway.stores.sqlite_file import FILE

ANNA = Subject("key", "anna")
ONE = Charge(meter="requests", amount=1, rate=0.001, burst=3)


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


async def later(true: Callable[[], bool]) -> None:
    deadline = monotonic() + 10
    while not true():
        assert monotonic() < deadline, "nothing happened in 10 s"
        await asyncio.sleep(0.005)


class Slow(MemoryStore):
    """A store whose meters fail or answer never."""

    def __init__(self, fault: StoreError | None) -> None:
        super().__init__()
        self.fault = fault
        self.released = threading.Event()

    def take(self, subject: Subject, charges: Sequence[Charge], at: float) -> list[Allowance]:
        if self.fault:
            raise self.fault
        self.released.wait(10)
        return super().take(subject, charges, at)


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


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.link.PATIENCE", 60.0)  # a busy machine must not look like a failing store


def on_disk(folder: Path) -> ThreadLink:
    return ThreadLink(lambda: SqliteJournal(folder), lambda: SqliteStore(folder))


def test_posted_entries_reach_the_journal_in_order(tmp_path: Path) -> None:
    link = on_disk(tmp_path)
    link.start()
    names = [str(n) for n in range(3000)]
    assert all(link.post(entry(name)) for name in names)
    journal = SqliteJournal(tmp_path)
    until(lambda: journal.depth() == 3000)
    assert [e.id for e in journal.read(10_000).entries] == names
    journal.close()
    assert link.close() == 0


def test_closing_writes_what_is_left(tmp_path: Path) -> None:
    link = ThreadLink(lambda: SqliteJournal(tmp_path), lambda: SqliteStore(tmp_path), flush=3600)
    link.start()
    for name in range(2500):
        link.post(entry(str(name)))
    assert link.close() == 0
    journal = SqliteJournal(tmp_path)
    assert journal.depth() == 2500
    journal.close()


def test_decisions_that_stood_before_are_there_when_start_returns(linked: Linker) -> None:
    store = MemoryStore()
    store.commit(Folded(upto=0, cases={}, decisions=[decision(now() + 60)], at=now()))
    assert linked(MemoryJournal(), store).standing[ANNA].id == "dec_1"


def test_a_decision_arrives_and_is_lifted(tmp_path: Path) -> None:
    link, store = on_disk(tmp_path), SqliteStore(tmp_path)
    link.start()
    store.commit(Folded(upto=0, cases={}, decisions=[decision(now() + 60)], at=now()))
    until(lambda: ANNA in link.standing)
    store.lift(ANNA, now())
    until(lambda: ANNA not in link.standing)
    assert link.close() == 0
    store.close()


@pytest.mark.usefixtures("patient")
async def test_meters_are_shared_between_links(tmp_path: Path) -> None:
    links = [on_disk(tmp_path), on_disk(tmp_path)]
    for link in links:
        link.start()
    answers = [await links[n % 2].take(ANNA, [ONE]) for n in range(4)]
    assert [a[0].allowed for a in answers] == [True, True, True, False]
    links[0].give(ANNA, [Charge(meter="requests", amount=-1, rate=0.001, burst=3)])
    assert (await links[0].take(ANNA, [ONE]))[0].allowed
    for link in links:
        assert link.close() == 0


@pytest.mark.usefixtures("patient")
async def test_a_take_does_not_wait_for_the_flush_interval(linked: Linker) -> None:
    link = linked(MemoryJournal(), MemoryStore(), flush=3600)
    link.post(entry("a"))
    await later(lambda: not len(link._outbox))
    link.post(entry("b"))
    failures = ERRORS.labels("guard_store")._value.get()
    assert [(await link.take(ANNA, [ONE]))[0].allowed for _ in range(4)] == [True, True, True, False]
    assert ERRORS.labels("guard_store")._value.get() == failures


@pytest.mark.parametrize("fault", [None, StoreError("take: database is locked")])
async def test_a_meter_that_is_slow_or_fails_lets_pass_and_is_counted(linked: Linker, fault: StoreError | None) -> None:
    store = Slow(fault)
    link = linked(MemoryJournal(), store)
    failures = ERRORS.labels("guard_store")._value.get()
    (answer,) = await link.take(ANNA, [ONE])
    store.released.set()
    assert answer.allowed
    assert ERRORS.labels("guard_store")._value.get() == failures + 1


@pytest.mark.usefixtures("patient")
async def test_many_takes_at_once_are_answered_each(linked: Linker) -> None:
    link = linked(MemoryJournal(), MemoryStore())
    subjects = [Subject("key", str(n)) for n in range(200)]
    answers = await asyncio.gather(*(link.take(subject, [ONE]) for subject in subjects))
    assert all(a[0].remaining == pytest.approx(2) for a in answers)


def test_a_store_that_cannot_be_opened_stops_the_start(tmp_path: Path) -> None:
    SqliteStore(tmp_path).close()
    connection = sqlite3.connect(tmp_path / FILE)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="newer release"):
        on_disk(tmp_path).start()
