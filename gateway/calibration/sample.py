"""Which subjects are kept when there are too many: those of the lowest keyed hashes, a fair sample of all. Pure.

Whoever does not know the key cannot choose a name that is kept, and a subject is kept from its first exchange or not
at all, so no life is cut short.
"""

import heapq
from hashlib import blake2b
from typing import Final

from gateway.decisions import Subject

_ALL: Final = 2**64  # hashes


class Sample:
    """The subjects with the lowest hashes among all that were offered.

    Args:
        most: subjects kept.
        key: of the hash, at most 64 bytes.
    """

    def __init__(self, most: int, key: bytes) -> None:
        self._most = most
        self._key = key
        self._kept: list[tuple[int, Subject]] = []  # by hash, highest first: a heap of negative hashes
        self._edge = _ALL  # the lowest hash that was ever turned away

    def place(self, subject: Subject) -> int:
        """Return the subject's hash, 64 bits: the order of the sample."""
        named = "\0".join(subject).encode("utf-8", "surrogatepass")
        return int.from_bytes(blake2b(named, key=self._key, digest_size=8).digest(), "big")

    def offer(self, subject: Subject) -> Subject | None:
        """Take in a subject that is not kept; return who has to go: it itself, another, or None."""
        place = self.place(subject)
        if place >= self._edge:
            return subject
        heapq.heappush(self._kept, (-place, subject))
        if len(self._kept) <= self._most:
            return None
        edge, gone = heapq.heappop(self._kept)
        self._edge = -edge
        return gone

    def total(self) -> int:
        """Return how many subjects were offered: exactly if all are kept, else from how dense the hashes lie."""
        if self._edge == _ALL:
            return len(self._kept)
        return round(len(self._kept) * _ALL / max(1, self._edge))
