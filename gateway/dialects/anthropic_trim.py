"""Takes reasoning and length out of a query in Anthropic's wire format.

The API is strict about what fits together, and a trimmed query must still be accepted: a thinking budget has to be
below ``max_tokens``, and the edit that clears old thinking is refused where thinking is not asked for.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from gateway.actions.base import Trimming
from gateway.dialects.renaming import steer
from gateway.dialects.wire import cap, document, drop, encode, items, members, named, number, objects, text

_MIN_BUDGET = 1024  # tokens; the API refuses a smaller thinking budget
_HIGH = {"medium", "high", "xhigh", "max"}
_CLEARING = "clear_thinking"  # the edit's type goes on with its date

_Trim: TypeAlias = Callable[[dict[str, Any], Trimming], bool]


def trim_message(body: bytes, trimming: Trimming) -> bytes:
    """Return a message's body trimmed; the same object if nothing had to change."""
    return _trim(body, trimming, _message)


def trim_complete(body: bytes, trimming: Trimming) -> bytes:
    """Return a legacy completion's body trimmed; the same object if nothing had to change."""
    return _trim(body, trimming, _complete)


def trim_batch(body: bytes, trimming: Trimming) -> bytes:
    """Return a batch's body with every message in it trimmed; the same object if nothing had to change."""
    return _trim(body, trimming, _batch)


def _trim(body: bytes, trimming: Trimming, change: _Trim) -> bytes:
    if not (
        trimming.reasoning or trimming.max_tokens or trimming.reasoning_budget or trimming.model or trimming.members
    ):
        return body
    params = document(body)
    return encode(params) if params and change(params, trimming) else body


def _message(params: dict[str, Any], trimming: Trimming) -> bool:
    changed = trimming.reasoning and _unthink(params)
    changed |= bool(trimming.reasoning_budget) and _think_less(params, trimming.reasoning_budget)
    changed |= steer(params, trimming, in_path=not named(params, ("model",)))
    return _shorten(params, "max_tokens", trimming.max_tokens) or changed


def _complete(params: dict[str, Any], trimming: Trimming) -> bool:
    changed = steer(params, trimming, in_path=False)
    return _shorten(params, "max_tokens_to_sample", trimming.max_tokens) or changed


def _batch(params: dict[str, Any], trimming: Trimming) -> bool:
    inner = [members(request.get("params")) for request in objects(params.get("requests"))]
    return any([_message(each, trimming) for each in inner])  # noqa: C419  # a generator would stop at the first change


def _unthink(params: dict[str, Any]) -> bool:
    """Drop ``thinking``, ``display`` in it, and the edit of the context that only goes with it."""
    changed = drop(params, ("thinking",))
    management = members(params.get("context_management"))
    edits = items(management.get("edits"))
    kept = [edit for edit in edits if not text(members(edit).get("type")).startswith(_CLEARING)]
    if len(kept) < len(edits):
        management["edits"] = kept
        changed = True
    return changed


def _think_less(params: dict[str, Any], most: int) -> bool:
    """Cap the thinking budget; below what the API takes, thinking is not asked for. An effort above low becomes low."""
    changed = False
    thinking = members(params.get("thinking"))
    if number(thinking.get("budget_tokens")) > most:
        changed = drop(params, ("thinking",)) if most < _MIN_BUDGET else cap(thinking, ("budget_tokens",), most)
    output = members(params.get("output_config"))
    if text(output.get("effort")) in _HIGH:
        output["effort"] = "low"
        changed = True
    return changed


def _shorten(params: dict[str, Any], member: str, most: int) -> bool:
    """Cap the length of the answer, or set it; a thinking budget that would no longer fit shrinks or goes."""
    if not most:
        return False
    if not named(params, (member,)):
        params[member] = most
        return True
    changed = cap(params, (member,), most)
    thinking = members(params.get("thinking"))
    if number(thinking.get("budget_tokens")) < most:
        return changed
    budget = most // 2  # half for thinking: the client wanted most of it there, and still gets an answer
    if budget < _MIN_BUDGET:
        return drop(params, ("thinking",))
    thinking["budget_tokens"] = budget
    return True
