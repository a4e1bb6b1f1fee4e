"""The log's side of the SQLite store: decisions in order, notes for the decision log, and forgetting a subject."""

from typing import Any

import msgspec

from gateway.decisions import Decision, Subject
from gateway.stores.audit import Decided, Extent, Note
from gateway.stores.base import StoreError
from gateway.stores.sqlite_file import SqliteFile

# Every table that names subjects by scope and value, those of later releases included.
_NAMING = """SELECT name FROM sqlite_master AS m WHERE type = 'table' AND
    (SELECT count(*) FROM pragma_table_info(m.name) WHERE name IN ('scope', 'value')) = 2 ORDER BY name"""
_DECIDED = """SELECT d.position, d.body, (SELECT body FROM decisions WHERE scope = d.scope AND value = d.value
    AND position < d.position ORDER BY position DESC LIMIT 1)
    FROM decisions AS d WHERE d.position > ? ORDER BY d.position LIMIT ?"""
_NEWEST = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0)"

_decision = msgspec.msgpack.Decoder(Decision).decode
_body = msgspec.json.Decoder(dict[str, Any]).decode
_write = msgspec.json.Encoder().encode


def keep_note(connection: Any, kind: str, at: float, body: dict[str, Any]) -> int:
    """Keep a note within a transaction of the store; return its position."""
    try:
        written = _write(body)
    except (TypeError, ValueError) as error:  # half a character that a terminal gave, for instance
        raise StoreError(f"this cannot be noted: {error}") from error
    query = "INSERT INTO audit (kind, at, body) VALUES (?, ?, ?)"
    return int(connection.execute(query, (kind, at, written)).lastrowid or 0)


class SqliteAudit:
    """What the decision log reads of, and asks of, a SQLite store."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def note(self, kind: str, at: float, body: dict[str, Any]) -> int:
        """Leave a note for the decision log; return its position."""
        with self._file.change("note") as connection:
            return keep_note(connection, kind, at, body)

    def notes(self, after: int, limit: int) -> list[Note]:
        """Return notes after a position, oldest first."""
        query = "SELECT seq, kind, at, body FROM audit WHERE seq > ? ORDER BY seq LIMIT ?"
        with self._file.call("notes") as connection:
            rows = connection.execute(query, (after, limit)).fetchall()
        try:
            return [Note(position, kind, at, _body(body)) for position, kind, at, body in rows]
        except msgspec.MsgspecError as error:
            raise StoreError(f"a note for the decision log cannot be read: {error}") from error

    def settle(self, upto: int) -> None:
        """Delete the notes up to a position: the log holds them."""
        with self._file.change("settle") as connection:
            connection.execute("DELETE FROM audit WHERE seq <= ?", (upto,))

    def decided(self, after: int, limit: int) -> list[Decided]:
        """Return all decisions announced after a position, oldest first."""
        with self._file.call("decided") as connection:
            rows = connection.execute(_DECIDED, (after, limit)).fetchall()
        try:
            return [_decided(position, body, before) for position, body, before in rows]
        except msgspec.MsgspecError as error:
            raise StoreError(f"a stored decision cannot be read: {error}") from error

    def extent(self) -> Extent:
        """Return which store it is, and the highest positions ever given."""
        with self._file.call("extent") as connection:
            decisions, notes = (connection.execute(_NEWEST, (table,)).fetchone()[0] for table in ("decisions", "audit"))
            return Extent(self._file.total("identity"), int(decisions), int(notes))

    def forget(self, subject: Subject) -> dict[str, int]:
        """Delete all that is kept of a subject; return the rows deleted, by table."""
        with self._file.change("forget") as connection:
            tables = [row[0] for row in connection.execute(_NAMING)]
            return {
                table: connection.execute(f'DELETE FROM "{table}" WHERE scope = ? AND value = ?', subject).rowcount  # noqa: S608 - the schema's own names
                for table in tables
            }


def _decided(position: int, body: bytes, before: bytes | None) -> Decided:
    decision = _decision(body)
    return Decided(position, decision, before is not None and _decision(before).id == decision.id)
