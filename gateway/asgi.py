"""A client behind any ASGI server: for those who run the proxy under another one than ours."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any

from gateway.caller import CallerGone, Header, Request

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class AsgiCaller:
    """One request as ASGI hands it over."""

    def __init__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        declared = [int(value) for name, value in scope["headers"] if name == b"content-length"]
        self.request = Request(
            scope["method"],
            scope["path"],
            scope["raw_path"],
            scope["query_string"],
            tuple((name, value) for name, value in scope["headers"] if name != b"content-length"),
            declared[0] if declared else -1,
            scope["client"][0] if scope["client"] else "",
            scope["scheme"],
        )
        self._receive = receive
        self._send = send
        self._head: MutableMapping[str, Any] | None = None

    def whole(self) -> bytes | None:
        """Return None: an ASGI server hands the body over piece by piece."""
        return None

    async def receive(self) -> tuple[bytes, bool]:
        """Return the next piece of the body, and whether more will come; raises CallerGone."""
        message = await self._receive()
        if message["type"] != "http.request":
            raise CallerGone
        return message.get("body", b""), message.get("more_body", False)

    def start(self, status: int, headers: Sequence[Header], length: int, *, dated: bool) -> None:  # noqa: ARG002 - the server looks for itself
        """Begin the answer."""
        self._head = {"type": "http.response.start", "status": status, "headers": headers}

    async def flush(self) -> None:
        """Let the head wait no longer."""
        if self._head is not None:
            head, self._head = self._head, None
            await self._send(head)

    async def send(self, piece: bytes, *, last: bool) -> None:
        """Send a piece of the body."""
        await self.flush()
        await self._send({"type": "http.response.body", "body": piece, "more_body": not last})
