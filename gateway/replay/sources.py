"""Files of recorded traffic as blocks of whole lines: plain, gzip, zstd, Parquet, or standard input.

What is damaged ends its own file and is told with the line that it was at; what came before it counts.
"""

import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

import zstandard

from gateway.replay.reading import Bad
from gateway.replay.tables import DamagedError, table_lines

BLOCK = 8 << 20  # bytes of lines read together: some thousands of exchanges, so that folding them pays
LONGEST = 64 << 20  # bytes of one line; a longer one is skipped without being held
_PIECE, _PACKED = 1 << 20, 1 << 14  # bytes read at a time, plain and compressed: a piece may unfold a thousandfold
_GZIP = 31  # zlib's window bits for gzip framing
STDIN = "-"


class Span(NamedTuple):
    """Whole lines of one file, and the number of the first, from 1."""

    file: str
    first: int
    data: bytes


class _Unpacker(Protocol):
    """Undoes one gzip member or zstd frame."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


class Source:
    """One file.

    Args:
        path: of the file; ``-`` is standard input.

    Attributes:
        size: bytes on disk; 0 for standard input.
        read: bytes of it read so far.
        bad: where the file is damaged or a line is too long; whoever reads takes them out.
    """

    def __init__(self, path: Path) -> None:
        self.name = "<stdin>" if str(path) == STDIN else str(path)
        self._path = path
        self.size = 0 if str(path) == STDIN else path.stat().st_size
        self.read = 0
        self.bad: list[Bad] = []

    def spans(self) -> Iterator[Span]:
        """Yield the file's lines in blocks; raises OSError if it cannot be read at all."""
        if self._path.suffix == ".parquet":
            yield from self._spans(self._table())
            return
        if str(self._path) == STDIN:
            yield from self._spans(self._pieces(sys.stdin.buffer, _PIECE))
            return
        with self._path.open("rb") as file:
            yield from self._spans(self._unpacked(file))

    def _table(self) -> Iterator[bytes]:
        for data, share in table_lines(self._path):
            self.read = int(self.size * share)
            yield data

    def _unpacked(self, file: BinaryIO) -> Iterator[bytes]:
        match self._path.suffix:
            case ".gz":
                return self._unpack(file, zlib.decompressobj(_GZIP), "gzip")
            case ".zst":
                return self._unpack(file, zstandard.ZstdDecompressor().decompressobj(), "zstd")
        return self._pieces(file, _PIECE)

    def _pieces(self, file: BinaryIO, size: int) -> Iterator[bytes]:
        while piece := file.read(size):
            self.read += len(piece)
            yield piece

    def _unpack(self, file: BinaryIO, first: _Unpacker, kind: str) -> Iterator[bytes]:
        """Undo member after member; zeros behind one are padding."""
        one = first
        for piece in self._pieces(file, _PACKED):
            data = piece
            while data := data.lstrip(b"\0") if one.eof else data:
                one = _another(kind) if one.eof else one
                try:
                    yield one.decompress(data)
                except (zlib.error, zstandard.ZstdError) as error:
                    raise DamagedError(f"the {kind} data is damaged; nothing behind this line was read") from error
                data = one.unused_data
        if not one.eof:
            raise DamagedError(f"the {kind} data is cut short; nothing behind this line was read")

    def _spans(self, pieces: Iterator[bytes]) -> Iterator[Span]:
        """Cut pieces into blocks of whole lines."""
        held, number, skipping = bytearray(), 1, False
        try:
            for piece in pieces:
                data = piece
                if skipping:
                    _, newline, data = piece.partition(b"\n")
                    skipping = not newline
                    number += not skipping
                held += data
                if len(held) >= BLOCK and (end := held.rfind(b"\n") + 1):
                    yield Span(self.name, number, bytes(held[:end]))
                    number += held.count(b"\n", 0, end)
                    del held[:end]
                elif len(held) > LONGEST:
                    self.bad.append(Bad(self.name, number, f"a line of more than {LONGEST >> 20} MiB"))
                    held, skipping = bytearray(), True
        except DamagedError as error:
            end = held.rfind(b"\n") + 1
            self.bad.append(Bad(self.name, number + held.count(b"\n"), str(error)))
            del held[end:]
        if held:
            yield Span(self.name, number, bytes(held))


def _another(kind: str) -> _Unpacker:
    return zlib.decompressobj(_GZIP) if kind == "gzip" else zstandard.ZstdDecompressor().decompressobj()
