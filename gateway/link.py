"""A proxy's one thread to disk: journal entries out, decisions in, meters asked.

The event loop never touches the store. ``post`` puts an entry on a bounded queue and returns at once; the thread
writes what has gathered, at most once per flush interval, and looks for new decisions ten times a second. A full
queue drops the newest entry and counts it: traffic never waits for analysis. While the store fails, entries wait
in the queue, and shared meters allow everything.
"""

import asyncio
import logging
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Protocol

from gateway import metrics
from gateway.actions.base import Allowance, Charge
from gateway.courier import Ask, Courier, Desk
from gateway.decisions import Decision, Subject
from gateway.exchange import Entry
from gateway.journals.base import Journal
from gateway.outbox import Outbox
from gateway.stores.base import Store, StoreError

PATIENCE = 0.25  # seconds that an exchange waits for a shared meter; then it passes
log = logging.getLogger("stillguard.link")


class Link(Protocol):
    """What the proxy sees of journal and store."""

    @property
    def standing(self) -> Mapping[Subject, Decision]:
        """Decisions that stand now, newest per subject; a plain dictionary in memory, expired ones taken out."""
        ...

    @property
    def campaigns(self) -> Mapping[Subject, Sequence[Subject]]:
        """Of each member of a campaign, the campaigns whose decisions reach it; a plain dictionary in memory."""
        ...

    def post(self, entry: Entry) -> bool:
        """Queue an entry for the journal; False if the queue is full and it was dropped (and counted)."""
        ...

    async def take(self, subject: Subject, charges: Sequence[Charge]) -> list[Allowance]:
        """Take charges from shared meters. If the store fails, all is allowed and the failure is counted."""
        ...

    def give(self, subject: Subject, charges: Sequence[Charge]) -> None:
        """Correct shared meters, soon, without waiting."""
        ...


class ThreadLink:
    """The link of a proxy process: ``start`` it before traffic, ``close`` it when the last exchange has ended.

    Args:
        open_journal: opens the journal, in the thread, and again after a failure.
        open_store: opens the store, likewise.
        entries: most entries that wait in memory.
        flush: shortest time between two writes, seconds.
    """

    def __init__(
        self,
        open_journal: Callable[[], Journal],
        open_store: Callable[[], Store],
        *,
        entries: int = 10_000,
        flush: float = 0.005,
    ) -> None:
        self._outbox = Outbox(entries)
        self._courier = Courier(partial(_desk, open_journal, open_store), self._outbox, flush)
        self._opened: queue.SimpleQueue[StoreError | None] = queue.SimpleQueue()
        self._thread = threading.Thread(
            target=self._courier.run, args=(self._opened.put,), name="stillguard-link", daemon=True
        )

    @property
    def standing(self) -> Mapping[Subject, Decision]:
        """Decisions that stand now; at most about 0.1 s behind the store."""
        return self._courier.register.decisions

    @property
    def campaigns(self) -> Mapping[Subject, Sequence[Subject]]:
        """Of each member of a campaign, the campaigns whose decisions reach it; as far behind."""
        return self._courier.register.campaigns

    def start(self) -> None:
        """Open journal and store and read the standing decisions; raises StoreError if that fails."""
        self._thread.start()
        fault = self._opened.get()
        if fault is not None:
            raise fault

    def post(self, entry: Entry) -> bool:
        """Queue an entry for the journal; False if the queue is full and it was dropped (and counted)."""
        kept = self._outbox.post(entry)
        if self._courier.asleep:
            self._courier.asleep = False
            self._courier.asks.put(None)
        return kept

    async def take(self, subject: Subject, charges: Sequence[Charge]) -> list[Allowance]:
        """Take charges from shared meters; without an answer in 0.25 s all is allowed, and that is counted."""
        answer: asyncio.Future[list[Allowance]] = asyncio.get_running_loop().create_future()
        self._courier.asks.put(Ask(subject, charges, answer))
        try:
            async with asyncio.timeout(PATIENCE):
                return await answer
        except (TimeoutError, StoreError):
            metrics.ERRORS.labels("guard_store").inc()
            return [Allowance(meter=c.meter, allowed=True, limit=c.burst, remaining=c.burst) for c in charges]

    def give(self, subject: Subject, charges: Sequence[Charge]) -> None:
        """Correct shared meters, soon, without waiting; lost if the store fails just then."""
        self._courier.asks.put(Ask(subject, charges, None))

    def close(self, timeout: float = 5.0) -> int:
        """Write what is left and end the thread; return the entries that could not be written in ``timeout`` seconds.

        It waits: call it from a thread, or when the loop has nothing else to do.
        """
        self._courier.closing.set()
        self._courier.asks.put(None)
        if self._thread.ident is not None:
            self._thread.join(timeout)
        self._courier.abandoned.set()
        self._courier.asks.put(None)
        lost = len(self._outbox)
        if lost:
            metrics.QUEUE_DROPPED.labels("closed").inc(lost)
            log.error("entries lost at the end", extra={"entries": lost})
        return lost


def _desk(open_journal: Callable[[], Journal], open_store: Callable[[], Store]) -> Desk:
    journal = open_journal()
    try:
        return Desk(journal, open_store())
    except StoreError:
        journal.close()
        raise
