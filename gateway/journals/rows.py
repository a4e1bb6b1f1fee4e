"""Entries as rows of bytes: several to a row, because a write costs more than a kilobyte. Pure."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from gateway.exchange import Entry

ROW_ENTRIES = 256  # most entries of one row: what a reader may get above its limit
ROW_BYTES = 4 << 20  # bytes; a row is closed once it holds as many

_write = msgspec.msgpack.Encoder().encode
_read = msgspec.msgpack.Decoder(Entry).decode
_read_all = msgspec.msgpack.Decoder(list[Entry]).decode
_split = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode
_FAULTS = (msgspec.MsgspecError, UnicodeError, OverflowError)


class Row(NamedTuple):
    """One row: how many entries, and their MessagePack."""

    entries: int
    body: bytes


class Opened(NamedTuple):
    """What a row held: entries, and place and length in bytes of each that could not be read."""

    entries: list[Entry]
    faults: list[tuple[int, int]]


def rows(entries: Sequence[Entry]) -> Iterator[Row]:
    """Pack entries in order. One that cannot be written (a lone surrogate in a name) is left out."""
    packed: list[bytes] = []
    size = 0
    for entry in entries:
        try:
            body = _write(entry)
        except _FAULTS:
            continue
        packed.append(body)
        size += len(body)
        if len(packed) >= ROW_ENTRIES or size >= ROW_BYTES:
            yield _row(packed)
            packed, size = [], 0
    if packed:
        yield _row(packed)


def _row(packed: list[bytes]) -> Row:
    return Row(len(packed), b"\xdc" + len(packed).to_bytes(2, "big") + b"".join(packed))  # array 16, then items


def opened(body: bytes) -> Opened:
    """Unpack a row. A damaged entry costs only itself, as long as the lengths around it still hold."""
    try:
        return Opened(_read_all(body), [])
    except _FAULTS:
        pass
    try:
        items = _split(body)
    except _FAULTS:
        return Opened([], [(0, len(body))])
    entries: list[Entry] = []
    faults = []
    for place, item in enumerate(items):
        try:
            entries.append(_read(item))
        except _FAULTS:
            faults.append((place, len(bytes(item))))
    return Opened(entries, faults)
