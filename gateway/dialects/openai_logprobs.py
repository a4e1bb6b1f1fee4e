"""Log-probabilities and vectors in OpenAI's answers: fewer alternatives, coarser numbers.

Shapes: chat and Responses list one object a token, with its alternatives inside; the old completions have four lists
side by side; vLLM's ``prompt_logprobs`` maps token ids to objects.
"""

import base64
import binascii
from collections.abc import MutableMapping
from typing import Any

import msgspec
import numpy as np

from gateway.actions.base import Blurring, Trimming
from gateway.dialects.blurring import blur_entries, blur_numbers, blur_vector, is_number
from gateway.dialects.renaming import show
from gateway.dialects.rewriting import Outcome
from gateway.dialects.wire import items, members, objects

_TOKEN = ("token", "decoded_token", "rank")
_FLOATS = "<f4"  # how a vector in base64 is written


def coarsen(told: Any, trimming: Trimming) -> bool:
    """Apply a trimming to the ``logprobs`` of a choice or part, in place; True if anything changed."""
    if isinstance(told, list):
        return _tokens(told, trimming)
    held = members(told)
    changed = any([_tokens(items(held.get(name)), trimming) for name in ("content", "refusal")])  # noqa: C419  # all
    return _columns(held, trimming) or changed


def coarsen_prompt(told: Any, trimming: Trimming) -> bool:
    """Apply a trimming to ``prompt_logprobs``; True if anything changed."""
    changed = False
    for place in objects(told):
        changed |= _shorten_map(place, trimming.alternatives)
        if trimming.blur:
            changed |= blur_entries(place.values(), "logprob", _TOKEN, trimming.blur)
    return changed


class Vectors(msgspec.Struct, frozen=True):
    """Blurs the vectors of an embeddings answer, in place, and names the model as the trimming says."""

    trimming: Trimming

    def __call__(self, document: dict[str, Any]) -> Outcome:
        """Blur a whole answer."""
        changed = show(document, "model", self.trimming)
        blur = self.trimming.blur
        for row in objects(document.get("data")) if blur else ():
            row["embedding"] = _vector(row.get("embedding"), blur or Blurring())
            changed = True
        return "changed" if changed else "same"


def _vector(value: Any, blur: Blurring) -> Any:
    """Return a vector blurred, in numbers or in base64 as it was; what is neither comes back as it is."""
    if isinstance(value, str):
        try:
            floats = np.frombuffer(base64.b64decode(value, validate=True), dtype=_FLOATS)
        except (binascii.Error, ValueError):
            return value
        return base64.b64encode(np.asarray(blur_vector(floats.tolist(), blur), dtype=_FLOATS).tobytes()).decode()
    if isinstance(value, list) and all(isinstance(number, float) or number == 0 for number in value):
        return blur_vector(value, blur)
    return value


def _tokens(told: list[Any], trimming: Trimming) -> bool:
    changed = False
    for token in objects(told):
        top = items(token.get("top_logprobs"))
        if trimming.alternatives and len(top) > trimming.alternatives:
            token["top_logprobs"] = top = top[: trimming.alternatives]
            changed = True
        if trimming.blur:
            changed |= blur_entries([token, *top], "logprob", _TOKEN, trimming.blur)
    return changed


def _columns(held: dict[str, Any], trimming: Trimming) -> bool:
    """The old completions: lists side by side, and for each place a map of alternatives."""
    tokens, chosen, tops = (items(held.get(name)) for name in ("tokens", "token_logprobs", "top_logprobs"))
    changed = False
    for place in range(max(len(chosen), len(tops))):
        top = members(tops[place]) if place < len(tops) else {}
        changed |= _shorten_map(top, trimming.alternatives)
        if trimming.blur:
            named = [(str(token), float(value)) for token, value in top.items() if is_number(value)]
            mine = place < len(chosen) and is_number(chosen[place])
            if mine:
                named.append((str(tokens[place]) if place < len(tokens) else "", float(chosen[place])))
            blurred = blur_numbers(named, trimming.blur)
            if mine:
                chosen[place] = blurred.pop()
            top.update(zip((token for token, _ in named), blurred, strict=False))
            changed |= bool(named)
    return changed


def _shorten_map(top: MutableMapping[str, Any], most: int) -> bool:
    extra = list(top)[most:] if most else []
    for name in extra:
        del top[name]
    return bool(extra)
