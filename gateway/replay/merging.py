"""Several files as one stream in order of time, each file being in order itself."""

import heapq
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

import msgspec

from gateway.replay.reading import Block
from gateway.replay.sources import BLOCK, Source


class _Timed(msgspec.Struct, gc=False):
    at: float = 0.0


class _Line(NamedTuple):
    at: float
    file: str
    number: int
    data: bytes


_decode = msgspec.json.Decoder(_Timed).decode


def blocks(sources: Sequence[Source]) -> Iterator[Block]:
    """Yield the lines of all sources as numbered blocks."""
    if len(sources) == 1:
        for number, span in enumerate(sources[0].spans()):
            yield Block(number, span.data, span.file, span.first)
        return
    held: list[_Line] = []
    size = number = 0
    for line in heapq.merge(*map(_lines, sources), key=lambda line: line.at):
        held.append(line)
        size += len(line.data)
        if size >= BLOCK:
            yield _block(number, held)
            held, size, number = [], 0, number + 1
    if held:
        yield _block(number, held)


def _block(number: int, lines: Sequence[_Line]) -> Block:
    data = b"\n".join([line.data for line in lines])
    return Block(number, data, "", 0, tuple([(line.file, line.number) for line in lines]))


def _lines(source: Source) -> Iterator[_Line]:
    """Yield a file's lines with their times; a line without one goes with the line before it."""
    at = 0.0
    for span in source.spans():
        for place, data in enumerate(span.data.split(b"\n")):
            if data:
                with suppress(msgspec.MsgspecError, UnicodeError, RecursionError):
                    at = _decode(data).at
                yield _Line(at, span.file, span.first + place, data)
