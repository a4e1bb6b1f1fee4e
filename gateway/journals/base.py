"""The journal: exchanges on their way from proxies to analysts."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from gateway.exchange import Entry


class Batch(msgspec.Struct, frozen=True):
    """Entries read together, and the position to acknowledge once they are folded.

    Attributes:
        upto: position of the last entry read; 0 if there was none.
        entries: in the order in which they were appended.
        corrupt: records that could not be decoded, set aside and counted.
    """

    upto: int = 0
    entries: tuple[Entry, ...] = ()
    corrupt: int = 0


class Journal(Protocol):
    """An append-only queue. When ``append`` has returned, the entries survive the death of any process."""

    def append(self, entries: Sequence[Entry]) -> int:
        """Add entries in order and return how many were kept; raises StoreError if none could be.

        Entries over the journal's capacity are dropped: waiting for the analyst would hold up the proxy.
        """
        ...

    def read(self, limit: int) -> Batch:
        """Return the oldest entries that are not acknowledged, at most about ``limit``.

        They are acknowledged by ``Store.commit``. One reader at a time: while another has begun to read and is
        not closed (or dead), there is nothing to read here.
        """
        ...

    def depth(self) -> int:
        """Return the number of entries that wait."""
        ...

    def close(self) -> None:
        """Let go of files and connections, and of the right to read."""
        ...
