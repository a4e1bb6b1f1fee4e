"""Where a log stands when it is opened: its last record, its last checkpoint, and how far it has taken the store over.

Each file begins with a checkpoint that says so, therefore only the last file is read. What a dead writer left half
written at its end is cut off.
"""

import os
from pathlib import Path
from typing import NamedTuple

from gateway.decision_log.pages import Found, lines_of
from gateway.decision_log.record import GENESIS, Line

CHECKPOINT = "checkpoint"
STORE = "store"  # of a record's body: the position in the store that it was taken from


class Cursor(NamedTuple):
    """How far which store is taken over: its identity (0: none yet), the last positions of decisions and of notes."""

    identity: int = 0
    decisions: int = 0
    notes: int = 0


class Tail(NamedTuple):
    """Where a log stands.

    Attributes:
        seq, hash: of the last record; -1 and zeros if there is none.
        checkpoint: hash of the last checkpoint, or nothing.
        unsigned: records after that one.
        signed_at: when it was made, seconds since the epoch.
        began_at: when the last file was begun.
        cursor: how far the store is taken over.
        whole: bytes of the last file that hold records.
        torn: bytes after them.
    """

    seq: int = -1
    hash: str = GENESIS
    checkpoint: str = ""
    unsigned: int = 0
    signed_at: float = 0.0
    began_at: float = 0.0
    cursor: Cursor = Cursor()
    whole: int = 0
    torn: int = 0

    def after(self, line: Line, end: int) -> "Tail":
        """Return where the log stands after one more record."""
        signed = line.kind == CHECKPOINT
        return Tail(
            line.seq,
            line.hash,
            line.hash if signed else self.checkpoint,
            0 if signed else self.unsigned + 1,
            line.at if signed else self.signed_at,
            self.began_at if self.whole else line.at,
            _moved(self.cursor, line),
            end,
        )


def _moved(cursor: Cursor, line: Line) -> Cursor:
    """Return the cursor after a record; ``store`` in its body says where it came from."""
    store = line.body.get(STORE)
    if not isinstance(store, dict) or not store.keys() <= set(Cursor._fields):
        return cursor
    return cursor._replace(**store) if all(isinstance(value, int) for value in store.values()) else cursor


def tail_of(path: Path) -> Tail:
    """Read a file, the last one, to its end."""
    tail = Tail()
    found: Found | None = None
    for found in lines_of(path):
        if found.line is not None:
            tail = tail.after(found.line, found.end)
    return tail._replace(torn=found.end - tail.whole) if found else tail


def cut(path: Path, size: int) -> None:
    """Cut a file to a size that it is not shorter than."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        if os.fstat(descriptor).st_size > size:
            os.ftruncate(descriptor, size)
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
