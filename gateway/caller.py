"""The client's side of an exchange, as the proxy sees it, whatever server is in front."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

Header = tuple[bytes, bytes]


class CallerGone(Exception):  # noqa: N818 - it is what happened
    """The client hung up before its request was whole."""


class Request(msgspec.Struct, frozen=True):
    """The head of a client's request.

    Attributes:
        method: in capitals.
        path: percent-decoded; ``raw_path`` is as sent. Neither has the query.
        headers: names in lower case, in order; without Content-Length, which is ``length``.
        length: bytes of the body, where the client says so; else -1.
        peer: address at the other end of the connection; empty if it has none.
    """

    method: str
    path: str
    raw_path: bytes
    query: bytes
    headers: tuple[Header, ...]
    length: int
    peer: str
    scheme: str


class Caller(Protocol):
    """One request of a client's, and the way of its answer."""

    request: Request

    def whole(self) -> bytes | None:
        """Return the whole body if it is here already; else None, and it is to be received."""
        ...

    async def receive(self) -> tuple[bytes, bool]:
        """Return the next piece of the body, and whether more will come.

        Raises CallerGone, or Refused where what comes is not HTTP or comes too late.
        """
        ...

    def start(self, status: int, headers: Sequence[Header], length: int, *, dated: bool) -> None:
        """Begin the answer. Its head may wait for the first piece of the body.

        Args:
            status: of the answer.
            headers: to be sent as they are, none of them for this hop only.
            length: the Content-Length among them; -1 if there is none.
            dated: there is a Date among them.
        """
        ...

    async def flush(self) -> None:
        """Let the head wait no longer."""
        ...

    async def send(self, piece: bytes, *, last: bool) -> None:
        """Send a piece of the body, once the client has room for it."""
        ...
