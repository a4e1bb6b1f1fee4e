"""Which process folds which subject: each subject in one share only, and those that come together in the same one."""

import zlib
from typing import TypeAlias

Subjects: TypeAlias = tuple[tuple[str, str], ...]

KNOWN = 2_000_000  # subjects whose share is remembered, some 200 bytes each; those beyond go by their checksum


class Shares:
    """Deals subjects out to shares; which share a subject is in changes nothing but who works.

    Args:
        count: of shares.
        known: most subjects remembered.
    """

    def __init__(self, count: int, known: int = KNOWN) -> None:
        self._loads = [0] * count  # exchanges, so far
        self._known = known
        self._share: dict[tuple[str, str], int] = {}

    def split(self, subjects: Subjects, exchanges: int) -> dict[int, Subjects]:
        """Return the subjects by their share, those never seen put where the first known one is, or where least is."""
        shares = [self._of(subject) for subject in subjects]
        home = next((share for share in shares if share is not None), None)
        if home is None:
            home = self._loads.index(min(self._loads))
        split: dict[int, Subjects] = {}
        for subject, known in zip(subjects, shares, strict=True):
            share = home if known is None else known
            if known is None:
                self._share[subject] = share
            split[share] = (*split.get(share, ()), subject)
        for share in split:
            self._loads[share] += exchanges
        return split

    def _of(self, subject: tuple[str, str]) -> int | None:
        share = self._share.get(subject)
        if share is None and len(self._share) >= self._known:
            return zlib.crc32("\0".join(subject).encode("utf-8", "surrogatepass")) % len(self._loads)
        return share
