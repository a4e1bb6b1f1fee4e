"""What a client asks in Gemini's wire format: contents to generate from, to count, or to embed.

The API is protocol buffers under JSON: each member may be written ``maxOutputTokens`` or ``max_output_tokens``, numbers
may be strings, and a single object may stand where a list is meant. All of it is read here.
Field names: https://ai.google.dev/api/generate-content
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from gateway.dialects.wire import digest, document, encode, flag, joined, members, number, objects, real, text
from gateway.exchange import Glance, Query, Turn

UNSIGNED = "skip_thought_signature_validator"  # documented in place of a signature, where there never was one
ROLES = {"model": "assistant", "function": "tool", "": "user"}


class _Config(msgspec.Struct, frozen=True):
    candidateCount: int | None = 0  # noqa: N815  # the wire's own word
    candidate_count: int | None = 0
    maxOutputTokens: int | None = 0  # noqa: N815  # the same
    max_output_tokens: int | None = 0


class _Brief(msgspec.Struct, frozen=True):
    """The few members that a glance needs; the decoder skips all others without building them."""

    generationConfig: _Config | None = None  # noqa: N815  # the wire's own word
    generation_config: _Config | None = None
    labels: dict[str, str] | None = None


_BRIEF = msgspec.json.Decoder(_Brief, strict=False)
_NO_CONFIG = _Config()


def glance(body: bytes) -> Glance:
    """Read what the proxy needs, but for the model, which the path names."""
    try:
        brief = _BRIEF.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _patient(body)
    config = brief.generationConfig or brief.generation_config or _NO_CONFIG
    return Glance(
        user=(brief.labels or {}).get("user_id", ""),
        samples=max(1, config.candidateCount or config.candidate_count or 1),
        max_tokens=max(0, config.maxOutputTokens or config.max_output_tokens or 0),
        body_bytes=len(body),
    )


def _patient(body: bytes) -> Glance:
    """Read a body in which some member has a type that it should not have."""
    query = document(body)
    if not query:
        return Glance()
    config = members(either(query, "generationConfig"))
    return Glance(
        user=text(members(query.get("labels")).get("user_id")),
        samples=max(1, number(either(config, "candidateCount"))),
        max_tokens=number(either(config, "maxOutputTokens")),
        body_bytes=len(body),
    )


@cache  # it is asked for the few names that are written in this dialect's files, and never for a client's
def snake(name: str) -> str:
    """Return the other spelling that the API accepts.

    >>> snake("maxOutputTokens")
    'max_output_tokens'
    """
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def either(value: Mapping[str, Any], name: str) -> Any:
    """Return a member in either spelling; None if it is not there."""
    found = value.get(name)
    return value.get(snake(name)) if found is None else found


def many(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list, or the one that stands for a list."""
    return [value] if isinstance(value, dict) else objects(value)


def sealed(part: Mapping[str, Any]) -> list[bytes]:
    """Return the digest of the reasoning that a part carries sealed, if it does."""
    blob = text(either(part, "thoughtSignature"))
    return [digest(blob)] if blob and blob != UNSIGNED else []


def read(body: bytes) -> Query:
    """Read a query; one in a ``generateContentRequest`` or in ``requests``, as counting and embedding have it, too."""
    query = document(body)
    query = members(either(query, "generateContentRequest")) or query
    config = members(either(query, "generationConfig"))
    thinking = members(either(config, "thinkingConfig"))
    seen = _Reading()
    system = joined(text(part.get("text")) for part in _instructions(query))
    for content in _contents(query):
        seen.content(content)
    wants = flag(either(config, "responseLogprobs"))
    return Query(
        system=system,
        turns=tuple(seen.turns),
        max_tokens=number(either(config, "maxOutputTokens")),
        samples=max(1, number(either(config, "candidateCount"))),
        logprobs=max(1, number(config.get("logprobs"))) if wants else 0,
        temperature=real(config.get("temperature"), -1.0),
        tools=sum(len(many(either(tool, "functionDeclarations"))) or 1 for tool in many(query.get("tools"))),
        tool_results=seen.results,
        images=seen.images,
        asks_reasoning=flag(either(thinking, "includeThoughts")),
        reasoning_blobs=tuple(seen.blobs),
    )


def _instructions(query: Mapping[str, Any]) -> list[dict[str, Any]]:
    instruction = either(query, "systemInstruction")
    return [{"text": instruction}] if isinstance(instruction, str) else many(members(instruction).get("parts"))


def _contents(query: Mapping[str, Any]) -> list[dict[str, Any]]:
    inner = [content for request in objects(query.get("requests")) for content in many(request.get("content"))]
    return many(query.get("contents")) + many(query.get("content")) + inner


class _Reading:
    """What was found so far in the contents of one query."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.images = 0
        self.results = 0
        self.blobs: list[bytes] = []

    def content(self, content: Mapping[str, Any]) -> None:
        """Take in one content: what tools gave back becomes turns of their own."""
        role = text(content.get("role"))
        if role == "model":
            self.results = 0
        before = len(self.turns)
        said = joined([self._part(part) for part in many(content.get("parts"))])
        if said or len(self.turns) == before:
            self.turns.append(Turn(ROLES.get(role, role), said))

    def _part(self, part: Mapping[str, Any]) -> str:
        self.blobs += sealed(part)
        if response := members(either(part, "functionResponse")):
            self.results += 1
            self.turns.append(Turn("tool", _response(response.get("response"))))
        data = members(either(part, "inlineData")) or members(either(part, "fileData"))
        self.images += text(either(data, "mimeType")).startswith("image/")
        return "" if flag(part.get("thought")) else text(part.get("text"))


def _response(response: Any) -> str:
    """Return what a function gave back, as text: its one string, or the JSON of it."""
    values = list(members(response).values())
    return values[0] if len(values) == 1 and isinstance(values[0], str) else encode(response).decode()
