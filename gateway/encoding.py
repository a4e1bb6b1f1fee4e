"""Content codings undone within a bound: gzip, deflate, br and zstd, also one after another."""

import zlib
from typing import Protocol

import brotli
import zstandard

_CODINGS_AT_MOST = 4  # a chain longer than this is an attack: nobody compresses five times
_ZSTD_WINDOW = 8 << 20  # bytes; RFC 9659 lets no decoder for the web be asked for more
_RAW, _ZLIB, _GZIP = -15, 15, 31  # zlib's window bits: raw deflate, zlib and gzip framing


class EncodingError(Exception):
    """The data is not in the coding that it claims, or unfolds into more than was allowed."""


class Decoder(Protocol):
    """Undoes one coding piece by piece; one object an answer, it carries state."""

    def feed(self, data: bytes, most: int) -> bytes:
        """Return what this piece unfolds into; raises EncodingError beyond ``most`` bytes."""
        ...


class _Inflate:
    """gzip, member after member, and deflate, which some servers send without its zlib frame."""

    def __init__(self, bits: int) -> None:
        self._bits = bits
        self._inner = zlib.decompressobj(bits)
        self._fresh = True

    def feed(self, data: bytes, most: int) -> bytes:
        out = b""
        while data:
            if self._inner.eof:
                self._inner = zlib.decompressobj(self._bits)
            part = self._inflate(data, most + 1 - len(out))
            out += part
            if self._inner.unconsumed_tail or len(out) > most:
                raise EncodingError("unfolds into too much")
            data = self._inner.unused_data.lstrip(b"\0") if self._inner.eof else b""
        return out

    def _inflate(self, data: bytes, room: int) -> bytes:
        try:
            part = self._inner.decompress(data, room)
        except zlib.error as error:
            if not self._fresh or self._bits != _ZLIB:
                raise EncodingError("not what it claims to be") from error
            self._bits, self._fresh = _RAW, False
            self._inner = zlib.decompressobj(_RAW)
            return self._inflate(data, room)
        self._fresh = False
        return part


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Decompressor()

    def feed(self, data: bytes, most: int) -> bytes:
        if not data:
            return b""
        try:
            out: bytes = self._inner.process(data, output_buffer_limit=most + 1)
        except brotli.error as error:
            raise EncodingError("not what it claims to be") from error
        if len(out) > most or not (self._inner.can_accept_more_data() or self._inner.is_finished()):
            raise EncodingError("unfolds into too much")
        return out


class _Sink:
    """Where zstd writes: it says stop as soon as there is too much."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.room = 0

    def write(self, data: bytes) -> int:
        self.room -= len(data)
        if self.room < 0:
            raise EncodingError("unfolds into too much")
        self.parts.append(bytes(data))
        return len(data)


class _Zstd:
    def __init__(self) -> None:
        self._sink = _Sink()
        inner = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._writer = inner.stream_writer(self._sink, write_size=1 << 16)  # type: ignore[arg-type] # only write() is used

    def feed(self, data: bytes, most: int) -> bytes:
        self._sink.parts, self._sink.room = [], most
        try:
            self._writer.write(data)
        except zstandard.ZstdError as error:
            raise EncodingError("not what it claims to be") from error
        return b"".join(self._sink.parts)


class _Chain:
    def __init__(self, decoders: list[Decoder]) -> None:
        self._decoders = decoders

    def feed(self, data: bytes, most: int) -> bytes:
        for decoder in self._decoders:
            data = decoder.feed(data, most)
        return data


def _single(coding: str) -> Decoder | None:
    match coding:
        case "gzip" | "x-gzip":
            return _Inflate(_GZIP)
        case "deflate":
            return _Inflate(_ZLIB)
        case "br":
            return _Brotli()
        case "zstd":
            return _Zstd()
    return None


def codings(encoding: str) -> list[str]:
    """Return the codings of a content-encoding header in the order of application; identity is none."""
    named = [part.strip().lower() for part in encoding.split(",")]
    return [name for name in named if name and name != "identity"]


def decoder(encoding: str) -> Decoder | None:
    """Return what undoes a content-encoding header piece by piece, or None if a coding is not known."""
    names = codings(encoding)
    if len(names) > _CODINGS_AT_MOST:
        return None
    chain = [one for name in reversed(names) if (one := _single(name)) is not None]
    return _Chain(chain) if len(chain) == len(names) else None


def decode(data: bytes, encoding: str, limit: int) -> bytes | None:
    """Return data with its codings undone, at most ``limit`` bytes; data cut short gives what it holds.

    None if a coding is not known, the data is not in it, or it unfolds into more than ``limit`` bytes.
    """
    if not encoding or not codings(encoding):
        return data
    chain = decoder(encoding)
    if chain is None:
        return None
    try:
        return chain.feed(data, limit)
    except EncodingError:
        return None
