"""Anthropic's wire format: messages, token counting, batches, the legacy completion; also messages on Vertex AI.

What its SDKs do with a refusal: they read the id from ``request-id``, raise by status, obey ``x-should-retry``, and
sleep a ``retry-after`` in full (see ``wire.refusal_headers``). In a stream they raise on ``event: error`` and take the
error's type from its body.
"""

import re
from collections.abc import Callable
from typing import ClassVar, NamedTuple

import msgspec

from gateway.actions.base import RefusalKind, Refuse, Trimming
from gateway.dialects import anthropic_answer as answers
from gateway.dialects import anthropic_plain as plain
from gateway.dialects import anthropic_query as queries
from gateway.dialects import anthropic_trim as trims
from gateway.dialects.anthropic_rewriter import Lines, Message
from gateway.dialects.base import Reply, Rewriter
from gateway.dialects.sse import frame
from gateway.dialects.wire import encode, notice, refusal_headers, status
from gateway.exchange import Answer, Glance, Query, Surface

_NAME = "anthropic"
_MESSAGES = Surface("anthropic.messages", _NAME)
_COUNT = Surface("anthropic.count_tokens", _NAME, generates=False)
_BATCHES = Surface("anthropic.batches", _NAME)  # made of many queries
_RESULTS = Surface("anthropic.batches.stored", _NAME)  # hours later, all their answers
_STORED = Surface("anthropic.batches.stored", _NAME, generates=False)  # listed, looked at, cancelled
_COMPLETE = Surface("anthropic.complete", _NAME)
_EXACT = {
    ("POST", "/v1/messages"): _MESSAGES,
    ("POST", "/v1/messages/count_tokens"): _COUNT,
    ("POST", "/v1/messages/batches"): _BATCHES,
    ("POST", "/v1/complete"): _COMPLETE,
}
_UNDER_BATCHES = re.compile(r"/v1/messages/batches(/[^/]+(/results|/cancel)?)?")
_VERTEX = re.compile(
    r"/v1(?:beta1)?/projects/[^/]+/locations/[^/]+/publishers/anthropic/models/([^/:]+):(rawPredict|streamRawPredict)"
)
_TYPES: dict[RefusalKind, str] = {
    "throttled": "rate_limit_error",
    "denied": "permission_error",
    "unverified": "permission_error",
    "too_large": "request_too_large",
    "headers_too_large": "invalid_request_error",
    "malformed": "invalid_request_error",
    "unsupported": "invalid_request_error",
    "model_unreachable": "api_error",
    "model_timeout": "timeout_error",
    "overloaded": "overloaded_error",
}


class _Kind(NamedTuple):
    """How the bodies of one surface are read and trimmed."""

    glance: Callable[[bytes], Glance]
    read: Callable[[bytes], Query]
    hear: Callable[[bytes], Answer]
    trim: Callable[[bytes, Trimming], bytes]


def _unseen(body: bytes) -> Glance:
    """Nothing to see but the size."""
    return Glance(body_bytes=len(body))


def _nothing(_body: bytes) -> Query:
    """Nothing is asked by looking."""
    return Query()


def _read(body: bytes) -> Query:
    return plain.read(body) or queries.read_message(body)


def _hear(body: bytes) -> Answer:
    return plain.hear(body) or answers.hear(body)


def _leave(body: bytes, _trimming: Trimming) -> bytes:
    """Nothing to take out: counting is strict about members that it does not know, and gives nothing away."""
    return body


_KINDS = {
    "anthropic.messages": _Kind(queries.glance, _read, _hear, trims.trim_message),
    "anthropic.count_tokens": _Kind(queries.glance, queries.read_message, answers.hear, _leave),
    "anthropic.batches": _Kind(queries.glance_batch, queries.read_batch, answers.hear, trims.trim_batch),
    "anthropic.batches.stored": _Kind(_unseen, _nothing, answers.hear_batch, _leave),
    "anthropic.complete": _Kind(queries.glance, queries.read_complete, answers.hear, trims.trim_complete),
}

_THINKING = {_MESSAGES.name, _RESULTS.name}


def _kind(surface: Surface) -> _Kind:
    """Return how a surface is read; one that only an older journal knows is read as messages."""
    return _KINDS.get(surface.name, _KINDS[_MESSAGES.name])


class Anthropic:
    """Reads and writes Anthropic's wire format."""

    name: ClassVar[str] = _NAME

    def claims(self, method: str, path: str) -> Surface | None:
        """Return the surface behind a path."""
        if exact := _EXACT.get((method, path)):
            return exact
        if batch := _UNDER_BATCHES.fullmatch(path):
            return _RESULTS if method == "GET" and batch.group(2) == "/results" else _STORED
        match = _VERTEX.fullmatch(path) if method == "POST" else None
        return _vertex(match.group(1), match.group(2)) if match else None

    def glance(self, surface: Surface, body: bytes) -> Glance:
        """Read the few fields that the proxy needs."""
        found = _kind(surface).glance(body)
        if surface.model:  # on Vertex AI the path names the model, and may say that the answer streams
            return msgspec.structs.replace(found, model=surface.model, stream=found.stream or surface.streams)
        return found

    def read(self, surface: Surface, body: bytes) -> Query:
        """Read a whole query with its text."""
        found = _kind(surface).read(body)
        if surface.model:
            return msgspec.structs.replace(found, model=surface.model, stream=found.stream or surface.streams)
        return found

    def hear(self, surface: Surface, content_type: str, body: bytes) -> Answer:  # noqa: ARG002  # the same
        """Read a whole answer, perhaps cut short."""
        return _kind(surface).hear(body)

    def write(self, surface: Surface, body: bytes, trimming: Trimming) -> bytes:
        """Return the body trimmed. There are no log-probabilities and no several samples in this format."""
        return _kind(surface).trim(body, trimming)

    def rewriter(self, surface: Surface, content_type: str, trimming: Trimming) -> Rewriter | None:  # noqa: ARG002  # the first byte says what the answer is
        """Return what takes the reasoning out of the answer; None if none is taken out, or none is there."""
        if not (trimming.reasoning or trimming.model_shown) or surface.name not in _THINKING:
            return None
        return Lines(trimming) if surface.name == _RESULTS.name else Message(trimming)

    def refuse(self, refusal: Refuse, request_id: str) -> Reply:
        """Return the refusal as the SDKs expect it."""
        headers = refusal_headers(refusal, request_id)
        headers += ((b"request-id", dict(headers)[b"x-request-id"]),)
        return Reply(status(refusal), headers, encode(_error(refusal, request_id)))

    def interrupt(self, surface: Surface, refusal: Refuse, request_id: str) -> bytes:  # noqa: ARG002  # every stream of this dialect ends alike
        """Return the event on which the SDKs raise."""
        return frame(encode(_error(refusal, request_id)), "error")


def _vertex(model: str, verb: str) -> Surface:
    """Return the surface of a message on Vertex AI, where counting tokens is a model of its own."""
    if model == "count-tokens":
        return Surface(_COUNT.name, _NAME, generates=False)
    return Surface(_MESSAGES.name, _NAME, model=model, streams=verb == "streamRawPredict")


def _error(refusal: Refuse, request_id: str) -> dict[str, object]:
    error = {"type": _TYPES[refusal.kind], "message": notice(refusal)}
    return {"type": "error", "error": error, "request_id": request_id}
