"""An operator's request to forget a subject: left in the store for the analyst, or done here if no analyst runs."""

import time
from collections.abc import Callable

from gateway import clock
from gateway.decision_log.chronicle import Chronicle
from gateway.decision_log.forgetting import FORGET
from gateway.decisions import Subject
from gateway.stores.sqlite import SqliteStore

LONGEST = 60.0  # seconds until the command stops waiting for the analyst; it does it all the same
LOOK = 0.2  # seconds between two looks


class Erasing:
    """Forgets subjects in a store and in the log that follows it.

    Args:
        store: the guard's.
        chronicle: does the work if no other process holds the log.
        sleep: waits some seconds.
        also: erases a subject elsewhere, where no analyst does.
    """

    def __init__(
        self,
        store: SqliteStore,
        chronicle: Chronicle,
        sleep: Callable[[float], None] = time.sleep,
        also: Callable[[Subject], None] | None = None,
    ) -> None:
        self._store, self._chronicle, self._sleep, self._also = store, chronicle, sleep, also

    def forget(self, subject: Subject, by: str, reason: str) -> bool:
        """End what stands on a subject and have it forgotten; True once that is done."""
        at = clock.now()
        self._store.lift(subject, at)
        request = {"subject": str(subject), "by": by, "reason": reason}
        position = self._store.audit.note(FORGET, at, request)
        deadline = clock.monotonic() + LONGEST
        while not (done := self._is_done(position)) and clock.monotonic() < deadline:
            for gone in self._chronicle.follow():
                if self._also:
                    self._also(gone)
            self._sleep(LOOK)
        self._chronicle.close()
        return done and self._store.scrub()

    def _is_done(self, position: int) -> bool:
        return not self._store.audit.notes(position - 1, 1)
