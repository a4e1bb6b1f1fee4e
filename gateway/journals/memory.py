"""The journal in memory: for replay and tests. Nothing outlives the process."""

from collections import deque
from collections.abc import Sequence

from gateway.exchange import Entry
from gateway.journals.base import Batch
from gateway.journals.rows import Row, opened, rows


class MemoryJournal:
    """A journal for one process and one thread; hand ``acknowledge`` to its store.

    Args:
        capacity: bytes that may wait; entries over it are dropped.
    """

    def __init__(self, *, capacity: int = 1 << 30) -> None:
        self._rows: deque[tuple[int, Row]] = deque()
        self._capacity = capacity
        self._last = 0
        self._entries = 0

    def append(self, entries: Sequence[Entry]) -> int:
        """Add entries in order and return how many were kept."""
        kept = 0
        for row in rows(entries):
            if len(row.body) > self._capacity:
                break
            self._capacity -= len(row.body)
            self._last += 1
            self._rows.append((self._last, row))
            kept += row.entries
        self._entries += kept
        return kept

    def read(self, limit: int) -> Batch:
        """Return the oldest entries that are not acknowledged, in whole rows."""
        upto = corrupt = 0
        entries: list[Entry] = []
        for position, row in self._rows:
            found = opened(row.body)
            entries += found.entries
            corrupt += len(found.faults)
            upto = position
            if len(entries) >= limit:
                break
        return Batch(upto, tuple(entries), corrupt)

    def acknowledge(self, upto: int) -> None:
        """Drop the rows up to a position: they are folded."""
        while self._rows and self._rows[0][0] <= upto:
            _, row = self._rows.popleft()
            self._capacity += len(row.body)
            self._entries -= row.entries

    def depth(self) -> int:
        """Return the number of entries that wait."""
        return self._entries

    def close(self) -> None:
        """Nothing is held."""
