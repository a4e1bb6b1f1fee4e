"""What OpenAI's surfaces have in common: content parts, usage, errors, ends."""

from collections.abc import Iterable
from typing import Any

from gateway.dialects.wire import cap, items, joined, members, named, number, objects, real, text, value
from gateway.exchange import Turn, Usage

SYSTEM_ROLES = {"system", "developer"}
_ROLES = {"assistant": "assistant", "tool": "tool", "function": "tool"}
_FINISHES = {
    "stop": "stop",
    "length": "length",
    "max_tokens": "length",
    "max_output_tokens": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "refusal",
    "abort": "error",
    "error": "error",
}
_BUDGETS = ("thinking_budget", "thinking_token_budget", "reasoning_budget")  # as Qwen, vLLM and llama.cpp call it
_HIGH = {"medium", "high", "xhigh", "max"}
_PICTURES = {"image_url", "input_image", "image"}


def words(content: Any) -> str:
    """Return the text of a message's content: a string, or an array of parts or strings."""
    if isinstance(content, str):
        return content
    return joined(_part(part) for part in items(content))


def _part(part: Any) -> str:
    if isinstance(part, str):
        return part
    part = members(part)
    return text(part.get("text")) or text(part.get("refusal")) or text(members(part.get("audio")).get("transcript"))


def pictures(content: Any) -> int:
    """Count the images in a message's content."""
    return sum(text(part.get("type")) in _PICTURES for part in objects(content))


def role(name: str) -> str:
    """Return who speaks, in the gateway's own words; whoever it does not know is a user."""
    return _ROLES.get(name, "user")


def turn(message: dict[str, Any]) -> Turn:
    """Return one message that is not a system prompt."""
    return Turn(role(text(message.get("role"))), words(message.get("content")))


def newest_tool_results(roles: Iterable[str]) -> int:
    """Count the tool turns after the last assistant turn."""
    count = 0
    for role in roles:
        count = 0 if role == "assistant" else count + (role == "tool")
    return count


def finish(reason: Any) -> str:
    """Translate why an answer ended; a reason of a server's own (``eos_token``) is an ordinary stop."""
    given = text(reason)
    return _FINISHES.get(given, "stop" if given else "")


def usage(value: Any) -> Usage:
    """Read a usage object of any surface."""
    counts = members(value)
    details = members(counts.get("completion_tokens_details")) or members(counts.get("output_tokens_details"))
    return Usage(
        prompt_tokens=number(counts.get("prompt_tokens")) or number(counts.get("input_tokens")),
        completion_tokens=number(counts.get("completion_tokens")) or number(counts.get("output_tokens")),
        reasoning_tokens=number(details.get("reasoning_tokens")),
    )


def failure(value: Any) -> str:
    """Return what an error member says: an object with a message, or a string."""
    return text(value) or (text(members(value).get("message")) or "error" if value else "")


def alternatives(asked: Any, most: Any) -> int:
    """Return how many log-probabilities per token are asked for: 1 only the chosen token, 0 none.

    Args:
        asked: the ``logprobs`` member: true or false, or in the old completions a count, where 0 is the chosen token.
        most: the ``top_logprobs`` member.
    """
    if type(asked) is int:
        return max(1, number(asked), number(most))
    return max(1, number(most)) if asked or number(most) else 0


def trim_reasoning_budget(document: dict[str, Any], most: int) -> bool:
    """Cap how much a query lets the model think, in place; True if anything changed.

    Efforts have no number: one above ``low`` becomes ``low``. A query that says nothing is left, for models that do not
    reason refuse the member.
    """
    changed = cap(document, _BUDGETS, most)
    for holder, member in ((document, "reasoning_effort"), (members(value(document.get("reasoning"))), "effort")):
        if text(value(holder.get(member))).lower() in _HIGH:
            holder[member] = "low"
            changed = True
            if holder is not document:
                document["reasoning"] = holder
    return changed


def fewer(document: dict[str, Any], names: Iterable[str], most: int) -> bool:
    """Set counts of log-probabilities that are above ``most`` to it; true and false are no counts."""
    changed = False
    for key in named(document, names):
        asked = value(document[key])
        if not isinstance(asked, bool) and asked is not None and not (type(asked) is int and asked <= most):
            document[key] = most
            changed = True
    return changed


def asks_for(document: dict[str, Any], names: Iterable[str]) -> bool:
    """Whether any of some members is there and is not null or false; a count of 0 alternatives still asks for one."""
    asked = [value(document[name]) for name in named(document, names)]
    return any(one is not None and one is not False for one in asked)


def biased_logprobs(document: dict[str, Any], asked: bool) -> bool:
    """Whether a query asks for log-probabilities and sets a bias that would move them."""
    return asked and any(value(document[name]) for name in named(document, ("logit_bias",)))


def temperature(document: dict[str, Any]) -> float:
    """Return the temperature; -1 if it is not set."""
    return real(document.get("temperature"), -1.0)
