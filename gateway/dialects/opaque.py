"""A path that nobody knows: relayed byte for byte, identified and metered, but not read."""

from typing import ClassVar

from gateway.actions.base import Refuse, Trimming
from gateway.dialects.base import Dialect, Reply, Rewriter
from gateway.exchange import Answer, Glance, Query, Surface

SURFACE = Surface("opaque", "opaque", generates=False)


class Opaque:
    """The dialect of what is in no known dialect.

    Args:
        speaks: the dialect that refusals are written in, as the client's headers suggest.
    """

    name: ClassVar[str] = "opaque"

    def __init__(self, speaks: Dialect) -> None:
        self._speaks = speaks

    def claims(self, method: str, path: str) -> Surface | None:  # noqa: ARG002  # any path will do
        """Return the surface of all paths."""
        return SURFACE

    def glance(self, surface: Surface, body: bytes) -> Glance:  # noqa: ARG002  # nothing is read
        """Return only how large the body is."""
        return Glance(body_bytes=len(body))

    def read(self, surface: Surface, body: bytes) -> Query:  # noqa: ARG002  # nothing is read
        """Return an empty query."""
        return Query()

    def hear(self, surface: Surface, content_type: str, body: bytes) -> Answer:  # noqa: ARG002  # nothing is read
        """Return an empty answer."""
        return Answer()

    def write(self, surface: Surface, body: bytes, trimming: Trimming) -> bytes:  # noqa: ARG002  # nothing is touched
        """Return the body as it is."""
        return body

    def rewriter(self, surface: Surface, content_type: str, trimming: Trimming) -> Rewriter | None:  # noqa: ARG002  # nothing is touched
        """Return None: the answer passes unchanged."""
        return None

    def refuse(self, refusal: Refuse, request_id: str) -> Reply:
        """Return the refusal in the dialect that the client seems to speak."""
        return self._speaks.refuse(refusal, request_id)

    def interrupt(self, surface: Surface, refusal: Refuse, request_id: str) -> bytes:
        """Return the end of a stream in the dialect that the client seems to speak."""
        return self._speaks.interrupt(surface, refusal, request_id)
