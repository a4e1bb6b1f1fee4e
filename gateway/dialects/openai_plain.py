"""OpenAI's chat as nearly everybody writes it, decoded straight into its few members: several times as fast.

A body with anything more in it (parts, tool calls of an answer, shown reasoning, log-probabilities, odd types) does not
fit the types below and is left to the patient readers; a test holds both to the same result.
"""

from typing import Annotated, TypeAlias

import msgspec

from gateway.dialects.openai_parts import SYSTEM_ROLES, finish, newest_tool_results, role
from gateway.exchange import Answer, Query, Turn, Usage

_Count: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class _Given(msgspec.Struct, gc=False):
    thought_signature: None = None
    thought_signatures: None = None


class _Call(msgspec.Struct, gc=False):
    extra_content: None = None
    provider_specific_fields: _Given | None = None


class _Message(msgspec.Struct, gc=False):
    role: str
    content: str | None = None
    reasoning_details: None = None
    thinking_blocks: None = None
    extra_content: None = None
    provider_specific_fields: _Given | None = None
    tool_calls: list[_Call] | None = None


class _Asked(msgspec.Struct, gc=False):
    messages: list[_Message]
    model: str | None = None
    max_tokens: _Count | None = None
    max_completion_tokens: _Count | None = None
    n: _Count | None = None
    logprobs: bool | None = None
    top_logprobs: _Count | None = None
    logit_bias: dict[str, msgspec.Raw] | None = None
    temperature: float | None = None
    stream: bool | None = None
    tools: list[msgspec.Raw] | None = None
    functions: list[msgspec.Raw] | None = None
    include_reasoning: bool | None = None
    reasoning: None = None
    thinking: None = None
    chat_template_kwargs: None = None


class _Said(msgspec.Struct, gc=False):
    content: str | None = None
    refusal: str | None = None
    audio: None = None
    tool_calls: None = None
    function_call: None = None
    reasoning_content: None = None
    reasoning: None = None
    reasoning_details: None = None
    thinking_blocks: None = None
    extra_content: None = None
    provider_specific_fields: _Given | None = None


class _Choice(msgspec.Struct, gc=False):
    message: _Said
    index: int = -1
    finish_reason: str | None = None
    text: None = None
    delta: None = None
    logprobs: None = None
    prompt_logprobs: None = None
    reasoning_content: None = None
    reasoning: None = None
    reasoning_details: None = None
    thinking_blocks: None = None


class _Details(msgspec.Struct, gc=False):
    reasoning_tokens: _Count | None = None


class _Usage(msgspec.Struct, gc=False):
    prompt_tokens: _Count
    completion_tokens: _Count
    completion_tokens_details: _Details | None = None
    output_tokens_details: None = None


class _Whole(msgspec.Struct, gc=False):
    choices: list[_Choice]
    usage: _Usage | None = None
    error: None = None
    data: None = None
    prompt_logprobs: None = None


_asked = msgspec.json.Decoder(_Asked).decode
_whole = msgspec.json.Decoder(_Whole).decode


def read_chat(body: bytes) -> Query | None:
    """Return a chat query, or None if it is none of the plain ones."""
    try:
        asked = _asked(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    turns = tuple([Turn(role(m.role), m.content or "") for m in asked.messages if m.role not in SYSTEM_ROLES])
    system = [m.content for m in asked.messages if m.content and m.role in SYSTEM_ROLES]
    most = asked.top_logprobs or 0
    return Query(
        model=asked.model or "",
        system=system[0] if len(system) == 1 else "\n".join(system),
        turns=turns,
        max_tokens=asked.max_completion_tokens or asked.max_tokens or 0,
        samples=max(1, asked.n or 0),
        logprobs=max(1, most) if asked.logprobs or most else 0,
        logit_bias=len(asked.logit_bias or ()),
        temperature=-1.0 if asked.temperature is None else asked.temperature,
        tools=len(asked.tools or ()) + len(asked.functions or ()),
        tool_results=newest_tool_results([turn.role for turn in turns]),
        stream=asked.stream is True,
        asks_reasoning=asked.include_reasoning is True,
    )


def hear(body: bytes) -> Answer | None:
    """Return a whole chat answer, or None if it is none of the plain ones."""
    if body[:1] != b"{":
        return None
    try:
        whole = _whole(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    choices = whole.choices
    if any(choice.index not in {place, -1} for place, choice in enumerate(choices)):
        return None
    finishes = [finish(choice.finish_reason) for choice in choices]
    return Answer(
        text="\n".join([choice.message.content for choice in choices if choice.message.content]),
        refusal="\n".join([choice.message.refusal for choice in choices if choice.message.refusal]),
        finish=next(filter(None, finishes), ""),
        choices=len(choices),
        usage=_used(whole.usage),
        ended=True,
    )


def _used(usage: _Usage | None) -> Usage:
    if usage is None:
        return Usage()
    details = usage.completion_tokens_details
    return Usage(usage.prompt_tokens, usage.completion_tokens, (details and details.reasoning_tokens) or 0)
