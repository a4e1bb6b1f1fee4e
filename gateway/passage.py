"""One exchange on its way through the gateway: what is known of it so far, and what is kept for the analyst."""

import random
from collections.abc import Mapping
from functools import cache

from gateway import clock
from gateway.caller import Request
from gateway.decisions import Decision, Subject
from gateway.dialects.base import Dialect
from gateway.exchange import Entry, Glance, Surface
from gateway.gate import UNTOUCHED, Admitted
from gateway.hop import Inbound, inbound, sane_request_id, weight
from gateway.identity import NOBODY, Identified
from gateway.recent import Recent

CALLER_GONE = 499  # nginx's word for it: nothing was answered, the client had left
_UNREAD = Glance()
_NOTHING: Mapping[Subject, Decision] = {}
_INBOUND = Recent(inbound, weight)


@cache
def _dice() -> random.Random:
    return random.Random()  # noqa: S311 - seeded by the system; an id must be unique and tell nothing, not be a secret


def exchange_id() -> str:
    """Return 32 hexadecimal digits, unique for ever: 128 bits of chance, so that nobody can count exchanges by them."""
    return f"{_dice().getrandbits(128):032x}"


class Passage:
    """One exchange.

    Attributes:
        id: unique for ever; the request id is another, for the client may choose it.
        at, began: arrival: seconds since the epoch, and on the monotonic clock.
        body: as the client sent it.
        status: as the client got it; 0 until then.
        asked: the query went out to the model.
        started: the head of an answer has gone out.
        heard: the head of the model's answer has come in.
        complete: the last byte went out to the client.
        plain: the answer goes out without content coding.
        decided: the decisions that stood when this exchange was last looked at.
        dawdled: seconds that it was kept waiting.
        last: the piece that went out last.
        readied: seconds of the gateway's own work before the query went out.
        sent, first_byte: monotonic clock: query handed to the model, its answer's head read.
        turned: seconds of the gateway's own work between the answer's head and its first piece.
        error: from metrics.ERROR_TYPES; empty if all went well.
    """

    __slots__ = (
        "_kept", "_room", "admitted", "asked", "at", "began", "body", "client", "complete", "dawdled", "decided",
        "dialect", "error",
        "first_byte", "glance", "heard", "id", "identified", "last", "plain", "readied", "received", "request",
        "request_id", "response_encoding", "response_type", "sent", "started", "status", "subjects", "surface",
        "turned",
    )  # fmt: skip

    def __init__(self, request: Request, dialect: Dialect, surface: Surface, capture: int) -> None:
        self.at = clock.now()
        self.began = clock.monotonic()
        self.request = request
        self.dialect = dialect
        self.surface = surface
        self.client: Inbound = _INBOUND.of(request.headers)
        self.id = exchange_id()
        asked = self.client.found.get(b"x-request-id", b"")
        # Ours is bare hexadecimal because model servers exist that refuse a request id which is no UUID.
        self.request_id = asked.decode("ascii") if asked and sane_request_id(asked) else self.id
        self.body = b""
        self.glance = _UNREAD
        self.identified: Identified = NOBODY
        self.subjects: tuple[Subject, ...] = ()
        self.admitted: Admitted = UNTOUCHED
        self.decided: Mapping[Subject, Decision] = _NOTHING
        self.dawdled = 0.0
        self.status = 0
        self.plain = True
        self.last = b""
        self.asked = self.heard = self.started = self.complete = False
        self.error = ""
        self.readied = self.sent = self.first_byte = self.turned = 0.0
        self.response_type = self.response_encoding = ""
        self.received = 0
        self._kept: list[bytes] = []
        self._room = capture

    def keep(self, piece: bytes) -> None:
        """Keep a reference to a piece of the answer while there is room; beyond, only count."""
        self.received += len(piece)
        if self._room > 0:
            self._kept.append(piece)
            self._room -= len(piece)

    def captured(self, limit: int) -> bytes:
        """Return what was kept of the answer, at most ``limit`` bytes."""
        kept = self._kept[0] if len(self._kept) == 1 else b"".join(self._kept)
        return kept if len(kept) <= limit else kept[:limit]

    def widen(self, capture: int) -> None:
        """Keep more of the answer than planned."""
        self._room = max(self._room, capture)

    def entry(self, limit: int, took: float) -> Entry:
        """Return the exchange as the journal keeps it."""
        response = self.captured(limit)
        return Entry(
            id=self.id,
            at=self.at,
            took=took,
            surface=self.surface.name,
            model=self.glance.model or self.surface.model,
            subjects=self.subjects,
            status=self.status,
            request=self.body,
            request_encoding=self.client.found.get(b"content-encoding", b"").decode("latin-1"),
            response=response,
            response_type=self.response_type,
            response_encoding=self.response_encoding,
            response_bytes=self.received,
            truncated=self.received > len(response),
            complete=self.complete,
            decision=self.admitted.decision,
            client=self.identified.client,
            tls=self.identified.tls,
            asn=self.identified.asn,
        )
