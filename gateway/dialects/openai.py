"""OpenAI's wire format, as a dialect: which surface is read, trimmed, stripped and refused by which rules."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, TypeAlias

import msgspec

from gateway.actions.base import NO_TRIMMING, RefusalKind, Refuse, Trimming
from gateway.dialects import (
    openai_answers,
    openai_chat,
    openai_events,
    openai_logprobs,
    openai_plain,
    openai_responses,
    openai_surfaces,
    sse,
    wire,
)
from gateway.dialects.base import Reply, Rewriter
from gateway.dialects.renaming import steer
from gateway.dialects.rewriting import Rewriting
from gateway.exchange import Answer, Glance, Query, Surface

Read: TypeAlias = Callable[[dict[str, Any]], Query]
Trim: TypeAlias = Callable[[dict[str, Any], Trimming], bool]

_ERRORS: Mapping[RefusalKind, tuple[str, str]] = MappingProxyType(
    {
        "throttled": ("rate_limit_error", "abnormal_usage_detected"),
        "denied": ("permission_error", "access_suspended"),
        "unverified": ("permission_error", "verification_required"),
        "too_large": ("invalid_request_error", "request_too_large"),
        "headers_too_large": ("invalid_request_error", "headers_too_large"),
        "malformed": ("invalid_request_error", "malformed_request"),
        "unsupported": ("invalid_request_error", "unsupported_operation"),
        "model_unreachable": ("api_error", "model_unreachable"),
        "model_timeout": ("api_error", "model_timeout"),
        "overloaded": ("api_error", "overloaded"),
    }
)
_ANY = re.compile(rb"")
_BINARY = ("audio/", "image/", "video/", "application/octet-stream")


class _Fields(msgspec.Struct, gc=False):
    """The members that a glance needs; all others are skipped, not decoded."""

    model: str | None = None
    stream: bool | None = None
    user: str | None = None
    safety_identifier: str | None = None
    n: int | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    max_output_tokens: int | None = None


_FIELDS = msgspec.json.Decoder(_Fields)


def _read_prompt(document: dict[str, Any]) -> Query:
    """Read the text that images, audio and moderations are made from."""
    asked = document.get("prompt") or document.get("input")
    samples = max(1, wire.number(document.get("n")))
    return Query(model=wire.text(document.get("model")), turns=openai_chat.prompts(asked), samples=samples)


_READS: Mapping[str, Read] = MappingProxyType(
    {
        "openai.chat": openai_chat.read_chat,
        "openai.completions": openai_chat.read_completion,
        "openai.embeddings": openai_chat.read_embeddings,
        "openai.responses": openai_responses.read,
        "openai.images": _read_prompt,
        "openai.audio": _read_prompt,
        "openai.moderations": _read_prompt,
    }
)
_TRIMS: Mapping[str, Trim] = MappingProxyType(
    {
        "openai.chat": openai_chat.trim,
        "openai.completions": openai_chat.trim,
        "openai.responses": openai_responses.trim,
    }
)
_HEARS: Mapping[str, Callable[[bytes], Answer]] = MappingProxyType(
    {
        "openai.chat": lambda body: openai_plain.hear(body) or openai_answers.hear(body),
        "openai.chat.stored": openai_answers.hear,
        "openai.completions": openai_answers.hear,
        "openai.embeddings": openai_answers.hear_embeddings,
        "openai.responses": openai_events.hear,
        "openai.responses.stored": openai_events.hear,
    }
)
_RESPONSES = {"openai.responses", "openai.responses.stored"}
_STRIPS = MappingProxyType(
    {
        "openai.chat": openai_chat,
        "openai.chat.stored": openai_chat,
        "openai.completions": openai_chat,
        "openai.responses": openai_responses,
        "openai.responses.stored": openai_responses,
    }
)


class OpenAI:
    """OpenAI's dialect, which most model servers speak."""

    name: ClassVar[str] = "openai"

    def claims(self, method: str, path: str) -> Surface | None:
        """Return the surface behind a path, or None if OpenAI has none there."""
        return openai_surfaces.surface(method, path)

    def glance(self, surface: Surface, body: bytes) -> Glance:
        """Read the few fields that the proxy needs; a member of the wrong type costs only itself."""
        try:
            found = _FIELDS.decode(body)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return self._tolerant(surface, body)
        return Glance(
            found.model or surface.model,
            found.stream is True,
            found.safety_identifier or found.user or "",
            max(1, found.n or 1),
            max(0, found.max_completion_tokens or found.max_tokens or found.max_output_tokens or 0),
            len(body),
        )

    def _tolerant(self, surface: Surface, body: bytes) -> Glance:
        document = wire.document(body)
        limits = ("max_completion_tokens", "max_tokens", "max_output_tokens")
        return Glance(
            wire.text(document.get("model")) or surface.model,
            wire.flag(document.get("stream")),
            wire.text(document.get("safety_identifier")) or wire.text(document.get("user")),
            max(1, wire.number(document.get("n"))),
            next((found for name in limits if (found := wire.number(document.get(name)))), 0),
            len(body),
        )

    def read(self, surface: Surface, body: bytes) -> Query:
        """Read a whole query with its text."""
        plain = openai_plain.read_chat(body) if surface.name == "openai.chat" else None
        read = _READS.get(surface.name)
        query = plain or (read(wire.document(body)) if read else Query())
        return query if query.model or not surface.model else msgspec.structs.replace(query, model=surface.model)

    def hear(self, surface: Surface, content_type: str, body: bytes) -> Answer:
        """Read a whole answer; its first byte tells JSON from events, whatever the content type says."""
        hear = None if content_type.startswith(_BINARY) else _HEARS.get(surface.name)
        return hear(body) if hear else Answer()

    def write(self, surface: Surface, body: bytes, trimming: Trimming) -> bytes:
        """Return the body with the trimming applied, each untouched member as it was written."""
        trim = _TRIMS.get(surface.name)
        if trimming == NO_TRIMMING or (trim is None and not (trimming.model and surface.name in _READS)):
            return body
        document = wire.editable(body)
        if not document:
            return body
        changed = trim(document, trimming) if trim else False
        if trim is None:  # nothing else of the model server's own is set where no text is made
            trimming = Trimming(model=trimming.model)
        return wire.encode(document) if steer(document, trimming, in_path=bool(surface.model)) or changed else body

    def rewriter(self, surface: Surface, content_type: str, trimming: Trimming) -> Rewriter | None:
        """Return what takes log-probabilities and reasoning out of an answer, or makes its numbers coarser."""
        if content_type.startswith(_BINARY):
            return None
        if surface.name == "openai.embeddings":
            touched = trimming.blur is not None or trimming.model_shown
            return Rewriting(openai_logprobs.Vectors(trimming), _ANY) if touched else None
        rules = _STRIPS.get(surface.name)
        if rules is None:
            return None
        told = (
            (trimming.logprobs or trimming.blur or trimming.alternatives, rules.LOGPROBS_TOLD),
            (trimming.reasoning, rules.REASONING_TOLD),
            (trimming.model_shown, rb'"model"'),
        )
        worth = b"|".join(pattern for wanted, pattern in told if wanted)
        return Rewriting(rules.Strip(trimming), re.compile(worth)) if worth else None

    def refuse(self, refusal: Refuse, request_id: str) -> Reply:
        """Return the refusal as the openai SDKs expect it."""
        body = wire.encode({"error": _error(refusal)})
        return Reply(wire.status(refusal), wire.refusal_headers(refusal, request_id), body)

    def interrupt(self, surface: Surface, refusal: Refuse, request_id: str) -> bytes:  # noqa: ARG002  # OpenAI's error events name no request
        """Return the event that ends a stream. Responses wants it flat and nested: the SDKs raise on nothing else.

        Blank lines go first: they complete an event whose own blank line the model did not get to send.
        """
        error = _error(refusal)
        if surface.name not in _RESPONSES:
            return b"\n\n" + sse.frame(wire.encode({"error": error}))
        flat = {**error, "type": "error", "sequence_number": 0, "error": error}
        return b"\n\n" + sse.frame(wire.encode(flat), "error")


def _error(refusal: Refuse) -> dict[str, str | None]:
    kind, code = _ERRORS[refusal.kind]
    return {"message": wire.notice(refusal), "type": kind, "param": None, "code": code}
