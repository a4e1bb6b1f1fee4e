"""What a link's thread does: write what has gathered, ask meters, look for decisions, and get over failures."""

import asyncio
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

from gateway import metrics
from gateway.actions.base import Allowance, Charge
from gateway.clock import monotonic, now
from gateway.decisions import Subject
from gateway.journals.base import Journal
from gateway.outbox import Outbox
from gateway.register import Register
from gateway.stores.base import Store, StoreError

LOOK = 0.1  # seconds between two looks for new decisions
PAUSE, LONGEST_PAUSE = 0.05, 2.0  # seconds before the next attempt after a failure; it doubles
BATCH, BATCH_BYTES = 1024, 16 << 20  # entries and bytes of one write: others wait for the file meanwhile
_DISK = metrics.QUEUE_DROPPED.labels("disk")
log = logging.getLogger("stillguard.link")


class Ask(NamedTuple):
    """Charges for shared meters; ``answer`` is None for a correction, for which nobody waits."""

    subject: Subject
    charges: Sequence[Charge]
    answer: asyncio.Future[list[Allowance]] | None


class Desk(NamedTuple):
    """An open journal and an open store."""

    journal: Journal
    store: Store


class Courier:
    """Runs in a thread of its own. Other threads touch ``outbox.post``, ``asks``, ``asleep`` and the events only.

    Args:
        open_desk: opens journal and store, in the thread, and again after a failure.
        outbox: entries to write.
        flush: shortest time between two writes, seconds.
    """

    def __init__(self, open_desk: Callable[[], Desk], outbox: Outbox, flush: float) -> None:
        self._open_desk = open_desk
        self._outbox = outbox
        self._flush = flush
        self._pause = PAUSE
        self.register = Register(members=True)
        self.asks: queue.SimpleQueue[Ask | None] = queue.SimpleQueue()  # None only wakes the thread
        self.asleep = False  # True while a posted entry must wake the thread
        self.closing = threading.Event()  # end as soon as all is written
        self.abandoned = threading.Event()  # end now

    def run(self, opened: Callable[[StoreError | None], None]) -> None:
        """Work until closed; tell ``opened`` how the first opening went. A first failure ends it, later ones do not."""
        try:
            desk = self._open()
        except StoreError as error:
            opened(error)
            return
        opened(None)
        while True:
            try:
                self._work(desk)
            except StoreError as error:
                _close(desk)
                reopened = self._recover(error)
                if reopened is None:
                    return
                desk = reopened
            else:
                _close(desk)
                return

    def _open(self) -> Desk:
        desk = self._open_desk()
        try:
            self.register.follow(desk.store, now())
        except StoreError:
            _close(desk)
            raise
        return desk

    def _recover(self, error: StoreError) -> Desk | None:
        """Try until the store opens again; answer asks with the error meanwhile. None if all is done."""
        while not self.abandoned.is_set() and (self._outbox or not self.closing.is_set()):
            log.warning("store failed", extra={"error": str(error), "retry_in": self._pause})
            until = monotonic() + self._pause
            while (left := until - monotonic()) > 0 and not self.abandoned.is_set():
                with suppress(queue.Empty):
                    _answer(self.asks.get(timeout=left), error)
            self._pause = min(2 * self._pause, PAUSE if self.closing.is_set() else LONGEST_PAUSE)
            try:
                return self._open()
            except StoreError as again:
                error = again
        return None

    def _work(self, desk: Desk) -> None:
        """Serve until closed and empty."""
        next_flush = next_look = 0.0
        while not self.abandoned.is_set():
            closing = self.closing.is_set()
            if self._outbox and (closing or monotonic() >= next_flush):
                self._write(desk.journal)
                next_flush = monotonic() + self._flush
            if monotonic() >= next_look:
                self.register.follow(desk.store, now())
                next_look = monotonic() + LOOK
            if closing and not self._outbox and self.asks.empty():
                return
            self._serve(desk.store, next_flush, 0.0 if closing else next_look)

    def _serve(self, store: Store, next_flush: float, next_look: float) -> None:
        """Wait for one ask until there is something else to do, and answer it."""
        self.asleep = not self._outbox
        due = min(next_flush, next_look) if self._outbox else next_look  # one posted just now is seen here
        try:
            ask = self.asks.get(timeout=max(0.0, due - monotonic()))
        except queue.Empty:
            return
        finally:
            self.asleep = False
        if ask is None or (ask.answer is not None and ask.answer.done()):  # it has given up: take nothing
            return
        try:
            if ask.answer is None:
                store.give(ask.subject, ask.charges, now())
            else:
                _answer(ask, store.take(ask.subject, ask.charges, now()))
        except StoreError as error:
            _answer(ask, error)
            raise

    def _write(self, journal: Journal) -> None:
        batch = self._outbox.take(BATCH, BATCH_BYTES)
        try:
            kept = journal.append(batch)
        except StoreError:
            self._outbox.put_back(batch)
            raise
        finally:
            metrics.QUEUE.set(len(self._outbox))
        metrics.JOURNAL_APPENDED.inc(kept)
        _DISK.inc(len(batch) - kept)
        self._pause = PAUSE


def _close(desk: Desk) -> None:
    desk.journal.close()
    desk.store.close()


def _answer(ask: Ask | None, result: list[Allowance] | StoreError) -> None:
    """Hand the result to the loop that waits for it; that loop may have ended."""
    if ask is not None and ask.answer is not None:
        with suppress(RuntimeError):
            ask.answer.get_loop().call_soon_threadsafe(_settle, ask.answer, result)


def _settle(answer: asyncio.Future[list[Allowance]], result: list[Allowance] | StoreError) -> None:
    if answer.done():
        return
    if isinstance(result, StoreError):
        answer.set_exception(result)
    else:
        answer.set_result(result)
