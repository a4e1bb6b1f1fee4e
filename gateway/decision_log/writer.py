"""Appends to the decision log: one writer, one chain, over many files.

A record counts once its line is on the disk. If a write fails nothing of it counts: the file is cut back, so the chain
never breaks. Records that nobody else keeps wait meanwhile (``waiting``).
"""

import contextlib
import logging
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from gateway import clock, metrics
from gateway.decision_log.pages import DiskPage, Page, TornError, name_of, outdated, pages_in, put, sweep
from gateway.decision_log.record import Record, line_of
from gateway.decision_log.signing import Signer
from gateway.decision_log.tail import CHECKPOINT, STORE, Cursor, Tail, cut, tail_of
from gateway.decision_log.waiting import Waiting
from gateway.stores.base import StoreError
from gateway.stores.lease import Lease

SIGN_EVERY = 1000  # records after which a checkpoint is due, however little time has passed
HEAD, KEY = "head.json", "key.pub"
LOCK = "writer.lock"
log = logging.getLogger("stillguard.log")


class LogError(Exception):
    """The log could not be written; what was to be written is not in it."""


class Limits(NamedTuple):
    """When a file is full (bytes, seconds), how long files are kept, and how often is signed (seconds)."""

    rotate: int = 64 << 20
    rotate_after: float = 7 * 86400.0
    keep: float = 400 * 86400.0
    checkpoint: float = 300.0


STANDARD = Limits()


