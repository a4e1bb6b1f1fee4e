"""The log's files: their names, how one is begun, appended to, replaced and dropped, and where its last record ends.

A file is named after the number of its first record. It is begun aside and renamed, so that no file is ever seen
without its first line; likewise it is replaced when something in it is forgotten.
"""

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from gateway.decision_log.record import Line, UnreadableError, read_line

_NAME = re.compile(r"(\d{16})\.jsonl")
_ASIDE = ".aside"


class Page(Protocol):
    """One file that is written to."""

    size: int  # bytes that are surely whole

    def append(self, data: bytes) -> None:
        """Write all of it and have it on the disk; or raise OSError, and nothing of it is there (or TornError)."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class TornError(OSError):
    """An append failed, and what it left could not be cut off: the file must be read anew."""


class DiskPage:
    """A file on a disk.

    Each append ends with ``fdatasync``: what was appended survives a loss of power.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        self.size = os.fstat(self._descriptor).st_size

    def append(self, data: bytes) -> None:
        """Write all of it and have it on the disk; or raise OSError, and nothing of it is there (or TornError)."""
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
            os.fdatasync(self._descriptor)
        except OSError as error:
            self._cut(error)
            raise
        self.size += len(data)

    def _cut(self, error: OSError) -> None:
        try:
            os.ftruncate(self._descriptor, self.size)
        except OSError:
            raise TornError(error.errno, error.strerror) from error

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)


def name_of(seq: int) -> str:
    """Return the name of the file whose first record has this number."""
    return f"{seq:016d}.jsonl"


def first_seq(path: Path) -> int:
    """Return the number that a file's name gives its first record."""
    match = _NAME.fullmatch(path.name)
    if not match:
        raise ValueError(f"{path.name} is no file of a decision log")
    return int(match[1])


def pages_in(folder: Path) -> list[Path]:
    """Return the log's files, oldest first."""
    return sorted(path for path in folder.glob("*.jsonl") if _NAME.fullmatch(path.name))


def put(path: Path, data: bytes) -> None:
    """Make or replace a file: whole or not at all, and on the disk when this returns."""
    aside = path.with_name(path.name + _ASIDE)
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - Path.open takes no descriptor
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.rename(path)
    except OSError:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
        raise
    settle(path.parent)


def settle(folder: Path) -> None:
    """Have a folder's names on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(folder: Path) -> None:
    """Remove what a writer that died left aside."""
    for aside in folder.glob(f"*{_ASIDE}"):
        aside.unlink(missing_ok=True)


class Found(NamedTuple):
    """A line of a file: its number from 1, its bytes, where it ends, and what it says (None: unreadable)."""

    number: int
    raw: bytes
    end: int
    line: Line | None


def lines_of(path: Path) -> Iterator[Found]:
    """Yield a file's lines, those that nobody can read too."""
    with path.open("rb") as file:
        yield from _lines(file)


def _lines(file: BinaryIO) -> Iterator[Found]:
    end = 0
    for number, raw in enumerate(file, 1):
        end += len(raw)
        try:
            yield Found(number, raw, end, read_line(raw))
        except UnreadableError:
            yield Found(number, raw, end, None)


def begins(path: Path) -> Line | None:
    """Return a file's first record, if it can be read."""
    first = next(lines_of(path), None)
    return first.line if first else None


def outdated(folder: Path, before: float) -> tuple[list[Path], int]:
    """Return the files in which all happened before a time, and the number of the first record that stays."""
    pages = pages_in(folder)
    old = 0
    for later in pages[1:]:
        first = begins(later)
        if first is None or first.at > before:
            break
        old += 1
    return pages[:old], first_seq(pages[old]) if pages else 0
