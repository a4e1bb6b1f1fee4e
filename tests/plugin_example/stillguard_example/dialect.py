"""Echo: ``POST /echo`` of ``{"model", "say", "max"}``, answered by ``{"said"}``; errors are ``{"error"}``."""

from dataclasses import dataclass
from typing import ClassVar

from gateway.actions.base import Refuse, Trimming
from gateway.dialects import wire
from gateway.dialects.base import Reply, Rewriter
from gateway.exchange import Answer, Glance, Query, Surface, Turn


@dataclass(frozen=True)
class Echo:
    """A wire format without streams.

    Attributes:
        path: where it is spoken.
    """

    name: ClassVar[str] = "echo"

    path: str = "/echo"

    def claims(self, method: str, path: str) -> Surface | None:
        """Claim its one path."""
        return Surface("echo.say", "echo") if (method, path) == ("POST", self.path) else None

    def glance(self, surface: Surface, body: bytes) -> Glance:
        """Read the model and the cap."""
        query = self.read(surface, body)
        return Glance(query.model, False, "", 1, query.max_tokens, len(body))

    def read(self, _surface: Surface, body: bytes) -> Query:
        """Read the question."""
        document = wire.document(body)
        said = wire.text(document.get("say"))
        most = max(0, wire.number(document.get("max")))
        turns = (Turn("user", said),) if said else ()
        return Query(model=wire.text(document.get("model")), turns=turns, max_tokens=most)

    def hear(self, _surface: Surface, _content_type: str, body: bytes) -> Answer:
        """Read the answer."""
        said = wire.text(wire.document(body).get("said"))
        return Answer(text=said, finish="stop", choices=1, ended=True) if said else Answer()

    def write(self, _surface: Surface, body: bytes, trimming: Trimming) -> bytes:
        """Lower the cap."""
        document, most = wire.editable(body), wire.number(wire.document(body).get("max"))
        if not (document and trimming.max_tokens) or 0 < most <= trimming.max_tokens:
            return body
        return wire.encode({**document, "max": trimming.max_tokens})

    def rewriter(self, _surface: Surface, _content_type: str, _trimming: Trimming) -> Rewriter | None:
        """Answers hold nothing to take out."""
        return None

    def refuse(self, refusal: Refuse, request_id: str) -> Reply:
        """Say no."""
        body = wire.encode({"error": wire.notice(refusal)})
        return Reply(wire.status(refusal), wire.refusal_headers(refusal, request_id), body)

    def interrupt(self, _surface: Surface, _refusal: Refuse, _request_id: str) -> bytes:
        """There are no streams to interrupt."""
        return b""
