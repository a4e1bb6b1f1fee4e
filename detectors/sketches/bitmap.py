"""Which of 2,048 cells were visited: exact, at most 256 bytes, and merged by OR.

Few cells are kept as a sorted list of 16-bit numbers, many as one bit each: 256 bytes exactly are a bitmap,
fewer are a list. Each set of cells has one form only, so equal sets are equal bytes.
"""

from array import array
from bisect import bisect_left
from itertools import chain

from detectors.base import CELLS

BYTES = CELLS // 8
LISTED = BYTES // 2 - 1  # cells that a list holds at most: one more would be as long as a bitmap


def add(cells: bytes, cell: int) -> bytes:
    """Return the set with one more cell, from 0 to CELLS - 1."""
    if len(cells) == BYTES:
        at, bit = cell >> 3, 1 << (cell & 7)
        had = cells[at]
        return cells if had & bit else b"%b%c%b" % (cells[:at], had | bit, cells[at + 1 :])
    listed = array("H", cells)
    place = bisect_left(listed, cell)
    if place < len(listed) and listed[place] == cell:
        return cells
    listed.insert(place, cell)
    return _packed(listed)


def union(a: bytes, b: bytes) -> bytes:
    """Return the cells of either."""
    if not a or not b:
        return a or b
    if len(a) == BYTES and len(b) == BYTES:
        return (int.from_bytes(a, "little") | int.from_bytes(b, "little")).to_bytes(BYTES, "little")
    return _packed(array("H", sorted({*_listed(a), *_listed(b)})))


def count(cells: bytes) -> int:
    """Return how many cells were visited."""
    return int.from_bytes(cells, "little").bit_count() if len(cells) == BYTES else len(cells) // 2


def _listed(cells: bytes) -> "array[int]":
    if len(cells) < BYTES:
        return array("H", cells)
    return array("H", chain.from_iterable((8 * i + j for j in range(8) if v >> j & 1) for i, v in enumerate(cells)))


def _packed(listed: "array[int]") -> bytes:
    if len(listed) <= LISTED:
        return listed.tobytes()
    return sum(1 << cell for cell in listed).to_bytes(BYTES, "little")
