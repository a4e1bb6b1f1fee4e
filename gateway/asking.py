"""The way there: the client's body read within limits, and the query sent on to the model."""

import logging
from hashlib import blake2b
from itertools import takewhile

from gateway import clock
from gateway.actions.base import NO_TRIMMING, Refuse
from gateway.caller import Caller
from gateway.config import Limits
from gateway.dialects.renaming import renamed_path
from gateway.encoding import codings, decode
from gateway.exchange import Query
from gateway.hop import Onward, request_head
from gateway.passage import Passage
from gateway.refusal import UNKNOWN_ROUTE, Refused, refused
from gateway.routes import Routes
from gateway.upstream import Upstream
from gateway.upstream_wire import Wire

log = logging.getLogger("stillguard.proxy")
_BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "DELETE", "TRACE"})  # no Content-Length where there is no body
_NOTHING_READ = Query()
_MULTIPART = b"--"  # how its body begins, whatever its content type says; JSON never does


async def read_body(passage: Passage, caller: Caller, limits: Limits) -> None:
    """Read the client's body into the passage; raises Refused beyond the limit, CallerGone if it does not come."""
    if passage.request.length > limits.body:
        raise _too_large(limits)
    whole = caller.whole()
    if whole is not None:
        if len(whole) > limits.body:
            raise _too_large(limits)
        passage.body = whole
        return
    parts: list[bytes] = []
    size = 0
    more = True
    while more:
        piece, more = await caller.receive()
        size += len(piece)
        if size > limits.body:
            raise _too_large(limits)
        parts.append(piece)
    passage.body = parts[0] if len(parts) == 1 else b"".join(parts)


def look(passage: Passage, limits: Limits) -> None:
    """Take the glance at a query: of its plain body, where it has one that can be read."""
    body = passage.body
    if not body or body.startswith(_MULTIPART):
        return
    encoding = passage.client.found.get(b"content-encoding")
    plain = body if encoding is None else decode(body, encoding.decode("latin-1"), limits.body)
    if plain is not None:
        passage.glance = passage.dialect.glance(passage.surface, plain)


def trimmed(passage: Passage, limits: Limits) -> tuple[bytes, bool]:
    """Return the body to send, and whether its content coding was undone for it.

    Raises Refused if a body that must be trimmed cannot be read: another coding would else be the way round.
    """
    trimming = passage.admitted.trimming
    if trimming == NO_TRIMMING or not passage.body:
        return passage.body, False
    encoding = passage.client.found.get(b"content-encoding", b"").decode("latin-1")
    plain = decode(passage.body, encoding, limits.body)
    if plain is None:
        raise refused("malformed", "The request's content encoding cannot be read.")
    if _unreadable(passage, plain):
        raise refused("malformed", "The request's body cannot be read.")
    return passage.dialect.write(passage.surface, plain, trimming), bool(codings(encoding))


def fingerprint(passage: Passage, limits: Limits) -> str:
    """Return what the newest question of a query is recognised by; of what cannot be read, of the body as it came.

    Case and spacing do not count: they would make the same question a new one for nothing.
    """
    encoding = passage.client.found.get(b"content-encoding", b"").decode("latin-1")
    plain = decode(passage.body, encoding, limits.body) or b""
    turns = passage.dialect.read(passage.surface, plain).turns if passage.surface.generates else ()
    newest = list(takewhile(lambda turn: turn.role != "assistant", reversed(turns)))
    asked = " ".join(" ".join(turn.text for turn in newest).casefold().split())
    content = asked.encode("utf-8", "surrogatepass") if asked else plain or passage.body
    return blake2b(content, digest_size=8).hexdigest()


def _unreadable(passage: Passage, plain: bytes) -> bool:
    """Whether a body that must be trimmed is JSON that only a more patient parser than ours may read."""
    if not passage.surface.generates or passage.surface.name == "opaque" or plain.lstrip()[:1] != b"{":
        return False
    return passage.dialect.read(passage.surface, plain) == _NOTHING_READ


def route(passage: Passage, routes: Routes) -> Upstream:
    """Return where the query goes; raises Refused if nowhere.

    A route that a decision names and this configuration does not have is no reason to refuse anybody.
    """
    path, forward = passage.request.path, passage.admitted.forward
    if forward.route:
        if named := routes.named(forward.route):
            return named
        log.error("a decision names a route that there is not", extra={"route": forward.route})
    upstream = routes.find(path, forward.trimming.model or passage.glance.model or passage.surface.model)
    if upstream is None:
        raise Refused(Refuse(kind="malformed", message=f"No route for {path[:200]}."), UNKNOWN_ROUTE)
    return upstream


async def ask(passage: Passage, upstream: Upstream, body: bytes, *, decoded: bool) -> Wire:
    """Send the query to the model and return the wire on which it will answer; raises UpstreamError."""
    head = _head(passage, upstream, body, decoded=decoded)
    passage.readied = clock.monotonic() - passage.sent  # until here ``sent`` is when the body was there
    wire = upstream.take() or await upstream.connect()
    passage.sent = clock.monotonic()
    passage.asked = True
    upstream.ask(wire, head, body, answerless=passage.request.method == "HEAD")
    return wire


def _head(passage: Passage, upstream: Upstream, body: bytes, *, decoded: bool) -> bytes:
    request, forward = passage.request, passage.admitted.forward
    renamed = forward.trimming.model and passage.surface.model
    path = renamed_path(request.path, passage.surface.model, forward.trimming.model) if renamed else request.raw_path
    target = upstream.prefix + path
    if request.query:
        target += b"?" + request.query
    onward = Onward(
        request.method.encode("ascii"),
        target,
        upstream.host,
        request.peer.encode("ascii"),
        request.scheme.encode("ascii"),
        passage.request_id.encode("ascii"),
        tuple((name.encode("ascii"), value.encode("ascii")) for name, value in forward.tags),
    )
    length = -1 if not body and request.method in _BODILESS else len(body)
    plain = forward.trimming != NO_TRIMMING
    return request_head(onward, passage.client, length, plain=plain, decoded=decoded)


def _too_large(limits: Limits) -> Refused:
    return refused("too_large", f"The request's body is larger than {limits.body} bytes.")
