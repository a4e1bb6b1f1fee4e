"""Anthropic's messages as nearly everybody writes them, decoded straight into their few members.

A body with anything more in it (tools' blocks, pictures, thinking, odd types) does not fit the types below and is left
to the patient readers; a test holds both to the same result.
"""

from typing import Annotated, Final, Literal, TypeAlias

import msgspec

from gateway.dialects.anthropic_answer import FINISH
from gateway.exchange import Answer, Query, Turn, Usage

_Count: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
_ABSENT: Final = msgspec.Raw(b"")


class _Block(msgspec.Struct, gc=False):
    type: Literal["text"]
    text: str
    content: None = None
    thinking: None = None
    signature: None = None


class _Message(msgspec.Struct, gc=False):
    role: str
    content: str | list[_Block]


class _Asked(msgspec.Struct, gc=False):
    messages: list[_Message]
    model: str | None = None
    system: str | list[_Block] | None = None
    max_tokens: _Count | None = None
    max_tokens_to_sample: None = None
    temperature: float | None = None
    tools: list[msgspec.Raw] | None = None
    stream: bool | None = None
    thinking: None = None


class _Usage(msgspec.Struct, gc=False):
    input_tokens: _Count | None = None
    cache_creation_input_tokens: _Count | None = None
    cache_read_input_tokens: _Count | None = None
    output_tokens: _Count | None = None
    output_tokens_details: None = None


class _Whole(msgspec.Struct, gc=False):
    content: list[_Block]
    stop_reason: str | None = None
    usage: _Usage | None = None
    completion: None = None
    error: msgspec.Raw = _ABSENT


_asked = msgspec.json.Decoder(_Asked).decode
_whole = msgspec.json.Decoder(_Whole).decode


def read(body: bytes) -> Query | None:
    """Return a message's query, or None if it is none of the plain ones."""
    try:
        asked = _asked(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    said = [(message.role, _words(message.content)) for message in asked.messages]
    system = [_words(asked.system or ""), *[words for role, words in said if role == "system"]]
    return Query(
        model=asked.model or "",
        system="\n".join(filter(None, system)),
        turns=tuple([Turn(role or "user", words) for role, words in said if role != "system"]),
        max_tokens=asked.max_tokens or 0,
        temperature=-1.0 if asked.temperature is None else asked.temperature,
        tools=len(asked.tools or ()),
        stream=asked.stream is True,
    )


def hear(body: bytes) -> Answer | None:
    """Return a whole message, or None if it is none of the plain ones."""
    if body[:1] != b"{":
        return None
    try:
        whole = _whole(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    finish = whole.stop_reason or ""
    if whole.error is not _ABSENT or finish == "refusal":
        return None
    return Answer(
        text="".join([block.text for block in whole.content]),
        finish=FINISH.get(finish, finish and "stop"),
        choices=1 if whole.content or finish else 0,
        usage=_used(whole.usage),
        ended=True,
    )


def _words(content: str | list[_Block]) -> str:
    return content if isinstance(content, str) else "\n".join([block.text for block in content if block.text])


def _used(usage: _Usage | None) -> Usage:
    if usage is None:
        return Usage()
    cached = (usage.cache_creation_input_tokens or 0) + (usage.cache_read_input_tokens or 0)
    return Usage((usage.input_tokens or 0) + cached, usage.output_tokens or 0)
