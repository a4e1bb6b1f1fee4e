"""Gemini's wire format, as the Gemini API and Vertex AI speak it: the path names the model and what to do with it.

What its SDKs do with a refusal: they raise by HTTP status, read ``error.status`` and ``error.message``, and leave the
header ``retry-after`` alone; the wait stands in ``RetryInfo``. They ask for events (``alt=sse``), and raise on an event
whose first member is ``error``. No SDK asks for the JSON array; who reads it by hand gets the error as last element.
"""

import math
import re
from typing import Any, ClassVar

import msgspec

from gateway.actions.base import RefusalKind, Refuse, Trimming
from gateway.dialects import gemini_answer, gemini_plain, gemini_query, gemini_trim
from gateway.dialects.base import Reply, Rewriter
from gateway.dialects.gemini_rewriter import Answering
from gateway.dialects.sse import frame
from gateway.dialects.wire import encode, notice, refusal_headers, status
from gateway.exchange import Answer, Glance, Query, Surface

_NAME = "gemini"
_CALL = re.compile(
    r"/v1(?:alpha|beta|beta1)?/(?:projects/[^/]+/locations/[^/]+/)?"
    r"(?:(?:publishers/[^/]+/)?models|tunedModels|endpoints)/([^/:]+):([A-Za-z]+)"
)
_LISTED = re.compile(r"/v1(?:alpha|beta)/(?:models|tunedModels)(?:/[^/:]+)?")
_OWN = re.compile(r"/(?:upload/)?v1(?:alpha|beta)/(?!openai(?:/|$)).+")  # /v1beta/openai speaks another dialect
_STREAM = "gemini.stream"
_VERBS = {
    "generateContent": "gemini.generate",
    "streamGenerateContent": _STREAM,
    "countTokens": "gemini.count_tokens",
    "computeTokens": "gemini.count_tokens",
    "embedContent": "gemini.embed",
    "batchEmbedContents": "gemini.embed",
    "asyncBatchEmbedContent": "gemini.other",
    "batchGenerateContent": "gemini.other",
    "generateAnswer": "gemini.other",
    "predict": "gemini.other",
    "predictLongRunning": "gemini.other",
}
_TRIMMED = {"gemini.generate", _STREAM}
_GENERATES = {*_TRIMMED, "gemini.embed"}
_STATUS: dict[RefusalKind, str] = {
    "throttled": "RESOURCE_EXHAUSTED",
    "denied": "PERMISSION_DENIED",
    "unverified": "PERMISSION_DENIED",
    "too_large": "INVALID_ARGUMENT",
    "headers_too_large": "INVALID_ARGUMENT",
    "malformed": "INVALID_ARGUMENT",
    "unsupported": "UNIMPLEMENTED",
    "model_unreachable": "UNAVAILABLE",
    "model_timeout": "DEADLINE_EXCEEDED",
    "overloaded": "UNAVAILABLE",
}
_RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo"
_REQUEST_INFO = "type.googleapis.com/google.rpc.RequestInfo"


class Gemini:
    """Reads and writes Gemini's wire format."""

    name: ClassVar[str] = _NAME

    def claims(self, method: str, path: str) -> Surface | None:
        """Return the surface behind a path."""
        call = _CALL.fullmatch(path) if method == "POST" else None
        if call and (name := _VERBS.get(call.group(2))):
            return _surface(name, call.group(1))
        if method == "GET" and _LISTED.fullmatch(path):
            return _surface("gemini.models", "")
        return _surface("gemini.other", "") if _OWN.fullmatch(path) else None

    def glance(self, surface: Surface, body: bytes) -> Glance:
        """Read the few fields that the proxy needs."""
        return msgspec.structs.replace(gemini_query.glance(body), model=surface.model, stream=surface.name == _STREAM)

    def read(self, surface: Surface, body: bytes) -> Query:
        """Read a whole query with its text."""
        stream = surface.name == _STREAM
        if surface.name in _TRIMMED and (plain := gemini_plain.read(body, surface.model, stream=stream)):
            return plain
        return msgspec.structs.replace(gemini_query.read(body), model=surface.model, stream=stream)

    def hear(self, surface: Surface, content_type: str, body: bytes) -> Answer:  # noqa: ARG002  # the first byte says what the answer is
        """Read a whole answer, perhaps cut short."""
        return gemini_plain.hear(body) or gemini_answer.hear(body)

    def write(self, surface: Surface, body: bytes, trimming: Trimming) -> bytes:
        """Return the body trimmed; what generates nothing has nothing to trim."""
        if surface.name == "gemini.embed":
            return gemini_trim.rename(body, trimming) if trimming.model else body
        return gemini_trim.trim(body, trimming) if surface.name in _TRIMMED else body

    def rewriter(self, surface: Surface, content_type: str, trimming: Trimming) -> Rewriter | None:  # noqa: ARG002  # the same
        """Return what takes reasoning and log-probabilities out of the answer; None if neither is taken out."""
        if surface.name == "gemini.embed":
            return Answering(trimming) if trimming.blur else None
        coarser = trimming.blur is not None or trimming.alternatives
        if surface.name not in _TRIMMED or not (
            trimming.reasoning or trimming.logprobs or coarser or trimming.model_shown
        ):
            return None
        return Answering(trimming)

    def refuse(self, refusal: Refuse, request_id: str) -> Reply:
        """Return the refusal as the SDKs expect it."""
        return Reply(status(refusal), refusal_headers(refusal, request_id), encode(_error(refusal, request_id)))

    def interrupt(self, surface: Surface, refusal: Refuse, request_id: str, content_type: str = "") -> bytes:  # noqa: ARG002  # the surface is the contract's
        """Return the event on which the SDKs raise; in a JSON array, an error as its last element.

        The array's error fits behind a whole element, where streams stop: Google sends element by element. Behind
        half an element the array stays broken, which no reader takes for a whole answer.
        """
        error = encode(_error(refusal, request_id))
        return b",\n" + error + b"\n]" if content_type.startswith("application/json") else frame(error)


def _surface(name: str, model: str) -> Surface:
    return Surface(name, _NAME, model, generates=name in _GENERATES, streams=name == _STREAM)


def _error(refusal: Refuse, request_id: str) -> dict[str, Any]:
    """Return a ``google.rpc.Status`` in JSON; the SDKs look for ``error`` as the first member."""
    details: list[dict[str, str]] = [{"@type": _REQUEST_INFO, "requestId": request_id}]
    if refusal.retry_after > 0 and refusal.kind not in {"denied", "unverified"}:
        details.append({"@type": _RETRY_INFO, "retryDelay": f"{math.ceil(refusal.retry_after)}s"})
    error = {"code": status(refusal), "message": notice(refusal), "status": _STATUS[refusal.kind], "details": details}
    return {"error": error}
