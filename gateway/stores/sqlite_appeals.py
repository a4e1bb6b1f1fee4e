"""The appeals' side of the SQLite store: uses of entitlements, pardons, labels, and a decision by its id."""

from collections.abc import Sequence
from typing import Any

import msgspec

from gateway.decisions import Decision, Subject
from gateway.pardons import Label, Pardon, Pardoned
from gateway.stores.base import StoreError
from gateway.stores.sqlite_file import SqliteFile

_BY_ID = "SELECT body FROM decisions WHERE instr(body, ?) ORDER BY position DESC"
_NEWEST = "SELECT body FROM decisions WHERE scope = ? AND value = ? ORDER BY position DESC LIMIT 1"
_LABELS = """SELECT body FROM labels WHERE position IN (SELECT max(position) FROM labels GROUP BY decision)
    ORDER BY position"""

_write = msgspec.msgpack.Encoder().encode
_decision = msgspec.msgpack.Decoder(Decision).decode
_pardon = msgspec.msgpack.Decoder(Pardon).decode
_label = msgspec.msgpack.Decoder(Label).decode


def keep_pardon(connection: Any, pardon: Pardon) -> None:
    """Keep a pardon within a transaction of the store."""
    query = "INSERT INTO pardons (scope, value, body) VALUES (?, ?, ?)"
    connection.execute(query, (*pardon.subject, _write(pardon)))


class SqliteAppeals:
    """What is kept of appeals in a SQLite store."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def uses(self, keys: Sequence[tuple[str, float]]) -> dict[tuple[str, float], bytes]:
        """Return the uses known of entitlements, by name and the time their window began."""
        found = {}
        with self._file.call("uses") as connection:
            for key in keys:
                row = connection.execute("SELECT body FROM uses WHERE entitlement = ? AND since = ?", key).fetchone()
                if row is not None:
                    found[key] = bytes(row[0])
        return found

    def pardoned(self, after: int) -> Pardoned:
        """Return the pardons given after a position."""
        with self._file.call("pardoned") as connection:
            query = "SELECT position, body FROM pardons WHERE position > ? ORDER BY position"
            rows = connection.execute(query, (after,)).fetchall()
        try:
            return Pardoned(rows[-1][0] if rows else after, tuple(_pardon(body) for _, body in rows))
        except msgspec.MsgspecError as error:
            raise StoreError(f"a stored pardon cannot be read: {error}") from error

    def decision(self, name: str) -> Decision | None:
        """Return the decision of an id as it was last announced; None if there is none."""
        with self._file.call("decision") as connection:
            rows = connection.execute(_BY_ID, (name.encode(),)).fetchall()
        found = (self._read(body) for (body,) in rows)
        return next((decision for decision in found if decision.id == name), None)

    def newest(self, subject: Subject) -> Decision | None:
        """Return the newest decision on a subject, whether or not it stands; None if there never was one."""
        with self._file.call("newest") as connection:
            row = connection.execute(_NEWEST, subject).fetchone()
        return self._read(row[0]) if row else None

    @staticmethod
    def _read(body: bytes) -> Decision:
        try:
            return _decision(body)
        except msgspec.MsgspecError as error:
            raise StoreError(f"a stored decision cannot be read: {error}") from error

    def label(self, label: Label) -> None:
        """Keep a label; the newest of a decision counts."""
        query = "INSERT INTO labels (decision, scope, value, body) VALUES (?, ?, ?, ?)"
        with self._file.change("label") as connection:
            connection.execute(query, (label.decision, *label.subject, _write(label)))

    def labels(self) -> list[Label]:
        """Return the newest label of each decision, oldest first."""
        with self._file.call("labels") as connection:
            rows = connection.execute(_LABELS).fetchall()
        try:
            return [_label(body) for (body,) in rows]
        except msgspec.MsgspecError as error:
            raise StoreError(f"a stored label cannot be read: {error}") from error
