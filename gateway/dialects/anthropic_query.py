"""What a client asks in Anthropic's wire format: messages, the legacy completion, and batches of messages.

Field names: https://docs.anthropic.com/en/api/messages; blocks of a kind that nobody knew when this was written are
read by what nearly all blocks have: ``text``, or ``content`` with more blocks.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec

from gateway.dialects.wire import digest, document, flag, items, joined, members, number, objects, real, text
from gateway.exchange import Glance, Query, Turn

_SPEAKER = re.compile(r"\n\n(Human|Assistant):")
_ROLES = {"Human": "user", "Assistant": "assistant"}
_NO_THINKING = ("", "disabled")


class _Metadata(msgspec.Struct, frozen=True):
    user_id: str | None = ""


class _Brief(msgspec.Struct, frozen=True):
    """The few members that a glance needs; the decoder skips all others without building them."""

    model: str = ""
    stream: bool | None = False
    metadata: _Metadata | None = None
    max_tokens: int = 0
    max_tokens_to_sample: int = 0


_BRIEF = msgspec.json.Decoder(_Brief, strict=False)  # "512" is a number to some servers, so it is one here


def glance(body: bytes) -> Glance:
    """Read what the proxy needs of a message or a legacy completion."""
    try:
        brief = _BRIEF.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _patient(body)
    return Glance(
        model=brief.model,
        stream=bool(brief.stream),
        user=(brief.metadata.user_id or "") if brief.metadata else "",
        max_tokens=max(0, brief.max_tokens or brief.max_tokens_to_sample),
        body_bytes=len(body),
    )


def glance_batch(body: bytes) -> Glance:
    """Read what the proxy needs of a batch: as many answers as it holds messages."""
    read = read_batch(body)
    if not read.turns:
        return Glance(body_bytes=len(body))
    return Glance(model=read.model, samples=read.samples, max_tokens=read.max_tokens, body_bytes=len(body))


def _patient(body: bytes) -> Glance:
    """Read a body in which some member has a type that it should not have."""
    params = document(body)
    if not params:
        return Glance()
    return Glance(
        model=text(params.get("model")),
        stream=flag(params.get("stream")),
        user=text(members(params.get("metadata")).get("user_id")),
        max_tokens=_limit(params),
        body_bytes=len(body),
    )


def read_message(body: bytes) -> Query:
    """Read one message, or the same body sent to have its tokens counted."""
    return _query(document(body))


def read_complete(body: bytes) -> Query:
    r"""Read a legacy completion, whose prompt is one text with ``\n\nHuman:`` and ``\n\nAssistant:`` in it."""
    params = document(body)
    if not text(params.get("prompt")):
        return Query()
    system, *spoken = _SPEAKER.split(text(params.get("prompt")))
    turns = [Turn(_ROLES[who], said.strip()) for who, said in zip(spoken[::2], spoken[1::2], strict=True)]
    if not turns:
        system, turns = "", [Turn("user", system.strip())]
    if turns[-1].role == "assistant" and not turns[-1].text:
        turns.pop()
    return msgspec.structs.replace(_query(params), system=system.strip(), turns=tuple(turns))


def read_batch(body: bytes) -> Query:
    """Read a batch as one query that asks for as many answers as it holds messages."""
    queries = [_query(members(request.get("params"))) for request in objects(document(body).get("requests"))]
    if not queries:
        return Query()
    return msgspec.structs.replace(
        queries[0],
        turns=tuple(turn for q in queries for turn in q.turns),
        max_tokens=max(q.max_tokens for q in queries),
        samples=len(queries),
        tools=max(q.tools for q in queries),
        tool_results=sum(q.tool_results for q in queries),
        images=sum(q.images for q in queries),
        stream=False,
        asks_reasoning=any(q.asks_reasoning for q in queries),
        reasoning_blobs=tuple(blob for q in queries for blob in q.reasoning_blobs),
    )


def _limit(params: Mapping[str, Any]) -> int:
    return number(params.get("max_tokens")) or number(params.get("max_tokens_to_sample"))


def _query(params: Mapping[str, Any]) -> Query:
    seen = _Reading()
    system = seen.passage(params.get("system"))
    for message in objects(params.get("messages")):
        seen.message(text(message.get("role")), message.get("content"))
    return Query(
        model=text(params.get("model")),
        system=joined((system, *seen.system)),
        turns=tuple(seen.turns),
        max_tokens=_limit(params),
        temperature=real(params.get("temperature"), -1.0),
        tools=len(items(params.get("tools"))),
        tool_results=seen.results,
        images=seen.images,
        stream=flag(params.get("stream")),
        asks_reasoning=_asks_reasoning(members(params.get("thinking"))),
        reasoning_blobs=tuple(seen.blobs),
    )


def _asks_reasoning(thinking: Mapping[str, Any]) -> bool:
    return text(thinking.get("type")) not in _NO_THINKING and thinking.get("display") != "omitted"


class _Reading:
    """What was found so far in the messages of one query."""

    def __init__(self) -> None:
        self.system: list[str] = []
        self.turns: list[Turn] = []
        self.images = 0
        self.results = 0
        self.blobs: list[bytes] = []

    def message(self, role: str, content: Any) -> None:
        """Take in one message: its tool results become turns of their own, before what the user says to them."""
        if role == "assistant":
            self.results = 0
        before = len(self.turns)
        said = self.passage(content)
        if role == "system":
            self.system.append(said)
        elif said or len(self.turns) == before:
            self.turns.append(Turn(role or "user", said))

    def passage(self, content: Any) -> str:
        """Return the text of a content, counting what else lies in it."""
        if isinstance(content, str):
            return content
        return joined(_BLOCKS.get(text(block.get("type")), _Reading.other)(self, block) for block in objects(content))

    def other(self, block: Mapping[str, Any]) -> str:
        """Read any block: its text, or the blocks in it; one that is signed is the model's own."""
        if signature := text(block.get("signature")):
            self.blobs.append(digest(signature))
        return text(block.get("text")) or self.passage(block.get("content"))

    def image(self, _block: Mapping[str, Any]) -> str:
        """Count a picture."""
        self.images += 1
        return ""

    def document(self, block: Mapping[str, Any]) -> str:
        """Read a document if its text is in the query itself (and not a PDF or a link)."""
        source = members(block.get("source"))
        return text(source.get("data")) if source.get("type") == "text" else self.passage(source.get("content"))

    def result(self, block: Mapping[str, Any]) -> str:
        """Take in what a tool gave back, as a turn of the tool."""
        self.results += 1
        self.turns.append(Turn("tool", self.passage(block.get("content"))))
        return ""

    def sealed(self, block: Mapping[str, Any]) -> str:
        """Keep the digest of reasoning that is handed back; its clear text is the model's own, and not asked."""
        blob = text(block.get("signature")) or text(block.get("data"))
        if blob:
            self.blobs.append(digest(blob))
        return ""


_Read: TypeAlias = Callable[[_Reading, Mapping[str, Any]], str]
_BLOCKS: dict[str, _Read] = {
    "image": _Reading.image,
    "document": _Reading.document,
    "tool_result": _Reading.result,
    "mcp_tool_result": _Reading.result,
    "thinking": _Reading.sealed,
    "redacted_thinking": _Reading.sealed,
}