class DecisionLog:
    """The log in a folder; only one process at a time may append to it.

    Args:
        folder: where its files are; made if missing, readable to its owner only.
        signer: signs checkpoints.
        limits: when to rotate, drop and sign.
        page: opens a file for appending; a test gives a disk that is full.

    Attributes:
        clock: seconds since the epoch.
        dice: random bytes for salts.
    """

    def __init__(
        self, folder: Path, signer: Signer, limits: Limits = STANDARD, page: Callable[[Path], Page] = DiskPage
    ) -> None:
        self.folder, self._signer, self._limits, self._opener = folder, signer, limits, page
        self._lease = Lease(folder / LOCK)
        self._page: Page | None = None
        self._tail = Tail()
        self._waiting = Waiting()
        self._sure: tuple[Path, int] | None = None  # after a failure: the file, and its bytes that count
        self.clock: Callable[[], float] = clock.now
        self.dice: Callable[[int], bytes] = secrets.token_bytes

    @property
    def public(self) -> str:
        """The public key that proves its checkpoints, in base64."""
        return self._signer.public

    @property
    def cursor(self) -> Cursor:
        """How far the store is taken over."""
        return self._tail.cursor

    def open(self) -> bool:
        """Take the log over, if no other process holds it; raises LogError if its files cannot be used."""
        if self._page is not None:
            return True
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self._lease.take():
                return False
            self._resume()
        except (OSError, StoreError) as error:
            self._failed(error)
            raise LogError(str(error)) from error
        return True

    def _resume(self) -> None:
        sweep(self.folder)
        if not (self.folder / KEY).exists():
            put(self.folder / KEY, self._signer.public.encode() + b"\n")
        pages = pages_in(self.folder)
        if not pages:
            self._tail = Tail()
            self._begin()
            return
        if self._sure and self._sure[0] == pages[-1]:
            cut(*self._sure)  # of a write that failed, whole lines may be there: they do not count
        self._sure = None
        self._tail = tail_of(pages[-1])
        if self._tail.seq < 0:
            raise OSError(f"{pages[-1].name} holds no record: put it elsewhere, and keep it")
        if self._tail.torn:
            cut(pages[-1], self._tail.whole)
        self._page = self._opener(pages[-1])
        if self._tail.torn:
            log.warning("the log's end was half written and is cut off", extra={"file": pages[-1].name})
            self._put([Record("recovered", self.clock(), {"bytes": self._tail.torn, "file": pages[-1].name})])
        if not (self.folder / HEAD).exists():
            self.sign()

    def append(self, records: Sequence[Record]) -> None:
        """Append records that nobody else keeps; while the disk fails they wait, as many as fit. Never raises."""
        self._waiting.add(records)
        self.flush()

    def flush(self) -> bool:
        """Write what waits; False if there is still some."""
        with contextlib.suppress(LogError):  # it is counted and logged, and what waits goes on waiting
            if self._waiting and self.open():
                self.write(self._waiting.all(self.clock()))
                self._waiting.clear()
        metrics.LOG_WAITING.set(len(self._waiting))
        return not self._waiting

    def write(self, records: Sequence[Record]) -> None:
        """Append records, all or nothing; raises LogError if they are not on the disk."""
        if not records:
            return
        if not self.open():
            raise LogError(f"{self.folder}: another process writes this log")
        try:
            if self._is_full():
                self._begin()
            self._put(records)
        except OSError as error:
            self._failed(error)
            raise LogError(str(error)) from error

    def sign(self) -> None:
        """Append a checkpoint, and write it beside the log too: a copy kept elsewhere shows truncation."""
        self._put([self._checkpoint()])
        self._publish()

    def _publish(self) -> None:
        head = {"at": self._tail.signed_at, "seq": self._tail.seq, "hash": self._tail.hash, "key": self._signer.public}
        put(self.folder / HEAD, msgspec.json.encode(head) + b"\n")
        metrics.LOG_CHECKPOINT.set(self._tail.signed_at)

    def _checkpoint(self) -> Record:
        where = self._signer.checkpoint(self._tail.seq, self._tail.hash, self._tail.checkpoint)
        return Record(CHECKPOINT, self.clock(), {**where, STORE: self._tail.cursor._asdict()})

    def _put(self, records: Sequence[Record]) -> None:
        assert self._page is not None  # noqa: S101 - opened by whoever calls
        data, tail = self._lines(records)
        self._page.append(data)
        self._tail = tail
        _count(records, len(data))

    def _lines(self, records: Sequence[Record]) -> tuple[bytes, Tail]:
        tail, lines = self._tail, []
        for record in records:
            written = line_of(record, tail.seq + 1, tail.hash, self.dice)
            lines.append(written.bytes)
            tail = tail.after(written.line, tail.whole + len(written.bytes))
        return b"".join(lines), tail

    def _is_full(self) -> bool:
        old = abs(self.clock() - self._tail.began_at) >= self._limits.rotate_after  # a clock may be set back
        return self._tail.whole >= self._limits.rotate or old

    def _begin(self) -> None:
        """Begin a file: its first record is a checkpoint over all files before, which may then be dropped."""
        record = self._checkpoint()
        data, tail = self._lines([record])
        path = self.folder / name_of(tail.seq)
        put(path, data)
        self.reread()
        self._page = self._opener(path)
        self._tail = tail._replace(whole=len(data), began_at=record.at)
        _count([record], len(data))
        self._publish()

    def tend(self) -> None:
        """Write what waits, sign if it is due, and drop files that are old enough. Never raises."""
        if not self.flush():
            return
        try:
            if self.open():
                if self._is_full():
                    self._begin()  # also where nothing happens: only whole files are dropped
                if self._is_due():
                    self.sign()
                self._drop_old()
        except LogError:
            return  # it is counted and logged
        except OSError as error:
            self._failed(error)

    def _is_due(self) -> bool:
        late = abs(self.clock() - self._tail.signed_at) >= self._limits.checkpoint
        return self._tail.unsigned >= SIGN_EVERY or (self._tail.unsigned > 0 and late)

    def _drop_old(self) -> None:
        old, first = outdated(self.folder, self.clock() - self._limits.keep)
        if old:
            self.write([Record("dropped", self.clock(), {"upto": first - 1, "files": len(old)})])
            for page in old:
                page.unlink(missing_ok=True)

    def reread(self) -> None:
        """Let go of the file that is appended to: it is read again before the next record."""
        if self._page is not None:
            self._page.close()
        self._page = None

    def _failed(self, error: Exception) -> None:
        metrics.LOG_ERRORS.inc()
        log.error("the decision log failed", extra={"error": str(error)})
        if isinstance(error, TornError):
            self._sure = (pages_in(self.folder)[-1], self._tail.whole)
            self.reread()

    def close(self) -> None:
        """Write what waits, sign, and let others write. Never raises."""
        self.flush()
        try:
            if self._page is not None and self._tail.unsigned:
                self.sign()
        except OSError as error:
            self._failed(error)
        self.reread()
        self._lease.release()


def _count(records: Sequence[Record], size: int) -> None:
    for kind, times in Counter(record.kind for record in records).items():
        metrics.LOG_RECORDS.labels(kind).inc(times)
    metrics.LOG_BYTES.inc(size)
