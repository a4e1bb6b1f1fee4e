"""OpenAI's chat, old completions and embeddings, as the original, vLLM, SGLang, llama.cpp and DeepSeek have them.

Sources: https://platform.openai.com/docs/api-reference/chat,
https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html,
https://api-docs.deepseek.com/guides/reasoning_model
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from gateway.actions.base import Trimming
from gateway.dialects.openai_logprobs import coarsen, coarsen_prompt
from gateway.dialects.openai_parts import (
    SYSTEM_ROLES,
    alternatives,
    asks_for,
    biased_logprobs,
    fewer,
    newest_tool_results,
    pictures,
    temperature,
    trim_reasoning_budget,
    turn,
    words,
)
from gateway.dialects.renaming import show
from gateway.dialects.rewriting import Outcome
from gateway.dialects.wire import cap, digest, drop, flag, items, joined, members, named, number, objects, text, value
from gateway.exchange import Query, Turn

LOGPROBS_TOLD = rb'logprobs"\s*:\s*(?!null)\S'  # nearly every chunk has the member, and a null in it
REASONING_TOLD = rb'(?:reasoning|thinking)[a-z_]*"\s*:\s*(?!null)\S'
UNSIGNED = "skip_thought_signature_validator"  # Gemini's word where there never was a signature
REASONING = ("reasoning_content", "reasoning", "reasoning_details", "thinking", "thinking_blocks")
_SPOKEN = ("reasoning_content", "reasoning", "thinking")  # those that are text
_LIMITS = ("max_tokens", "max_completion_tokens")
_OTHER_LIMITS = ("min_tokens", "n_predict")  # vLLM's floor, and llama.cpp's own name
_SAMPLES = ("n", "best_of", "n_cmpl")
_ASKS_LOGPROBS = ("logprobs", "top_logprobs", "prompt_logprobs")
_LOGPROBS = (*_ASKS_LOGPROBS, "logit_bias")


def read_chat(document: dict[str, Any]) -> Query:
    """Read a chat query."""
    messages = objects(document.get("messages"))
    turns = tuple(turn(m) for m in messages if text(m.get("role")) not in SYSTEM_ROLES)
    return msgspec.structs.replace(
        _asked(document),
        system=joined(words(m.get("content")) for m in messages if text(m.get("role")) in SYSTEM_ROLES),
        turns=turns,
        logprobs=alternatives(document.get("logprobs"), document.get("top_logprobs")),
        tools=len(items(document.get("tools"))) + len(items(document.get("functions"))),
        tool_results=newest_tool_results(t.role for t in turns),
        images=sum(pictures(m.get("content")) for m in messages),
        asks_reasoning=_asks_reasoning(document),
        reasoning_blobs=tuple(blob for m in messages for blob in blobs(m)),
    )


def read_completion(document: dict[str, Any]) -> Query:
    """Read a query of the old completions; a prompt may be a string, several, or token ids (which stay unread)."""
    return msgspec.structs.replace(
        _asked(document),
        turns=prompts(document.get("prompt")),
        logprobs=alternatives(document.get("logprobs"), 0),
    )


def read_embeddings(document: dict[str, Any]) -> Query:
    """Read an embeddings query: one turn an input."""
    return Query(model=text(document.get("model")), turns=prompts(document.get("input")))


def prompts(asked: Any) -> tuple[Turn, ...]:
    """Return one turn for each text that is asked about."""
    found = [asked] if isinstance(asked, str) else [p for p in items(asked) if isinstance(p, str)]
    return tuple(Turn("user", prompt) for prompt in found)


def _asked(document: dict[str, Any]) -> Query:
    """Read the parameters that chat and completions share."""
    return Query(
        model=text(document.get("model")),
        max_tokens=number(document.get("max_completion_tokens")) or number(document.get("max_tokens")),
        samples=max(1, number(document.get("n"))),
        logit_bias=len(members(document.get("logit_bias"))),
        temperature=temperature(document),
        stream=flag(document.get("stream")),
    )


def _asks_reasoning(document: dict[str, Any]) -> bool:
    """Return whether a parameter asks for reasoning to be shown: an effort alone does not."""
    reasoning = members(document.get("reasoning"))
    template = members(document.get("chat_template_kwargs"))
    return (
        flag(document.get("include_reasoning"))
        or (bool(reasoning) and not flag(reasoning.get("exclude")))
        or text(members(document.get("thinking")).get("type")) in {"enabled", "adaptive"}
        or flag(template.get("enable_thinking"))
        or flag(template.get("thinking"))
    )


def blobs(message: dict[str, Any]) -> Iterable[bytes]:
    """Digest the encrypted reasoning and signatures in a message, a delta, its details or its tool calls."""
    for holder in (message, *objects(message.get("tool_calls"))):
        for signature in _signatures(holder):
            if signature and signature != UNSIGNED:
                yield digest(signature)
    for detail in [*objects(message.get("reasoning_details")), *objects(message.get("thinking_blocks"))]:
        for blob in (text(detail.get("data")), text(detail.get("signature"))):
            if blob:
                yield digest(blob)


def _signatures(holder: dict[str, Any]) -> Iterable[str]:
    """Return Gemini's signatures of thoughts, as Google's own compatible surface and LiteLLM pass them on."""
    yield text(members(members(holder.get("extra_content")).get("google")).get("thought_signature"))
    given = members(holder.get("provider_specific_fields"))
    yield from (text(one) for one in (given.get("thought_signature"), *items(given.get("thought_signatures"))))


def trim(document: dict[str, Any], trimming: Trimming) -> bool:
    """Apply a trimming to a query of chat or completions, in place; True if anything changed."""
    changed = _trim_logprobs(document, trimming)
    if trimming.reasoning_budget:
        changed |= trim_reasoning_budget(document, trimming.reasoning_budget)
    if trimming.samples:
        changed |= cap(document, _SAMPLES, trimming.samples)
    if trimming.max_tokens:
        changed |= cap(document, _LIMITS + _OTHER_LIMITS, trimming.max_tokens)
        if not named(document, _LIMITS):
            document["max_tokens"] = trimming.max_tokens
            changed = True
    if trimming.reasoning:
        changed |= drop(document, ("include_reasoning",))
        reasoning = members(value(document.get("reasoning")))
        if drop(reasoning, ("summary", "generate_summary")):
            document["reasoning"] = reasoning
            changed = True
    return changed


def _trim_logprobs(document: dict[str, Any], trimming: Trimming) -> bool:
    """Take log-probabilities out, or the bias out of their way: an answer has one of them at most."""
    if trimming.logprobs:
        return drop(document, _LOGPROBS)
    if biased_logprobs(document, asks_for(document, _ASKS_LOGPROBS)):
        return drop(document, _ASKS_LOGPROBS)
    return bool(trimming.alternatives) and fewer(document, _ASKS_LOGPROBS, trimming.alternatives)


class Strip:
    """Takes out of a chat or completions answer or chunk, in place, what a trimming names. One object an answer."""

    def __init__(self, trimming: Trimming) -> None:
        self._trimming = trimming
        self._left: dict[
            tuple[int, str], int
        ] = {}  # characters of reasoning that may still pass, by choice and member; -1: told that more was said

    def __call__(self, document: dict[str, Any]) -> Outcome:
        """Strip one whole answer, one chunk, or a listing of stored answers."""
        changed = self._logprobs(document)
        for completion in (document, *objects(document.get("data"))):
            changed |= show(completion, "model", self._trimming)
        choices = [
            choice
            for completion in (document, *objects(document.get("data")))
            for choice in objects(completion.get("choices"))
        ]
        for choice in choices:
            changed |= self._choice(choice)
        if not changed:
            return "same"
        telling = document.get("usage") or document.get("error") or not choices
        return "changed" if telling or not all(map(_void, choices)) else "empty"

    def _choice(self, choice: dict[str, Any]) -> bool:
        changed = self._logprobs(choice)
        if self._trimming.reasoning:
            for said in (choice, members(choice.get("message")), members(choice.get("delta"))):
                changed |= self._excerpt(said, number(choice.get("index")))
                changed |= _take(members(said.get("provider_specific_fields")), REASONING)
        return changed

    def _logprobs(self, holder: dict[str, Any]) -> bool:
        """Take out or coarsen what a choice, or the answer itself, tells of log-probabilities."""
        if not self._trimming.logprobs:
            told = coarsen(holder.get("logprobs"), self._trimming)
            return coarsen_prompt(holder.get("prompt_logprobs"), self._trimming) or told
        changed = _take(holder, ("prompt_logprobs",))
        if holder.get("logprobs") is not None:
            holder["logprobs"] = None  # the SDKs' own word for none
            changed = True
        return changed

    def _excerpt(self, said: dict[str, Any], choice: int) -> bool:
        """Take reasoning out, but for the first characters that may stay."""
        if not self._trimming.reasoning_excerpt:
            return _take(said, REASONING)
        kept: dict[str, str] = {}
        for name in _SPOKEN:
            if thought := text(said.get(name)):
                left = self._left.get((choice, name), self._trimming.reasoning_excerpt)
                if left >= 0:
                    fits = len(thought) <= left
                    kept[name] = thought if fits else thought[:left] + "…"
                    self._left[choice, name] = left - len(thought) if fits else -1
        whole = all(said.get(name) == kept.get(name) for name in REASONING)
        _take(said, REASONING)
        said.update(kept)
        return not whole


def _take(document: dict[str, Any], names: tuple[str, ...]) -> bool:
    """Take out members that say something; a null stays."""
    found = [name for name in names if document.get(name) is not None]
    for name in found:
        del document[name]
    return bool(found)


def _void(choice: dict[str, Any]) -> bool:
    """Return whether a streamed choice says nothing any more."""
    if "delta" not in choice or choice.get("finish_reason"):
        return False
    return not any(members(choice.get("delta")).values())
