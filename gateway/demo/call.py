"""One HTTP exchange over the gateway's own upstream client: what the demo's clients and its watcher need, no more."""

from collections.abc import Mapping, Sequence

import msgspec

from gateway.upstream import Upstream


class Reply(msgspec.Struct, frozen=True):
    """A whole answer; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def call(
    to: Upstream, method: str, path: str, headers: Sequence[tuple[str, str]] = (), body: bytes = b""
) -> Reply:
    """Ask and read the whole answer; raises UpstreamError if it does not come to its end."""
    lines = [f"{method} {path} HTTP/1.1", f"host: {to.host.decode()}", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers]
    wire = await to.wire()
    try:
        to.ask(wire, "\r\n".join([*lines, "", ""]).encode(), body)
        await wire.head()
        pieces = []
        while piece := await wire.piece():
            pieces.append(piece)
    finally:
        wire.release()
    heard = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in wire.headers}
    return Reply(wire.status, heard, b"".join(pieces))
