"""The journal in the SQLite file: any number of proxies append, one analyst reads."""

from collections.abc import Sequence
from pathlib import Path

from gateway.exchange import Entry
from gateway.journals.base import Batch
from gateway.journals.rows import opened, rows
from gateway.stores.lease import Lease
from gateway.stores.sqlite_file import SqliteFile

READ_BYTES = 64 << 20  # bytes: a reader stops there, whatever its limit
QUARANTINE = 10_000  # most notes of damaged entries kept: position, place and length, never their bytes


class SqliteJournal:
    """The journal of the embedded default. Appended entries survive the death of any process.

    Exactly once: entries are deleted in the transaction that keeps what they were folded into, and only the
    holder of a lease reads them. A second analyst stands by: it reads nothing until the first is closed or dead.

    Args:
        folder: the data folder.
        capacity: bytes that may wait; entries over it are dropped.
        wait: seconds that a call waits for another process's write before it fails.
    """

    def __init__(self, folder: Path, *, capacity: int = 1 << 30, wait: float = 5.0) -> None:
        self._file = SqliteFile(folder, wait)
        self._capacity = capacity
        self._lease = Lease(folder / "analyst.lock")

    def append(self, entries: Sequence[Entry]) -> int:
        """Add entries in order and return how many were kept."""
        packed = list(rows(entries))
        kept = 0
        with self._file.change("append") as connection:
            room = self._capacity - self._file.total("bytes")
            for row in packed:
                if len(row.body) > room:
                    break
                connection.execute(
                    "INSERT INTO journal (entries, bytes, body) VALUES (?, ?, ?)",
                    (row.entries, len(row.body), row.body),
                )
                room -= len(row.body)
                kept += row.entries
        return kept

    def read(self, limit: int) -> Batch:
        """Return the oldest entries that are not acknowledged, in whole rows; damaged ones are set aside."""
        if not self._lease.take():
            return Batch()
        upto = size = 0
        entries: list[Entry] = []
        faults: list[tuple[int, int, int]] = []
        with self._file.call("read") as connection:
            cursor = connection.execute("SELECT position, body FROM journal ORDER BY position")
            for position, body in cursor:
                row = opened(body)
                entries += row.entries
                faults += [(position, place, length) for place, length in row.faults]
                upto, size = position, size + len(body)
                if len(entries) >= limit or size >= READ_BYTES:
                    break
            cursor.close()
        if faults:
            self._set_aside(faults)
        return Batch(upto, tuple(entries), len(faults))

    def _set_aside(self, faults: Sequence[tuple[int, int, int]]) -> None:
        """Note damaged entries; they are deleted with the rest of their row. Read twice, they are noted once."""
        with self._file.change("quarantine") as connection:
            connection.executemany("INSERT OR IGNORE INTO quarantine VALUES (?, ?, ?)", faults)
            connection.execute(
                "DELETE FROM quarantine WHERE position <= "
                "(SELECT position FROM quarantine ORDER BY position DESC LIMIT 1 OFFSET ?)",
                (QUARANTINE,),
            )

    def depth(self) -> int:
        """Return the number of entries that wait."""
        with self._file.call("depth"):
            return self._file.total("entries")

    def close(self) -> None:
        """Close the connection and give the lease back."""
        self._file.close()
        self._lease.release()
