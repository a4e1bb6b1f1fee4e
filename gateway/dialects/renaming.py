"""Another model's name in place of the one that a client asked by: in paths, queries and answers."""

import re
from typing import Any
from urllib.parse import quote

from gateway.actions.base import Trimming
from gateway.dialects.wire import drop, named

_LEFT = "/:@!$&'()*+,;=~-._"  # what stands in a path as it is


def renamed_path(path: str, model: str, other: str) -> bytes:
    """Return a path, percent-encoded, with a model's name replaced where it is a whole step of it.

    Args:
        path: percent-decoded.
        model: the name that the surface read from the path.
        other: the name to put there.
    """
    at = re.compile(rf"(?<=/){re.escape(model)}(?=[/:]|\Z)")
    found = list(at.finditer(path))
    if not found:
        return quote(path, safe=_LEFT).encode()
    last = found[-1]
    before, after = quote(path[: last.start()], safe=_LEFT), quote(path[last.end() :], safe=_LEFT)
    return f"{before}{quote(other, safe=_LEFT.replace('/', ''))}{after}".encode()


def steer(query: dict[str, Any], trimming: Trimming, *, in_path: bool) -> bool:
    """Write another model's name into a query, and the members that a trimming sets; True if anything changed.

    Args:
        query: the body's object, changed in place.
        trimming: says which.
        in_path: the path names the model, so that a body without a name needs none.
    """
    changed = bool(trimming.members)
    if trimming.model and (not in_path or named(query, ("model",))):
        drop(query, ("model",))
        query["model"] = trimming.model
        changed = True
    query.update(trimming.members)
    return changed


def show(answer: dict[str, Any], name: str, trimming: Trimming) -> bool:
    """Put the name that a client is to see in place of the model's, where an answer has one; True if it did."""
    if not trimming.model_shown or not isinstance(answer.get(name), str):
        return False
    answer[name] = trimming.model_shown
    return True
