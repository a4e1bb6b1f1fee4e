"""The book of attestations: an SQLite file of its own in the data folder, opened anew for each rare call.

It is no part of the store: what people write of themselves is kept apart from cases, and can be deleted as a file.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from gateway.decisions import Subject
from gateway.stores.base import StoreError
from gateway.verification.attestation import Attestation, State

FILE = "attestations.db"
MOST = 10_000  # kept; the oldest that are decided, then the oldest, make room
_WAIT = 2.0  # seconds that one process waits for another's write
_SCHEMA = """CREATE TABLE IF NOT EXISTS attestations
    (id TEXT PRIMARY KEY, at REAL NOT NULL, state TEXT NOT NULL, until REAL NOT NULL, body BLOB NOT NULL)"""
_ROOM = """DELETE FROM attestations WHERE id IN
    (SELECT id FROM attestations ORDER BY state = 'pending', at
     LIMIT max(0, (SELECT count(*) FROM attestations) - ?))"""

_write = msgspec.json.encode
_read = msgspec.json.Decoder(Attestation).decode


class Book:
    """What clients have said of themselves.

    Args:
        folder: the data folder.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE

    def file(self, attestation: Attestation) -> Attestation:
        """Keep what a client says, if nobody has decided on it yet; return what is kept."""
        with self._open() as connection:
            known = self._one(connection, attestation.id)
            if known is not None and known.state != "pending":
                return known
            self._put(connection, attestation)
            connection.execute(_ROOM, (MOST,))
        return attestation

    def one(self, identifier: str) -> Attestation | None:
        """Return an attestation, if there is one of this id."""
        with self._open() as connection:
            return self._one(connection, identifier)

    def all(self, state: State | None = None) -> list[Attestation]:
        """Return attestations, oldest first; only those of one state if it is named."""
        with self._open() as connection:
            rows = connection.execute(
                "SELECT body FROM attestations WHERE ? IS NULL OR state = ? ORDER BY at, id", (state, state)
            )
            return [_read(body) for (body,) in rows]

    def settle(self, attestation: Attestation) -> None:
        """Keep what was decided."""
        with self._open() as connection:
            self._put(connection, attestation)

    def verified(self, at: float) -> dict[Subject, float]:
        """Return the subjects that count as verified now, each with the end of it, seconds since the epoch."""
        if not self._file.exists():
            return {}
        with self._open() as connection:
            rows = connection.execute("SELECT body FROM attestations WHERE state = 'approved' AND until > ?", (at,))
            found = [_read(body) for (body,) in rows]
        return {one.subject: one.until for one in sorted(found, key=lambda one: one.until)}

    def _one(self, connection: sqlite3.Connection, identifier: str) -> Attestation | None:
        row = connection.execute("SELECT body FROM attestations WHERE id = ?", (identifier,)).fetchone()
        return _read(row[0]) if row else None

    def _put(self, connection: sqlite3.Connection, one: Attestation) -> None:
        values = (one.id, one.at, one.state, one.until, _write(one))
        connection.execute("INSERT OR REPLACE INTO attestations VALUES (?, ?, ?, ?, ?)", values)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open the file, readable by its owner only, in one transaction; drivers' errors become StoreError."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.touch(mode=0o600)
            with closing(sqlite3.connect(self._file, timeout=_WAIT)) as connection, connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(_SCHEMA)
                yield connection
        except (sqlite3.Error, OSError, msgspec.MsgspecError) as error:
            raise StoreError(f"the book of attestations: {error}") from error
