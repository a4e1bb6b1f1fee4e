"""The one SQLite file of the embedded default: how it is opened, migrated, timed, and how its errors become ours.

Write-ahead log, so that readers and one writer never wait for each other. ``synchronous=NORMAL``: a commit survives
the death of any process; after a loss of power the last commits may be gone, but the file is whole.
``secure_delete``: what is deleted is overwritten, for the journal holds prompts.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway import metrics
from gateway.clock import monotonic
from gateway.stores.base import StoreError
from gateway.stores.lease import Lease

FILE = "stillguard.sqlite3"
_PRAGMAS = (
    "page_size=16384",  # bytes; rows of the journal are large: half the kernel's time of the usual 4096
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "secure_delete=ON",
    "temp_store=MEMORY",
)
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (  # 1: one tuple of statements a version; never change one that was released
        """CREATE TABLE journal (
            position INTEGER PRIMARY KEY AUTOINCREMENT, entries INTEGER NOT NULL, bytes INTEGER NOT NULL,
            body BLOB NOT NULL)""",
        """CREATE TABLE quarantine (
            position INTEGER NOT NULL, place INTEGER NOT NULL, bytes INTEGER NOT NULL,
            PRIMARY KEY (position, place)) WITHOUT ROWID""",
        """CREATE TABLE cases (
            number INTEGER PRIMARY KEY, scope TEXT NOT NULL, value TEXT NOT NULL, rank INTEGER NOT NULL,
            minute INTEGER NOT NULL, body BLOB NOT NULL, UNIQUE (scope, value))""",
        "CREATE INDEX cases_least ON cases (rank, minute)",
        """CREATE TABLE decisions (
            position INTEGER PRIMARY KEY AUTOINCREMENT, scope TEXT NOT NULL, value TEXT NOT NULL,
            until REAL NOT NULL, body BLOB NOT NULL)""",
        "CREATE INDEX decisions_subject ON decisions (scope, value, position)",
        "CREATE INDEX decisions_until ON decisions (until)",
        """CREATE TABLE meters (
            scope TEXT NOT NULL, value TEXT NOT NULL, meter TEXT NOT NULL, full_at REAL NOT NULL,
            span REAL NOT NULL, PRIMARY KEY (scope, value, meter)) WITHOUT ROWID""",
        "CREATE TABLE totals (name TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID",
        "INSERT INTO totals VALUES ('entries', 0), ('bytes', 0), ('cases', 0), ('folded', 0)",
        """CREATE TRIGGER journal_grows AFTER INSERT ON journal BEGIN
            UPDATE totals SET number = number + new.entries WHERE name = 'entries';
            UPDATE totals SET number = number + new.bytes WHERE name = 'bytes'; END""",
        """CREATE TRIGGER journal_shrinks AFTER DELETE ON journal BEGIN
            UPDATE totals SET number = number - old.entries WHERE name = 'entries';
            UPDATE totals SET number = number - old.bytes WHERE name = 'bytes'; END""",
        """CREATE TRIGGER cases_grow AFTER INSERT ON cases BEGIN
            UPDATE totals SET number = number + 1 WHERE name = 'cases'; END""",
        """CREATE TRIGGER cases_shrink AFTER DELETE ON cases BEGIN
            UPDATE totals SET number = number - 1 WHERE name = 'cases'; END""",
    ),
    (  # 2: notes that operators' commands leave for the decision log
        """CREATE TABLE audit (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, at REAL NOT NULL, body BLOB NOT NULL)""",
        "INSERT INTO totals VALUES ('identity', random() & 9007199254740991)",  # 53 bits: exact in any JSON
    ),
    (  # 3: uses of entitlements, and what operators say of decisions
        """CREATE TABLE uses (
            entitlement TEXT NOT NULL, since REAL NOT NULL, body BLOB NOT NULL,
            PRIMARY KEY (entitlement, since)) WITHOUT ROWID""",
        """CREATE TABLE pardons (
            position INTEGER PRIMARY KEY AUTOINCREMENT, scope TEXT NOT NULL, value TEXT NOT NULL,
            body BLOB NOT NULL)""",
        """CREATE TABLE labels (
            position INTEGER PRIMARY KEY AUTOINCREMENT, decision TEXT NOT NULL, scope TEXT NOT NULL,
            value TEXT NOT NULL, body BLOB NOT NULL)""",
    ),
    (  # 4: campaigns and their members; a deleted member has every proxy read all members anew
        "ALTER TABLE cases ADD COLUMN owned INTEGER NOT NULL DEFAULT 0",
        """CREATE TABLE campaigns (
            id TEXT PRIMARY KEY, named REAL NOT NULL, seen REAL NOT NULL, body BLOB NOT NULL) WITHOUT ROWID""",
        """CREATE TABLE members (
            position INTEGER NOT NULL, campaign TEXT NOT NULL, scope TEXT NOT NULL, value TEXT NOT NULL,
            released REAL NOT NULL, gone REAL NOT NULL, spared INTEGER NOT NULL, body BLOB NOT NULL,
            UNIQUE (campaign, scope, value))""",
        "CREATE INDEX members_position ON members (position)",
        "INSERT INTO totals VALUES ('born', 0), ('membership', 0), ('membership_anew', 0)",
        """CREATE TRIGGER members_shrink AFTER DELETE ON members BEGIN
            UPDATE totals SET number = number + 1 WHERE name = 'membership';
            UPDATE totals SET number = (SELECT number FROM totals WHERE name = 'membership')
                WHERE name = 'membership_anew'; END""",
    ),
)


class SqliteFile:
    """One connection, which several threads may share: its calls wait for each other.

    Args:
        folder: the data folder; made if missing, readable to its owner only.
        wait: seconds that a call waits for another process's write before it fails.
    """

    def __init__(self, folder: Path, wait: float = 5.0) -> None:
        self.path = folder / FILE
        self._turn = threading.RLock()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"cannot make {folder}: {error.strerror}") from error
        opening = Lease(folder / "opening.lock")  # switching to a write-ahead log fails at once if others do so too
        opening.take(wait=True)
        try:
            self.connection = self._open(wait)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"cannot open {self.path}: {error}") from error
        finally:
            opening.release()

    def _open(self, wait: float) -> sqlite3.Connection:
        # -wal and -shm inherit the mode. Only where there is no file yet: closing a descriptor of it would take away
        # the locks of this process's other connections, and whoever leaves next would delete the log under them.
        if not self.path.exists():
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        connection = sqlite3.connect(self.path, timeout=wait, isolation_level=None, check_same_thread=False)
        try:
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}").fetchall()
            migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def call(self, name: str) -> Iterator[sqlite3.Connection]:
        """Time a call; what the driver raises becomes StoreError, counted."""
        began = monotonic()
        try:
            with self._turn:
                yield self.connection
        except sqlite3.Error as error:
            metrics.STORE_ERRORS.labels(name).inc()
            raise StoreError(f"{name}: {error}") from error
        finally:
            metrics.STORE_LATENCY.labels(name).observe(monotonic() - began)

    @contextmanager
    def change(self, name: str) -> Iterator[sqlite3.Connection]:
        """Like ``call``, in one transaction that keeps all or nothing."""
        with self.call(name) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def total(self, name: str) -> int:
        """Return a running total: entries, bytes or cases kept."""
        row = self.connection.execute("SELECT number FROM totals WHERE name = ?", (name,)).fetchone()
        return int(row[0])

    def close(self) -> None:
        """Close the connection."""
        with self._turn:
            self.connection.close()


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema to the newest version; a file from the future is refused with StoreError."""
    if _version(connection) == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statements in MIGRATIONS[_version(connection) :]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise StoreError(
            f"the data file has schema {version}, this program knows {len(MIGRATIONS)}: "
            "it was written by a newer release; start that one, or use another data folder"
        )
    return version
