"""The way back: the model's answer to the client, piece by piece as it comes."""

import asyncio
from collections.abc import Callable
from typing import TypeAlias

from gateway import clock
from gateway.actions.base import NO_TRIMMING, Forward, Refuse
from gateway.caller import Caller
from gateway.dialects.base import Rewriter
from gateway.dialects.limits import limit_headers
from gateway.encoding import Decoder, EncodingError, codings, decoder
from gateway.hop import Outbound, outbound, rewritten, streamed
from gateway.passage import Passage
from gateway.upstream_wire import UpstreamError, Wire

Halt: TypeAlias = Callable[[], None]
_EVENTS = "text/event-stream"
_PIECE_AT_MOST = 64 << 20  # bytes that one piece of the model's may unfold into: the model is trusted, not blindly
_BODILESS = frozenset({204, 304})
_SUCCESS = range(200, 300)


async def answer(passage: Passage, wire: Wire, caller: Caller, halt: Halt) -> None:
    """Send the model's answer on; raises UpstreamError when it fails on the way, cut bodies included.

    ``halt`` is called before each piece, and raises where a decision that came meanwhile ends the answer.
    """
    await _head(passage, wire, halt)
    back = outbound(wire.headers)
    if not back.sound:
        wire.abort()
        raise UpstreamError("cut")
    passage.response_type = back.found.get(b"content-type", b"").decode("latin-1")
    passage.response_encoding = back.found.get(b"content-encoding", b"").decode("latin-1")
    coded = bool(passage.response_encoding) and bool(codings(passage.response_encoding))
    rewriter = _rewriter(passage, wire.status)
    undo = decoder(passage.response_encoding) if rewriter and coded else None
    if rewriter and coded and undo is None:
        wire.abort()  # what cannot be read cannot be trimmed, and must not pass untrimmed
        raise UpstreamError("cut")
    passage.status = wire.status
    passage.plain = undo is not None or not coded
    passage.started = True
    length = int(back.found.get(b"content-length", b"-1")) if rewriter is None else -1
    headers = _headers(passage, back, changed=rewriter is not None)
    caller.start(wire.status, headers, length, dated=b"date" in back.found)
    if not wire.ready:
        await caller.flush()
    passage.turned = clock.monotonic() - passage.first_byte
    if rewriter is None:
        await _relay(passage, wire, caller, halt)
    else:
        await _rewrite(passage, wire, caller, halt, (rewriter, undo))
    passage.complete = True


async def _head(passage: Passage, wire: Wire, halt: Halt) -> None:
    await wire.head()
    passage.first_byte = clock.monotonic()
    passage.heard = True
    halt()


async def _relay(passage: Passage, wire: Wire, caller: Caller, halt: Halt) -> None:
    last = False
    slow = passage.admitted.forward.delay is not None
    while not last:
        piece = wire.take() if wire.ready else await wire.piece()
        halt()
        passage.keep(piece)
        last = wire.ended
        if not last:
            passage.last = piece
        await caller.send(piece, last=last)
        if slow and not last:
            await _dawdle(passage)


async def _rewrite(
    passage: Passage, wire: Wire, caller: Caller, halt: Halt, through: tuple[Rewriter, Decoder | None]
) -> None:
    rewriter, undo = through
    await caller.flush()
    while piece := await wire.piece():
        halt()
        passage.keep(piece)
        try:
            plain = undo.feed(piece, _PIECE_AT_MOST) if undo else piece
        except EncodingError as error:
            wire.abort()
            raise UpstreamError("cut") from error
        if out := rewriter.feed(plain):
            passage.last = out
            await caller.send(out, last=False)
            await _dawdle(passage)
    await caller.send(rewriter.finish(), last=True)


async def _dawdle(passage: Passage) -> None:
    """Keep a stream waiting where a decision says so, within the seconds that it allows in all."""
    delay = passage.admitted.forward.delay
    if delay is None or not delay.between or not passage.response_type.startswith(_EVENTS):
        return
    seconds = min(delay.between, delay.most - passage.dawdled)
    if seconds > 0:
        passage.dawdled += seconds
        await asyncio.sleep(seconds)


def _rewriter(passage: Passage, status: int) -> Rewriter | None:
    trimming = passage.admitted.trimming
    if trimming == NO_TRIMMING or status not in _SUCCESS or status in _BODILESS or passage.request.method == "HEAD":
        return None
    return passage.dialect.rewriter(passage.surface, passage.response_type, trimming)


def _headers(passage: Passage, back: Outbound, *, changed: bool) -> list[tuple[bytes, bytes]]:
    found = back.found
    headers = rewritten(back.headers) if changed else back.headers
    if passage.response_type.startswith(_EVENTS) or (passage.glance.stream and b"content-length" not in found):
        streamed(headers, found)
    if b"x-request-id" not in found and b"request-id" not in found:
        headers.append((b"x-request-id", passage.request_id.encode()))
    forward = passage.admitted.forward
    return _told(headers, forward) if forward.tags or forward.told else headers


def _told(headers: list[tuple[bytes, bytes]], forward: Forward) -> list[tuple[bytes, bytes]]:
    """Tell the client of its limits, in place of what the model says of its own, and not of tags that it may echo."""
    told = [(name.encode(), value.encode()) for name, value in limit_headers(forward.told)]
    hidden = {name for name, _ in told} | {name.encode() for name, _ in forward.tags}
    return [pair for pair in headers if pair[0].lower() not in hidden] + told


def interruption(passage: Passage, refuse: Refuse) -> bytes:
    """Return what tells the reader of an event stream that it was cut; empty where that cannot be said.

    It begins on a line of its own: the model may have been cut in the middle of one.
    """
    if not passage.response_type.startswith(_EVENTS) or passage.status not in _SUCCESS or not passage.plain:
        return b""
    end = passage.dialect.interrupt(passage.surface, refuse, passage.request_id)
    return end if passage.last.endswith(b"\n\n") or end.startswith(b"\n") else b"\n\n" + end
