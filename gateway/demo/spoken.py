"""What the simulated model hears and says on the wire, whatever the provider: bytes in, bytes out, no socket."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from gateway.demo.mind import Tool, alternatives

JSON = "application/json"
SSE = "text/event-stream; charset=utf-8"
CREATED = 1_764_000_000  # seconds since the epoch; fixed, so that the same question gives the same bytes
_TOKENS_A_CHUNK = 3  # tokens in one piece of a streamed answer; providers send 1 to about 10


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """One request, decoded.

    Attributes:
        asked: the groups of the route's pattern, and the query parameters.
        refuse, length: what the script says of the answer.
    """

    body: Mapping[str, Any]
    asked: Mapping[str, str] = {}
    refuse: bool = False
    length: int = 0

    @property
    def streamed(self) -> bool:
        """The body asks for a stream."""
        return self.body.get("stream") is True

    def number(self, *names: str) -> int:
        """Return the first whole number in the body under one of the names, or 0."""
        return next((v for n in names if isinstance(v := self.body.get(n), int) and not isinstance(v, bool)), 0)


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """One answer: its pieces in order. ``fault`` is what this surface sends when the model fails midway."""

    pieces: Sequence[bytes]
    content_type: str = JSON
    status: int = 200
    fault: bytes = b""
    headers: Mapping[str, str] = {}

    @property
    def streams(self) -> bool:
        """The answer goes out piece by piece, without a length."""
        return len(self.pieces) > 1


Speaker: TypeAlias = Callable[[Heard], Spoken]
Routes: TypeAlias = Sequence[tuple[str, re.Pattern[str], Speaker]]


def whole(value: object, status: int = 200) -> Spoken:
    """Say one JSON document."""
    return Spoken(pieces=(msgspec.json.encode(value),), status=status)


def event(value: object, name: str = "") -> bytes:
    """Return one server-sent event."""
    head = f"event: {name}\n".encode() if name else b""
    return head + b"data: " + msgspec.json.encode(value) + b"\n\n"


def chunks(pieces: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut tokens into the chunks of a streamed answer."""
    for start in range(0, len(pieces), _TOKENS_A_CHUNK):
        yield pieces[start : start + _TOKENS_A_CHUNK]


def text_of(content: Any) -> str:
    """Return the text in a message's content: a string, a list of parts, or parts in parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, Mapping):
        found = content.get("text", content.get("content", content.get("output", content.get("parts", ""))))
        return text_of(found)
    if isinstance(content, Sequence):
        return "\n".join(text for part in content if (text := text_of(part)))
    return ""


def tool_of(offered: Any, schema: str) -> Tool | None:
    """Return the first function of a list of tools; ``schema`` names the member with its arguments' schema."""
    for entry in offered if isinstance(offered, list) else ():
        if isinstance(entry, Mapping) and isinstance(name := entry.get("name"), str):
            given = entry.get(schema)
            return Tool(name, given if isinstance(given, Mapping) else {})
    return None


def likelihoods(pieces: Sequence[str], alternatives_each: int) -> list[dict[str, Any]]:
    """Return OpenAI's log-probability entry of each token."""
    entries = []
    for piece in pieces:
        rivals = [
            {"token": token, "logprob": chance, "bytes": list(token.encode())}
            for token, chance in alternatives(piece, max(1, alternatives_each))
        ]
        entries.append({**rivals[0], "top_logprobs": rivals[:alternatives_each]})
    return entries
