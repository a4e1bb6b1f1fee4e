"""Records that nobody else keeps, waiting in memory while the disk fails: a bounded number; the rest is counted."""

from collections.abc import Iterable

from gateway.decision_log.record import Record

MOST = 10_000  # records: some 20 MB at most


class Waiting:
    """A queue that says what it had to leave out."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._records: list[Record] = []
        self._lost: list[float] = []  # when the first and the last that did not fit happened
        self._lost_count = 0

    def __len__(self) -> int:
        return len(self._records) + bool(self._lost_count)

    def add(self, records: Iterable[Record]) -> None:
        """Let records wait; those that do not fit are lost, and counted."""
        for record in records:
            if len(self._records) < self._most:
                self._records.append(record)
            else:
                self._lost = [*self._lost[:1], record.at]
                self._lost_count += 1

    def all(self, at: float) -> list[Record]:
        """Return what waits, and after it what is missing since."""
        if not self._lost_count:
            return list(self._records)
        gap = {"lost": self._lost_count, "first_at": self._lost[0], "last_at": self._lost[-1]}
        return [*self._records, Record("gap", at, gap)]

    def clear(self) -> None:
        """Forget what waited: it is written."""
        self._records.clear()
        self._lost.clear()
        self._lost_count = 0
