"""The decisions that the data file has kept, lapsed and lifted ones too: by id, by subject, or all in order."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from gateway.decisions import Decision, Subject
from gateway.stores.base import StoreError
from gateway.stores.sqlite_file import SqliteFile

TOGETHER: Final = 500  # decisions read at a time: a few MiB
# An id stands in the body as it is: a scan inside the database is a hundred times cheaper than decoding every body.
_OF_ID = "SELECT body FROM decisions WHERE instr(body, CAST(? AS BLOB)) > 0 ORDER BY position"
_NEWEST = "SELECT body FROM decisions WHERE scope = ? AND value = ? ORDER BY position DESC LIMIT 1"
_ON = "SELECT body FROM decisions WHERE scope = ? AND value = ? ORDER BY position DESC LIMIT ?"
_EACH = "SELECT position, body FROM decisions WHERE position > ? ORDER BY position LIMIT ?"

_read = msgspec.msgpack.Decoder(Decision).decode


class KeptDecisions:
    """Reads what was decided; writes nothing.

    Args:
        folder: the data folder of a guard that has run.
        wait: seconds that a call waits for another process's write before it fails.
    """

    def __init__(self, folder: Path, wait: float = 5.0) -> None:
        self._file = SqliteFile(folder, wait)

    def of(self, name: str) -> Sequence[Decision]:
        """Return all that was announced under an id, oldest first: as taken, then as lifted."""
        with self._file.call("of") as connection:
            rows = connection.execute(_OF_ID, (name,)).fetchall()
        return [decision for (body,) in rows if (decision := _decoded(body)).id == name]

    def newest(self, subject: Subject) -> Decision | None:
        """Return what was announced last on a subject."""
        with self._file.call("newest") as connection:
            row = connection.execute(_NEWEST, subject).fetchone()
        return _decoded(row[0]) if row else None

    def on(self, subject: Subject) -> Sequence[Decision]:
        """Return the newest that was announced on a subject, at most TOGETHER, oldest first."""
        with self._file.call("on") as connection:
            rows = connection.execute(_ON, (*subject, TOGETHER)).fetchall()
        return [_decoded(body) for (body,) in reversed(rows)]

    def each(self) -> Iterator[Decision]:
        """Yield everything announced, oldest first; others may write meanwhile."""
        after = 0
        while True:
            with self._file.call("each") as connection:
                rows = connection.execute(_EACH, (after, TOGETHER)).fetchall()
            if not rows:
                return
            for _, body in rows:
                yield _decoded(body)
            after = rows[-1][0]

    def close(self) -> None:
        """Close the connection."""
        self._file.close()


def _decoded(body: bytes) -> Decision:
    try:
        return _read(body)
    except msgspec.MsgspecError as error:
        raise StoreError(f"a stored decision cannot be read: {error}") from error
