"""What llhttp lets through in a request's head, and a gateway must not: two readings of it are one attack."""

from collections.abc import Sequence
from typing import NamedTuple

from gateway.refusal import Refused, refused

WATCHED = frozenset({b"host", b"content-length", b"transfer-encoding", b"expect"})
_VERSIONS = frozenset({"1.0", "1.1"})
_DOTS = (b"/./", b"/../")


def malformed(message: str) -> Refused:
    """Return the refusal of a head that cannot be read in one way only."""
    return refused("malformed", message)


class Frame(NamedTuple):
    """How a request is framed: bytes of body, -1 if not told; whether the client waits for 100 Continue."""

    length: int
    expects_100: bool


def check(method: str, version: str, watched: Sequence[tuple[bytes, bytes]]) -> Frame:
    """Check the headers that frame a request.

    Raises Refused for anything that another server on the way might read differently.
    """
    if version not in _VERSIONS:
        raise malformed("Only HTTP/1.0 and HTTP/1.1 are spoken here.")
    if method == "CONNECT":
        raise malformed("CONNECT is not for a reverse proxy.")
    framed = dict(watched)
    if len(framed) != len(watched):
        raise malformed("A header that frames the request is given twice.")
    if version == "1.1" and b"host" not in framed:
        raise malformed("The Host header is missing.")
    coding = framed.get(b"transfer-encoding")
    if coding is not None and (coding.lower() != b"chunked" or version == "1.0"):
        raise malformed("Only the transfer coding 'chunked' is understood, and only in HTTP/1.1.")
    length = framed.get(b"content-length")
    if length is not None and not length.isdigit():
        raise malformed("The Content-Length is not a number.")
    return Frame(-1 if length is None else int(length), framed.get(b"expect", b"").lower() == b"100-continue")


def body_length(watched: Sequence[tuple[bytes, bytes]]) -> int:
    """Return the bytes of body after a head that asks for another protocol; raises Refused if they are in chunks."""
    found = dict(watched)
    if b"transfer-encoding" in found:
        raise refused("unsupported", "A request in chunks cannot ask for another protocol.")
    return int(found.get(b"content-length", b"0"))


def split(url: bytes) -> tuple[bytes, bytes]:
    """Return path and query of a request's target, as sent.

    Raises Refused for what another server would read as another path: dot segments, backslashes, fragments, NULs,
    bytes outside ASCII. An encoded slash may pass: names of models hold them.
    """
    if not url.startswith(b"/"):
        _, mark, rest = url.partition(b"://")  # absolute form, as a client sends to a forward proxy
        slash = rest.find(b"/")
        if not mark or slash < 0:
            raise malformed("The request's target is not a path.")
        url = rest[slash:]
    path, _, query = url.partition(b"?")
    if not url.isascii() or b"#" in url or b"\\" in path:
        raise malformed("The request's target is not a valid path.")
    if b"/." in path or b"%" in path:
        _plain(path.lower())
    return path, query


def _plain(path: bytes) -> None:
    read = path.replace(b"%2e", b".").replace(b"%2f", b"/") + b"/"
    if any(dots in read for dots in _DOTS) or b"%5c" in path or b"%00" in path:
        raise malformed("The request's path may not contain dot segments.")
