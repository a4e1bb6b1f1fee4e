"""What OpenAI's surfaces have in common: content parts, usage, errors, ends."""

from collections.abc import Iterable
from typing import Any

from gateway.dialects.wire import items, joined, members, number, objects, real, text
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


def temperature(document: dict[str, Any]) -> float:
    """Return the temperature; -1 if it is not set."""
    return real(document.get("temperature"), -1.0)
