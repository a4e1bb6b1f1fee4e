"""A ledger's slots in a file of the data folder, mapped into memory: they outlive the process, ``kill -9`` included.

The whole file is given its blocks on disk when it is made: a disk that fills up later can then not tear the map away.
Nothing is ever synchronised by hand. What a process wrote survives it; what a power cut takes is forgotten, and what it
tears is found out by the table (``detectors.linkage.ledger``).
"""

import contextlib
import os
from pathlib import Path
from typing import Final

import numpy as np

from detectors.linkage.ledger import SLOT, WAYS, Words

_HEAD: Final = 4096  # bytes before the slots: a page, so that these are aligned
_MAGIC: Final = b"stillguard ledger 1\n"


def slots_in(size: int) -> int:
    """Return how many slots so many bytes hold, whole buckets only."""
    return size // (WAYS * SLOT) * WAYS


def mapped(file: Path, slots: int) -> Words:
    """Return the slots of a file, made anew if it is not there, of another size or no ledger; raises OSError.

    Of processes that have it open one may write; see to it.
    """
    size = _HEAD + slots * SLOT
    if not _is_ledger(file, size):
        _make(file, size)
    return np.asarray(np.memmap(file, np.uint64, "r+", _HEAD, (slots, 2)))


def _is_ledger(file: Path, size: int) -> bool:
    try:
        with file.open("rb") as opened:
            return os.fstat(opened.fileno()).st_size == size and opened.read(len(_MAGIC)) == _MAGIC
    except FileNotFoundError:
        return False


def _make(file: Path, size: int) -> None:
    """Write aside, then rename: the name appears with all its blocks, or not at all."""
    aside = file.with_name(f".{file.name}.new")
    try:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, size)
            os.write(descriptor, _MAGIC)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        aside.replace(file)
    finally:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
