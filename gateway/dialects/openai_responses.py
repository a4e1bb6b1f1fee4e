"""OpenAI's Responses: queries, trimming, and what is taken out of answers.

Source: https://platform.openai.com/docs/api-reference/responses

A reasoning item that is stripped stays in its place, emptied: places in the output are counted, and a function call
refers to the item before it. Events that are dropped leave gaps in ``sequence_number``, which the SDKs allow.
"""

from typing import Any

import msgspec

from gateway.actions.base import Trimming
from gateway.dialects.openai_logprobs import coarsen
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
from gateway.dialects.wire import (
    cap,
    digest,
    drop,
    flag,
    items,
    joined,
    members,
    named,
    number,
    objects,
    text,
    value,
)  # fmt: skip
from gateway.exchange import Query, Turn

WITH_LOGPROBS = "message.output_text.logprobs"
WITH_REASONING = "reasoning.encrypted_content"
LOGPROBS_TOLD = rb'logprobs"\s*:\s*(?!null|\[\])\S'  # every delta has the member, and mostly nothing in it
REASONING_TOLD = rb"reasoning"
_ASKS_LOGPROBS = ("top_logprobs", "logprobs")
_SUMMARY = ("summary", "generate_summary")


def read(document: dict[str, Any]) -> Query:
    """Read a query of Responses; what lies behind ``previous_response_id`` was seen when it was asked."""
    asked = document.get("input")
    given = [{"role": "user", "content": asked}] if isinstance(asked, str) else objects(asked)
    spoken = [item for item in given if text(item.get("role")) not in SYSTEM_ROLES]
    turns = tuple(found for item in spoken for found in _turns(item)) + _variables(document.get("prompt"))
    include = [i for i in items(document.get("include")) if isinstance(i, str)]
    reasoning = members(document.get("reasoning"))
    return Query(
        model=text(document.get("model")),
        system=joined([text(document.get("instructions")), *_system(given)]),
        turns=turns,
        max_tokens=number(document.get("max_output_tokens")),
        samples=1,
        logprobs=alternatives(WITH_LOGPROBS in include, document.get("top_logprobs")),
        logit_bias=len(members(document.get("logit_bias"))),
        temperature=temperature(document),
        tools=len(items(document.get("tools"))),
        tool_results=newest_tool_results(t.role for t in turns),
        images=sum(pictures(item.get("content")) + pictures(item.get("output")) for item in given),
        stream=flag(document.get("stream")),
        asks_reasoning=WITH_REASONING in include or any(reasoning.get(name) for name in _SUMMARY),
        reasoning_blobs=blobs(given),
    )


def _system(given: list[dict[str, Any]]) -> list[str]:
    return [words(item.get("content")) for item in given if text(item.get("role")) in SYSTEM_ROLES]


def _turns(item: dict[str, Any]) -> tuple[Turn, ...]:
    """Return the turn that one input item is; reasoning and references say nothing."""
    kind = text(item.get("type"))
    if "role" in item:
        return (turn(item),)
    if kind.endswith("_call_output"):
        return (Turn("tool", words(item.get("output"))),)
    if kind.endswith("_call"):
        return (Turn("assistant", ""),)
    return ()


def _variables(prompt: Any) -> tuple[Turn, ...]:
    """Return what the client filled into a stored prompt."""
    filled = members(members(prompt).get("variables")).values()
    said = joined(text(v) or text(members(v).get("text")) for v in filled)
    return (Turn("user", said),) if said else ()


def blobs(items: list[dict[str, Any]]) -> tuple[bytes, ...]:
    """Digest the encrypted reasoning among items, and what a compaction made of it."""
    found = (text(item.get("encrypted_content")) for item in items)
    return tuple(digest(blob) for blob in found if blob)


def trim(document: dict[str, Any], trimming: Trimming) -> bool:
    """Apply a trimming to a query, in place; True if anything changed. Responses has no samples to cap."""
    asks = _asks_logprobs(document)
    without = trimming.logprobs or biased_logprobs(document, asks)
    changed = without and drop(document, _ASKS_LOGPROBS + (("logit_bias",) if trimming.logprobs else ()))
    unwanted = {WITH_LOGPROBS} if without else set()
    if trimming.alternatives:
        changed |= fewer(document, _ASKS_LOGPROBS, trimming.alternatives)
    if trimming.reasoning_budget:
        changed |= trim_reasoning_budget(document, trimming.reasoning_budget)
    if trimming.max_tokens:
        changed |= cap(document, ("max_output_tokens", "max_tokens"), trimming.max_tokens)
        if not named(document, ("max_output_tokens",)):
            document["max_output_tokens"] = trimming.max_tokens
            changed = True
    if trimming.reasoning:
        unwanted.add(WITH_REASONING)
        for key in named(document, ("reasoning",)):
            asked = members(value(document[key]))
            if drop(asked, _SUMMARY):
                document[key] = asked
                changed = True
    return _exclude(document, unwanted) or changed


def _asks_logprobs(document: dict[str, Any]) -> bool:
    return asks_for(document, _ASKS_LOGPROBS) or any(
        WITH_LOGPROBS in items(value(document[key])) for key in named(document, ("include",))
    )


def _exclude(document: dict[str, Any], unwanted: set[str]) -> bool:
    changed = False
    for key in named(document, ("include",)):
        asked = items(value(document[key]))
        kept = [item for item in asked if text(item) not in unwanted]
        if len(kept) < len(asked):
            document[key] = kept
            changed = True
    return changed


class Strip(msgspec.Struct, frozen=True):
    """Takes out of a response, a listing of items, or one event, in place, what a trimming names."""

    trimming: Trimming

    def __call__(self, document: dict[str, Any]) -> Outcome:
        """Strip; an event that only tells reasoning is empty."""
        part = members(document.get("part"))
        if self.trimming.reasoning and _tells_reasoning(text(document.get("type")), text(part.get("type"))):
            return "empty"
        changed = self._clear(document) | self._clear(part)
        for holder in (document, members(document.get("response"))):
            changed |= show(holder, "model", self.trimming)
        found = [document.get("output"), members(document.get("response")).get("output"), document.get("data")]
        for item in [members(document.get("item")), *(item for output in found for item in objects(output))]:
            changed |= self._item(item)
        return "changed" if changed else "same"

    def _item(self, item: dict[str, Any]) -> bool:
        changed = False
        for part in objects(item.get("content")):
            changed |= self._clear(part)
        if self.trimming.reasoning and text(item.get("type")) == "reasoning":
            changed |= drop(item, ("content", "encrypted_content"))
            if item.get("summary"):
                item["summary"] = []
                changed = True
        return changed

    def _clear(self, part: dict[str, Any]) -> bool:
        if not part.get("logprobs"):
            return False
        if not self.trimming.logprobs:
            return coarsen(part["logprobs"], self.trimming)
        part["logprobs"] = []
        return True


def _tells_reasoning(event: str, part: str) -> bool:
    return event.startswith("response.reasoning") or (event.startswith("response.") and part == "reasoning_text")
