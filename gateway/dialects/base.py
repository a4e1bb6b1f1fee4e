"""What a dialect is: bytes to values and back, sans-IO, in one provider's wire format."""

from typing import ClassVar, Protocol

import msgspec

from gateway.actions.base import Refuse, Trimming
from gateway.exchange import Answer, Glance, Query, Surface


class Reply(msgspec.Struct, frozen=True):
    """A whole answer that the gateway itself gives."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


class Rewriter(Protocol):
    """Rewrites one answer on the way; bytes may be cut anywhere. One object an answer: it carries state."""

    def feed(self, data: bytes) -> bytes:
        """Take what the model sent, return what the client gets now."""
        ...

    def finish(self) -> bytes:
        """Return what is still held back when the model's answer has ended."""
        ...


class Dialect(Protocol):
    """One provider's wire format."""

    name: ClassVar[str]

    def claims(self, method: str, path: str) -> Surface | None:
        """Return the surface behind a path (query string excluded), or None if it is not this dialect's."""
        ...

    def glance(self, surface: Surface, body: bytes) -> Glance:
        """Read the few fields that the proxy needs. Never raises: a bad body gives ``Glance()``."""
        ...

    def read(self, surface: Surface, body: bytes) -> Query:
        """Read a whole query with its text. Never raises: what cannot be read is left empty."""
        ...

    def hear(self, surface: Surface, content_type: str, body: bytes) -> Answer:
        """Read a whole answer (JSON, SSE or JSON array; perhaps cut short). Never raises."""
        ...

    def write(self, surface: Surface, body: bytes, trimming: Trimming) -> bytes:
        """Return the body with the trimming applied; unreadable or untouched bodies come back as they are."""
        ...

    def rewriter(self, surface: Surface, content_type: str, trimming: Trimming) -> Rewriter | None:
        """Return what rewrites the answer, or None if the answer passes unchanged."""
        ...

    def refuse(self, refusal: Refuse, request_id: str) -> Reply:
        """Return the refusal as this dialect's SDKs expect it: status, headers and body."""
        ...

    def interrupt(self, surface: Surface, refusal: Refuse, request_id: str) -> bytes:
        """Return the bytes that end a stream with an error which the SDKs raise."""
        ...
