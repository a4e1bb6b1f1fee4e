"""The analyst over a real file, in threads of its own."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from detectors.base import Baseline
from gateway.analyst import Analyst
from gateway.clock import monotonic, now
from gateway.config import Analysis
from gateway.dialects.known import Dialects
from gateway.engine import unseal
from gateway.exchange import Entry
from gateway.features import Features
from gateway.intake import Intake
from gateway.journals.sqlite import SqliteJournal
from gateway.link import ThreadLink
from gateway.stores.base import Folded, Store, StoreError
from gateway.stores.sqlite import SqliteStore
from tests.gateway.folding import ANNA, MARK, PANEL, AfterExchanges, entry


def many(count: int, prefix: str = "e", **other: object) -> list[Entry]:
    return [entry(f"{prefix}{n}", **other) for n in range(count)]  # type: ignore[arg-type]  # by name


def analyst_on(folder: Path) -> tuple[Analyst, Store, SqliteJournal]:
    store, journal = SqliteStore(folder), SqliteJournal(folder)
    intake = Intake(Dialects(), Features(b"salt" * 8))
    return Analyst(journal, store, intake, PANEL, AfterExchanges(), Baseline()), store, journal


def until(true: Callable[[], bool]) -> None:
    deadline = monotonic() + 20
    waiting = threading.Event()
    while not true():
        assert monotonic() < deadline, "nothing happened in 20 s"
        waiting.wait(0.005)


def traces(folder: Path) -> Sequence[str]:
    return [file.name for file in folder.iterdir() if MARK.encode() in file.read_bytes()]


def test_a_decision_reaches_the_proxies_and_the_prompts_are_gone(tmp_path: Path) -> None:
    analyst, store, journal = analyst_on(tmp_path)
    stop = threading.Event()
    thread = threading.Thread(target=analyst.run, args=(stop,))
    thread.start()
    link = ThreadLink(lambda: SqliteJournal(tmp_path), lambda: SqliteStore(tmp_path))
    link.start()
    for one in many(6, at=now()):
        link.post(one)
    until(lambda: ANNA in link.standing)
    until(lambda: not traces(tmp_path))
    assert link.close() == 0
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert journal.depth() == 0
    journal.close()
    store.close()


def test_an_analyst_told_to_stop_folds_what_waits(tmp_path: Path) -> None:
    analyst, store, journal = analyst_on(tmp_path)
    journal.append(many(2000))
    stop = threading.Event()
    stop.set()
    analyst.run(stop)
    assert journal.depth() == 0
    assert not traces(tmp_path)
    journal.close()
    store.close()


def test_a_second_analyst_stands_by_and_takes_over(tmp_path: Path) -> None:
    first, store, journal = analyst_on(tmp_path)
    second, other_store, other_journal = analyst_on(tmp_path)
    journal.append(many(3))
    assert first.step() == 3
    journal.append(many(3, "f"))
    assert second.step() == 0
    journal.close()
    assert second.step() == 3
    (case,) = other_store.cases([ANNA]).values()
    assert unseal(PANEL, case).folio.harvest.exchanges == 6
    other_journal.close()
    store.close()
    other_store.close()


def test_a_store_that_fails_now_and_then_does_not_end_the_run(tmp_path: Path) -> None:
    class Flaky(SqliteStore):
        calls = 0

        def commit(self, folded: Folded) -> None:
            self.calls += 1
            if self.calls % 2:
                raise StoreError("commit: disk I/O error")
            super().commit(folded)

    store, journal = Flaky(tmp_path), SqliteJournal(tmp_path)
    intake = Intake(Dialects(), Features(b"salt" * 8))
    analyst = Analyst(journal, store, intake, PANEL, AfterExchanges(), Baseline(), Analysis(batch=1))
    journal.append(many(2))
    journal.append(many(2, "f"))
    stop = threading.Event()
    thread = threading.Thread(target=analyst.run, args=(stop,))
    thread.start()
    until(lambda: journal.depth() == 0)
    stop.set()
    thread.join(10)
    (case,) = store.cases([ANNA]).values()
    assert unseal(PANEL, case).folio.harvest.exchanges == 4
    journal.close()
    store.close()
