"""Cases, decisions and meters in one SQLite file, shared by all processes of one machine."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import msgspec

from gateway.actions.base import Allowance, Charge
from gateway.decisions import Decision, Subject
from gateway.pardons import Pardon, Pardoned
from gateway.stores import meters
from gateway.stores.base import MOST_TAKEN, REMEMBERED, Announced, Folded, StoreError, Taken
from gateway.stores.meters import Meter
from gateway.stores.sqlite_appeals import SqliteAppeals, keep_pardon
from gateway.stores.sqlite_audit import SqliteAudit, keep_note
from gateway.stores.sqlite_campaigns import SqliteCampaigns, keep_campaigns
from gateway.stores.sqlite_file import SqliteFile

RANKS = 64
MINUTE = 60.0  # seconds: the age of a case is kept so coarsely that its index seldom changes
AT_ONCE = 2000  # most cases forgotten in one commit, about 20 ms: others wait for the file meanwhile
PURGE = 60.0  # seconds between two purges of meters that are full again
_RANK_LIST = ",".join(map(str, range(RANKS)))

_KEEP = """INSERT INTO cases (scope, value, body, rank, minute) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (scope, value) DO UPDATE SET body = excluded.body"""
_PLACE = """UPDATE cases SET rank = ?1, minute = ?2, owned = ?3
    WHERE scope = ?4 AND value = ?5 AND (rank <> ?1 OR minute <> ?2 OR owned <> ?3)"""
_FORGET = f"""DELETE FROM cases WHERE number IN
    (SELECT number FROM cases WHERE rank IN ({_RANK_LIST}) AND minute < ? LIMIT {AT_ONCE})"""  # noqa: S608 - numbers
_EVICT = "DELETE FROM cases WHERE number IN (SELECT number FROM cases ORDER BY rank, minute, number LIMIT ?)"
_HEAVIEST = "SELECT scope, value, body FROM cases ORDER BY rank DESC, minute DESC, number DESC LIMIT ?"
_TAKEN = """SELECT body FROM decisions WHERE scope = ? AND value = ? AND until > ?
    ORDER BY position DESC LIMIT ?"""
_LAPSED = """DELETE FROM decisions WHERE position IN
    (SELECT position FROM decisions AS d WHERE until < ?1 AND NOT EXISTS (SELECT 1 FROM decisions WHERE
        scope = d.scope AND value = d.value AND position < d.position AND until >= ?1) LIMIT ?2)"""
_USE = "INSERT OR REPLACE INTO uses (entitlement, since, body) VALUES (?, ?, ?)"
_STANDING = """SELECT position, body FROM decisions AS d WHERE until > ? AND position =
    (SELECT max(position) FROM decisions WHERE scope = d.scope AND value = d.value) ORDER BY position"""

_write = msgspec.msgpack.Encoder().encode
_read = msgspec.msgpack.Decoder(Decision).decode
_read_taken = msgspec.msgpack.Decoder(Taken).decode


class SqliteStore(SqliteCampaigns):
    """The store of the embedded default.

    Args:
        folder: the data folder.
        cases: most cases kept; over it the least in rank go, and of those the oldest.
        forget: seconds after which an untouched case is dropped.
        wait: seconds that a call waits for another process's write before it fails.

    Attributes:
        audit: what the decision log reads of it.
        appeals: what operators say of decisions.
    """

    def __init__(
        self, folder: Path, *, cases: int = 1_000_000, forget: float = 30 * 86400.0, wait: float = 5.0
    ) -> None:
        super().__init__(SqliteFile(folder, wait))
        self.audit = SqliteAudit(self._file)
        self.appeals = SqliteAppeals(self._file)
        self._cap = cases
        self._forget = forget
        self._forgot_at = 0.0
        self._purged_at = 0.0

    def cases(self, subjects: Sequence[Subject]) -> dict[Subject, bytes]:
        """Return the cases known of these subjects."""
        found = {}
        with self._file.call("cases") as connection:
            for subject in subjects:
                row = connection.execute("SELECT body FROM cases WHERE scope = ? AND value = ?", subject).fetchone()
                if row is not None:
                    found[subject] = cast("bytes", row[0])
        return found

    def commit(self, folded: Folded) -> None:
        """Keep a batch's cases and decisions and acknowledge its journal entries: all or nothing."""
        minute = int(folded.at // MINUTE)
        ranks = {subject: min(max(folded.ranks.get(subject, 0), 0), RANKS - 1) for subject in folded.cases}
        with self._file.change("commit") as connection:
            if folded.upto:
                self._acknowledge(connection, folded.upto)
            connection.executemany(_KEEP, [(*s, body, ranks[s], minute) for s, body in folded.cases.items()])
            connection.executemany(_PLACE, [(r, minute, s in folded.owned, *s) for s, r in ranks.items()])
            keep_campaigns(connection, folded)
            connection.executemany(_USE, [(*key, body) for key, body in folded.uses.items()])
            for decision in folded.decisions:
                _announce(connection, decision)
            for note in folded.notes:
                keep_note(connection, *note)
            if abs(folded.at - self._forgot_at) >= MINUTE:
                connection.execute(_LAPSED, (folded.at - REMEMBERED, AT_ONCE))
                forgotten = connection.execute(_FORGET, (int((folded.at - self._forget) // MINUTE),)).rowcount
                self._forgot_at = folded.at if forgotten < AT_ONCE else 0.0  # 0: there may be more
            excess = self._file.total("cases") - self._cap
            if excess > 0:
                connection.execute(_EVICT, (excess,))

    def _acknowledge(self, connection: sqlite3.Connection, upto: int) -> None:
        if self._file.total("folded") >= upto:
            raise StoreError(f"entries up to {upto} are folded already: is another analyst at work?")
        connection.execute("DELETE FROM journal WHERE position <= ?", (upto,))
        connection.execute("UPDATE totals SET number = ? WHERE name = 'folded'", (upto,))

    def announced(self, after: int, at: float) -> Announced:
        """Return decisions taken after a position, or, from position 0, all that still stand at ``at``."""
        with self._file.call("announced") as connection:
            if after:
                query, bound = "SELECT position, body FROM decisions WHERE position > ? ORDER BY position", after
                rows = connection.execute(query, (bound,)).fetchall()
                return Announced(rows[-1][0] if rows else after, _decoded(rows))
            connection.execute("BEGIN")  # both questions are about the same moment
            try:
                newest = connection.execute("SELECT max(position) FROM decisions").fetchone()[0] or 0
                rows = connection.execute(_STANDING, (at,)).fetchall()
            finally:
                connection.execute("COMMIT")
            return Announced(newest, _decoded(rows))

    def lift(self, subject: Subject, at: float) -> Decision | None:
        """End the standing decision now; it is announced as one that has lapsed. None if none stood."""
        with self._file.change("lift") as connection:
            newest = _newest(connection, subject)
            return _end(connection, newest, at) if newest is not None else None

    def uses(self, keys: Sequence[tuple[str, float]]) -> dict[tuple[str, float], bytes]:
        """Return the uses known of entitlements, by name and the time their window began."""
        return self.appeals.uses(keys)

    def pardon(self, pardon: Pardon) -> Decision | None:
        """Keep a pardon, and end the decision that stands if it is one that is pardoned; return what was ended."""
        with self._file.change("pardon") as connection:
            keep_pardon(connection, pardon)
            newest = _newest(connection, pardon.subject)
            return _end(connection, newest, pardon.at) if newest is not None and pardon.lifts(newest) else None

    def pardoned(self, after: int) -> Pardoned:
        """Return the pardons given after a position."""
        return self.appeals.pardoned(after)

    def taken(self, subjects: Sequence[Subject], since: float) -> dict[Subject, list[Taken]]:
        """Return decisions on subjects that lapse after ``since``, as announced, at most MOST_TAKEN each."""
        with self._file.call("taken") as connection:
            rows = {
                subject: connection.execute(_TAKEN, (*subject, since, MOST_TAKEN)).fetchall() for subject in subjects
            }
        try:
            return {
                subject: [_read_taken(body) for (body,) in reversed(some)] for subject, some in rows.items() if some
            }
        except msgspec.MsgspecError as error:
            raise StoreError(f"a stored decision cannot be read: {error}") from error

    def heaviest(self, limit: int) -> list[tuple[Subject, bytes]]:
        """Return the cases of the highest ranks, newest first among equals."""
        with self._file.call("heaviest") as connection:
            rows = connection.execute(_HEAVIEST, (limit,)).fetchall()
            return [(Subject(scope, value), body) for scope, value, body in rows]

    def size(self) -> int:
        """Return the number of subjects with a case."""
        with self._file.call("size"):
            return self._file.total("cases")

    def scrub(self) -> bool:
        """Write the log back into the file and cut it to nothing: then deleted entries are gone for good."""
        with self._file.call("scrub") as connection:
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy

    def take(self, subject: Subject, charges: Sequence[Charge], at: float) -> list[Allowance]:
        """Take all charges from the subject's meters, or none of them if one does not allow it."""
        with self._file.change("take") as connection:
            taken = meters.take(_meters(connection, subject), charges, at)
            _keep(connection, subject, taken.meters)
            if abs(at - self._purged_at) >= PURGE:
                connection.execute("DELETE FROM meters WHERE full_at < ?", (at,))
                self._purged_at = at
        return taken.allowances

    def give(self, subject: Subject, charges: Sequence[Charge], at: float) -> None:
        """Correct meters after settlement; never refuses."""
        with self._file.change("give") as connection:
            _keep(connection, subject, meters.give(_meters(connection, subject), charges, at))

    def close(self) -> None:
        """Close the connection."""
        self._file.close()


def _announce(connection: sqlite3.Connection, decision: Decision) -> None:
    connection.execute(
        "INSERT INTO decisions (scope, value, until, body) VALUES (?, ?, ?, ?)",
        (*decision.subject, decision.until, _write(decision)),
    )


def _newest(connection: sqlite3.Connection, subject: Subject) -> Decision | None:
    query = "SELECT body FROM decisions WHERE scope = ? AND value = ? ORDER BY position DESC LIMIT 1"
    row = connection.execute(query, subject).fetchone()
    return _decoded([(0, row[0])])[0] if row else None


def _end(connection: sqlite3.Connection, decision: Decision, at: float) -> Decision | None:
    """Announce that a decision ends now; None if it has ended already."""
    if decision.until <= at:
        return None
    ended = msgspec.structs.replace(decision, until=at)
    _announce(connection, ended)
    return ended


def _decoded(rows: Sequence[tuple[int, bytes]]) -> tuple[Decision, ...]:
    try:
        return tuple(_read(body) for _, body in rows)
    except msgspec.MsgspecError as error:
        raise StoreError(f"a stored decision cannot be read: {error}") from error


def _meters(connection: sqlite3.Connection, subject: Subject) -> dict[str, Meter]:
    rows = connection.execute("SELECT meter, full_at, span FROM meters WHERE scope = ? AND value = ?", subject)
    return {name: Meter(full_at, span) for name, full_at, span in rows}


def _keep(connection: sqlite3.Connection, subject: Subject, kept: dict[str, Meter]) -> None:
    rows = [(*subject, name, *meter) for name, meter in kept.items()]
    connection.executemany("INSERT OR REPLACE INTO meters VALUES (?, ?, ?, ?, ?)", rows)
