"""The way there: the client's body read within limits, and the query sent on to the model."""

from collections.abc import Awaitable, Callable
from typing import Any

from gateway import clock
from gateway.actions.base import NO_TRIMMING, Refuse
from gateway.config import Limits
from gateway.encoding import codings, decode
from gateway.exchange import Query
from gateway.hop import Onward, request_head
from gateway.passage import Passage
from gateway.refusal import UNKNOWN_ROUTE, Refused, refused
from gateway.routes import Routes
from gateway.upstream import Upstream
from gateway.upstream_wire import Wire

Receive = Callable[[], Awaitable[Any]]

_BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "DELETE", "TRACE"})  # no Content-Length where there is no body
_NOTHING_READ = Query()
_MULTIPART = b"--"  # how its body begins, whatever its content type says; JSON never does


class CallerGone(Exception):  # noqa: N818 - it is what happened
    """The client hung up before its request was whole."""


async def read_body(passage: Passage, receive: Receive, limits: Limits) -> None:
    """Read the client's body into the passage; raises Refused beyond the limit, CallerGone if it does not come."""
    declared = passage.client.found.get(b"content-length")
    if declared is not None and int(declared) > limits.body:
        raise _too_large(limits)
    message = await receive()
    parts: list[bytes] = []
    size = 0
    while message["type"] == "http.request":
        size += len(message["body"])
        if size > limits.body:
            raise _too_large(limits)
        if not message["more_body"]:
            passage.body = b"".join((*parts, message["body"])) if parts else message["body"]
            return
        parts.append(message["body"])
        message = await receive()
    fault = message.get("fault")
    if isinstance(fault, Refused):
        raise fault
    raise CallerGone


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
    if trimming is NO_TRIMMING or not passage.body:
        return passage.body, False
    encoding = passage.client.found.get(b"content-encoding", b"").decode("latin-1")
    plain = decode(passage.body, encoding, limits.body)
    if plain is None:
        raise refused("malformed", "The request's content encoding cannot be read.")
    if _unreadable(passage, plain):
        raise refused("malformed", "The request's body cannot be read.")
    return passage.dialect.write(passage.surface, plain, trimming), bool(codings(encoding))


def _unreadable(passage: Passage, plain: bytes) -> bool:
    """Whether a body that must be trimmed is JSON that only a more patient parser than ours may read."""
    if not passage.surface.generates or passage.surface.name == "opaque" or plain.lstrip()[:1] != b"{":
        return False
    return passage.dialect.read(passage.surface, plain) == _NOTHING_READ


def route(passage: Passage, routes: Routes) -> Upstream:
    """Return where the query goes; raises Refused if nowhere."""
    path = passage.scope["path"]
    upstream = routes.find(path, passage.glance.model or passage.surface.model)
    if upstream is None:
        raise Refused(Refuse(kind="malformed", message=f"No route for {path[:200]}."), UNKNOWN_ROUTE)
    return upstream


async def ask(passage: Passage, upstream: Upstream, body: bytes, *, decoded: bool) -> Wire:
    """Send the query to the model and return the wire on which it will answer; raises UpstreamError."""
    head = _head(passage, upstream, body, decoded=decoded)
    passage.readied = clock.monotonic() - passage.sent  # until here ``sent`` is when the body was there
    wire = await upstream.wire()
    passage.sent = clock.monotonic()
    passage.asked = True
    upstream.ask(wire, head, body, answerless=passage.scope["method"] == "HEAD")
    return wire


def _head(passage: Passage, upstream: Upstream, body: bytes, *, decoded: bool) -> bytes:
    scope = passage.scope
    method: str = scope["method"]
    target = upstream.prefix + scope["raw_path"]
    if scope["query_string"]:
        target += b"?" + scope["query_string"]
    peer = scope["client"]
    onward = Onward(
        method.encode("ascii"),
        target,
        upstream.host,
        peer[0].encode("ascii") if peer else b"",
        scope["scheme"].encode("ascii"),
        passage.request_id.encode("ascii"),
    )
    length = -1 if not body and method in _BODILESS else len(body)
    plain = passage.admitted.trimming is not NO_TRIMMING
    return request_head(onward, passage.client, length, plain=plain, decoded=decoded)


def _too_large(limits: Limits) -> Refused:
    return refused("too_large", f"The request's body is larger than {limits.body} bytes.")
