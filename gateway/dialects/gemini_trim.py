"""Takes log-probabilities, reasoning, samples and length out of a query in Gemini's wire format."""

from typing import Any

from gateway.actions.base import Trimming
from gateway.dialects.gemini_query import snake
from gateway.dialects.wire import document, drop, encode, flag, members, number, objects, real, text

_HIGH = {"medium", "high"}


def trim(body: bytes, trimming: Trimming) -> bytes:
    """Return the body trimmed; the same object if nothing had to change."""
    query = document(body)
    if not query:
        return body
    configs = [query[name] for name in _spellings("generationConfig") if isinstance(query.get(name), dict)]
    changed = [_config(config, trimming) for config in configs]
    if trimming.members:
        query.update(trimming.members)
        changed.append(True)
    if trimming.max_tokens and not any(_has(config, "maxOutputTokens") for config in configs):
        config = configs[0] if configs else {}
        config["maxOutputTokens"] = trimming.max_tokens
        query.update({} if configs else {"generationConfig": config})
        changed.append(True)
    return encode(query) if any(changed) else body


def _spellings(name: str) -> tuple[str, str]:
    return name, snake(name)


def _has(config: dict[str, Any], name: str) -> bool:
    return any(config.get(spelling) is not None for spelling in _spellings(name))


def _config(config: dict[str, Any], trimming: Trimming) -> bool:
    changed = trimming.logprobs and drop(config, (*_spellings("responseLogprobs"), "logprobs"))
    changed |= _cap(config, "logprobs", trimming.alternatives)
    if trimming.reasoning_budget:
        changed |= any([_think_less(members(config.get(n)), trimming) for n in _spellings("thinkingConfig")])  # noqa: C419  # the same
    if trimming.reasoning:
        changed |= any([_hide(members(config.get(name))) for name in _spellings("thinkingConfig")])  # noqa: C419  # a generator would stop at the first change
    changed |= _cap(config, "candidateCount", trimming.samples)
    return _cap(config, "maxOutputTokens", trimming.max_tokens) or changed


def _hide(thinking: dict[str, Any]) -> bool:
    """Ask for no thoughts to be shown; how much the model thinks stays the client's choice."""
    shown = [name for name in _spellings("includeThoughts") if flag(thinking.get(name))]
    for name in shown:
        thinking[name] = False
    return bool(shown)


def _think_less(thinking: dict[str, Any], trimming: Trimming) -> bool:
    """Cap the budget; -1 leaves it to the model, and is above any. A level that is not the lowest becomes low."""
    changed = False
    for name in _spellings("thinkingBudget"):
        asked = thinking.get(name)
        if asked is not None and not 0 <= real(asked, number(asked, -1)) <= trimming.reasoning_budget:
            thinking[name] = trimming.reasoning_budget
            changed = True
    for name in _spellings("thinkingLevel"):
        if text(thinking.get(name)).lower() in _HIGH:
            thinking[name] = "low"
            changed = True
    return changed


def _cap(config: dict[str, Any], name: str, most: int) -> bool:
    """Set a number that is there to at most ``most``; numbers may be strings here."""
    over = [s for s in _spellings(name) if config.get(s) is not None and not 1 <= number(config[s]) <= most]
    for spelling in over if most else ():
        config[spelling] = most
    return bool(most and over)


def rename(body: bytes, trimming: Trimming) -> bytes:
    """Return a query for embeddings with the other model's name where the body repeats the path's."""
    query = document(body)
    named = [each for each in (query, *objects(query.get("requests"))) if isinstance(each.get("model"), str)]
    for each in named:
        each["model"] = f"models/{trimming.model}"
    return encode(query) if named else body
