"""Header rules of one hop (RFC 9110, 7.6.1): what goes on to the model, what comes back, and what stays here."""

import re
from collections.abc import Iterable, Sequence

import msgspec

Header = tuple[bytes, bytes]

_HOP = frozenset({
    b"connection", b"keep-alive", b"proxy-connection", b"proxy-authenticate", b"proxy-authorization",
    b"proxy-authentication-info", b"te", b"trailer", b"transfer-encoding", b"upgrade", b"http2-settings",
})  # fmt: skip
# Read by the proxy, and written again by it, so that they are not copied with the rest.
_READ = frozenset({
    b"host", b"content-length", b"expect", b"x-request-id", b"x-forwarded-for", b"x-forwarded-proto",
    b"accept-encoding", b"content-encoding",
})  # fmt: skip
_SEEN = frozenset({b"content-type", b"origin", b"access-control-request-method"})  # read, and copied
_SPECIAL = _HOP | _READ | _SEEN
_OURS = b"stillguard-"
_HARMLESS = frozenset({b"keep-alive", b"close", b"upgrade", b"te", b"keep-alive, upgrade", b"upgrade, http2-settings"})
_REQUEST_ID = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z:/=@-]{1,128}\Z")

_ANSWER_SEEN = frozenset({
    b"content-type", b"content-encoding", b"content-length", b"x-request-id", b"request-id",
    b"cache-control", b"x-accel-buffering", b"date",
})  # fmt: skip
_ANSWER_SPECIAL = _HOP | _ANSWER_SEEN
# They speak of the body's bytes, and are wrong once these have changed.
_OF_THE_BYTES = frozenset({
    b"content-length", b"etag", b"content-md5", b"digest", b"content-digest", b"repr-digest", b"content-encoding",
})  # fmt: skip
_NO_BUFFERING = (b"x-accel-buffering", b"no")
_NO_TRANSFORM = (b"cache-control", b"no-transform")


class Inbound(msgspec.Struct, frozen=True):
    """A client's headers, sorted: those that the proxy reads by name, the others as lines ready to go on."""

    found: dict[bytes, bytes]
    lines: list[bytes]


def inbound(headers: Iterable[Header]) -> Inbound:
    """Sort a client's headers (names in lower case); what is for this hop only is not among the lines."""
    found: dict[bytes, bytes] = {}
    lines = []
    for name, value in headers:
        if name in _SPECIAL:
            found[name] = found[name] + b", " + value if name in found else value
            if name not in _SEEN:
                continue
        elif name.startswith(_OURS):
            continue
        lines.append(b"%b: %b\r\n" % (name, value))
    listed = found.get(b"connection", b"keep-alive").lower()
    if listed not in _HARMLESS:
        starts = tuple(part.strip() + b":" for part in listed.split(b",") if part.strip())
        lines = [line for line in lines if not line.startswith(starts)]
    return Inbound(found, lines)


def weight(headers: Iterable[Header]) -> int:
    """Return the bytes of names and values."""
    return sum(len(name) + len(value) for name, value in headers)


class Onward(msgspec.Struct, frozen=True):
    """What goes into the head of the request to the model, besides the client's own lines."""

    method: bytes
    target: bytes
    host: bytes
    peer: bytes
    scheme: bytes
    request_id: bytes
    tags: tuple[Header, ...] = ()  # instead of the client's headers of these names


def request_head(onward: Onward, client: Inbound, length: int, *, plain: bool, decoded: bool) -> bytes:
    """Write the head of the request to the model.

    Args:
        onward: what the proxy itself puts in.
        client: the client's headers.
        length: bytes of the body; -1 for none.
        plain: ask for an answer without content coding, because it will be rewritten.
        decoded: the body's content coding has been undone.
    """
    found = client.found
    parts = [b"%b %b HTTP/1.1\r\nhost: %b\r\n" % (onward.method, onward.target, onward.host), *client.lines]
    if onward.tags:
        parts = _tagged(parts, onward.tags)
    if plain:
        parts.append(b"accept-encoding: identity\r\n")
    elif b"accept-encoding" in found:
        parts.append(b"accept-encoding: %b\r\n" % found[b"accept-encoding"])
    if b"content-encoding" in found and not decoded:
        parts.append(b"content-encoding: %b\r\n" % found[b"content-encoding"])
    if length >= 0:
        parts.append(b"content-length: %d\r\n" % length)
    before = found.get(b"x-forwarded-for")
    via = before + b", " + onward.peer if before and onward.peer else before or onward.peer
    scheme = found.get(b"x-forwarded-proto", onward.scheme)
    if via:
        parts.append(b"x-forwarded-for: %b\r\n" % via)
    parts.append(b"x-forwarded-proto: %b\r\nx-request-id: %b\r\n\r\n" % (scheme, onward.request_id))
    return b"".join(parts)


def _tagged(parts: list[bytes], tags: tuple[Header, ...]) -> list[bytes]:
    names = tuple(name + b":" for name, _ in tags)
    kept = [part for part in parts if not part.startswith(names)]
    return kept + [b"%b: %b\r\n" % tag for tag in tags]


class Outbound(msgspec.Struct, frozen=True):
    """An answer's headers without those of the hop; ``found`` by lower-case name; ``sound`` if its body can be read."""

    headers: list[Header]
    found: dict[bytes, bytes]
    sound: bool


def outbound(raw: Sequence[Header]) -> Outbound:
    """Sort a model's headers; names keep their case, all keep their order."""
    found: dict[bytes, bytes] = {}
    kept: list[Header] = []
    sound = True
    for pair in raw:
        name = pair[0].lower()
        if name in _ANSWER_SPECIAL:
            found[name] = pair[1]
            if name in _HOP:
                sound = sound and (name != b"transfer-encoding" or pair[1].lower() == b"chunked")
                continue
        kept.append(pair)
    listed = found.get(b"connection", b"keep-alive").lower()
    if listed not in _HARMLESS:
        names = {part.strip() for part in listed.split(b",")} - {b"content-length", b"content-type"}
        kept = [pair for pair in kept if pair[0].lower() not in names]
    return Outbound(kept, found, sound)


def streamed(headers: list[Header], found: dict[bytes, bytes]) -> None:
    """Tell proxies between us and the client not to hold a stream back, where the model did not say."""
    if b"x-accel-buffering" not in found:
        headers.append(_NO_BUFFERING)
    if b"cache-control" not in found:
        headers.append(_NO_TRANSFORM)


def rewritten(headers: Sequence[Header]) -> list[Header]:
    """Return the headers without those that would be wrong for other bytes."""
    return [pair for pair in headers if pair[0].lower() not in _OF_THE_BYTES]


def sane_request_id(value: bytes) -> bool:
    """Whether a client's request id may go into heads and logs: up to 128 printable token characters."""
    return _REQUEST_ID.match(value) is not None
