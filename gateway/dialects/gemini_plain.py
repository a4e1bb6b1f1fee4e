"""Gemini's generation as nearly everybody writes it, decoded straight into its few members.

A body with anything more in it (function calls, pictures, thoughts, the other spelling, odd types) does not fit the
types below and is left to the patient readers; a test holds both to the same result.
"""

# ruff: noqa: N815 - the wire's own words

from typing import Annotated, TypeAlias

import msgspec

from gateway.dialects.gemini_answer import FINISH
from gateway.dialects.gemini_query import ROLES
from gateway.exchange import Answer, Query, Turn, Usage

_Count: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class _Object(msgspec.Struct, gc=False):
    pass


class _Part(msgspec.Struct, gc=False):
    text: str | None = None
    thought: None = None
    thoughtSignature: None = None
    thought_signature: None = None
    functionCall: None = None
    function_call: None = None
    toolCall: None = None
    tool_call: None = None
    functionResponse: None = None
    function_response: None = None
    inlineData: None = None
    inline_data: None = None
    fileData: None = None
    file_data: None = None


class _Content(msgspec.Struct, gc=False):
    parts: list[_Part]
    role: str | None = None


class _Config(msgspec.Struct, gc=False):
    maxOutputTokens: _Count | None = None
    max_output_tokens: None = None
    candidateCount: _Count | None = None
    candidate_count: None = None
    responseLogprobs: bool | None = None
    response_logprobs: None = None
    logprobs: _Count | None = None
    temperature: float | None = None
    thinkingConfig: None = None
    thinking_config: None = None


class _Tool(msgspec.Struct, gc=False):
    functionDeclarations: list[_Object] | None = None
    function_declarations: None = None


class _Asked(msgspec.Struct, gc=False):
    contents: list[_Content]
    systemInstruction: _Content | str | None = None
    system_instruction: None = None
    generationConfig: _Config | None = None
    generation_config: None = None
    tools: list[_Tool] | None = None
    content: None = None
    requests: None = None
    generateContentRequest: None = None
    generate_content_request: None = None


class _Candidate(msgspec.Struct, gc=False):
    content: _Content | None = None
    index: _Count | None = None
    finishReason: str | None = None
    finish_reason: None = None
    avgLogprobs: float | None = None
    avg_logprobs: None = None
    logprobsResult: None = None
    logprobs_result: None = None


class _Usage(msgspec.Struct, gc=False):
    promptTokenCount: _Count | None = None
    prompt_token_count: None = None
    toolUsePromptTokenCount: None = None
    tool_use_prompt_token_count: None = None
    candidatesTokenCount: _Count | None = None
    candidates_token_count: None = None
    thoughtsTokenCount: _Count | None = None
    thoughts_token_count: None = None


class _Whole(msgspec.Struct, gc=False):
    candidates: list[_Candidate]
    usageMetadata: _Usage | None = None
    usage_metadata: None = None
    promptFeedback: None = None
    prompt_feedback: None = None
    error: None = None
    embedding: None = None
    embeddings: None = None
    totalTokens: None = None
    total_tokens: None = None


_asked = msgspec.json.Decoder(_Asked).decode
_whole = msgspec.json.Decoder(_Whole).decode
_NO_CONFIG = _Config()


def read(body: bytes, model: str, *, stream: bool) -> Query | None:
    """Return a query, or None if it is none of the plain ones; model and stream are what the path says."""
    try:
        asked = _asked(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    config = asked.generationConfig or _NO_CONFIG
    system = asked.systemInstruction or ""
    return Query(
        model=model,
        system=system if isinstance(system, str) else _words(system, "\n"),
        turns=tuple([Turn(ROLES.get(one.role or "", one.role or ""), _words(one, "\n")) for one in asked.contents]),
        max_tokens=config.maxOutputTokens or 0,
        samples=max(1, config.candidateCount or 0),
        logprobs=max(1, config.logprobs or 0) if config.responseLogprobs else 0,
        temperature=-1.0 if config.temperature is None else config.temperature,
        tools=sum([len(tool.functionDeclarations or ()) or 1 for tool in asked.tools or ()]),
        stream=stream,
    )


def hear(body: bytes) -> Answer | None:
    """Return a whole answer, or None if it is none of the plain ones."""
    if body[:1] != b"{":
        return None
    try:
        whole = _whole(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    candidates = whole.candidates
    reasons = [one.finishReason or "" for one in candidates]
    if any(one.index not in {place, None} for place, one in enumerate(candidates)):
        return None
    endings = [FINISH.get(reason, "refusal") if reason else "" for reason in reasons]
    if "refusal" in endings:
        return None
    return Answer(
        text="\n".join(filter(None, [_words(one.content) for one in candidates if one.content])),
        finish=next((ending for ending, reason in zip(endings, reasons, strict=True) if reason), ""),
        choices=len(candidates),
        logprobs=any(one.avgLogprobs is not None for one in candidates),
        usage=_used(whole.usageMetadata),
        ended=bool(reasons) and all(reasons),
    )


def _words(content: _Content, by: str = "") -> str:
    return by.join([part.text for part in content.parts if part.text])


def _used(usage: _Usage | None) -> Usage:
    if usage is None:
        return Usage()
    thoughts = usage.thoughtsTokenCount or 0
    return Usage(usage.promptTokenCount or 0, (usage.candidatesTokenCount or 0) + thoughts, thoughts)
