"""What pydantic found wrong, in our words: where, what, and what to do about it."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from gateway.places import Loc, Slip

_MANY = 12  # known keys listed in a hint, at most; more is noise
_QUOTED = re.compile(r"'([^']*)'")


class MisplacedError(ValueError):
    """Faults that a validator found at keys below its own; raise it inside any pydantic validator."""

    def __init__(self, slips: Sequence[Slip]) -> None:
        super().__init__("; ".join(slip.message for slip in slips))
        self.slips = tuple(slips)


def slips_of(error: ValidationError, schema: Mapping[str, Any]) -> list[Slip]:
    """Return every fault of a validation, with hints drawn from the model's JSON schema.

    A list that is "too short" only because its items are at fault is left out: the items speak for themselves.
    """
    found: list[Slip] = []
    details = error.errors(include_url=False)
    for detail in details:
        loc = tuple(detail["loc"])
        inside = (other["loc"][: len(loc)] == loc and len(other["loc"]) > len(loc) for other in details)
        if detail["type"] == "too_short" and any(inside):
            continue
        found.extend(_words(detail, loc, schema))
    return found


def near(word: str, known: Sequence[str]) -> str:
    """Return "did you mean …?", or the words that are known; empty if there are none."""
    if close := difflib.get_close_matches(word, known, n=1, cutoff=0.6):
        return f"did you mean {close[0]}?"
    return f"known here: {', '.join(known)}" if 0 < len(known) <= _MANY else ""


def _words(detail: Any, loc: Loc, schema: Mapping[str, Any]) -> Iterator[Slip]:
    kind, value = detail["type"], detail.get("input")
    cause = detail.get("ctx", {}).get("error")
    if isinstance(cause, MisplacedError):
        yield from (slip._replace(loc=(*loc, *slip.loc)) for slip in cause.slips)
    elif kind == "missing":
        yield Slip(loc, "is missing")
    elif kind in {"extra_forbidden", "unexpected_keyword_argument"}:
        yield Slip(loc, "unknown key", near(str(loc[-1]), _known(schema, loc[:-1])))
    elif kind == "too_short":
        yield Slip(loc, f"needs at least {detail['ctx']['min_length']}")
    elif kind == "value_error":
        yield Slip(loc, str(cause))
    elif kind == "literal_error":
        yield Slip(loc, _said(detail), near(str(value), _QUOTED.findall(detail["ctx"]["expected"])))
    else:
        yield Slip(loc, _said(detail), _type_hint(kind, value))


def _said(detail: Any) -> str:
    return str(detail["msg"]).replace("Input should", "should", 1)


def _type_hint(kind: str, value: object) -> str:
    if kind == "bool_type":
        return "write true or false"
    if kind in {"int_type", "float_type"} and isinstance(value, str) and re.fullmatch(r"[-+\d.eE]+", value):
        return "write it without quotes"
    if kind == "string_type":
        return "write it in quotes"
    return ""


def _known(schema: Mapping[str, Any], loc: Loc) -> list[str]:
    """Return the keys that the schema knows at a place."""
    nodes = list(_plainly(schema, schema))
    for step in loc:
        nodes = [leaf for node in nodes for child in _below(node, step) for leaf in _plainly(child, schema)]
    return sorted({name for node in nodes for name in node.get("properties", {})})


def _below(node: Mapping[str, Any], step: str | int) -> Iterator[Mapping[str, Any]]:
    if isinstance(step, int):
        yield from (node[word] for word in ("items",) if isinstance(node.get(word), dict))
    elif step in node.get("properties", {}):
        yield node["properties"][step]
    elif isinstance(node.get("additionalProperties"), dict):
        yield node["additionalProperties"]


def _plainly(node: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Follow references and alternatives to the schemas that they stand for."""
    if "$ref" in node:
        yield from _plainly(schema["$defs"][node["$ref"].rpartition("/")[2]], schema)
    elif "anyOf" in node:
        for choice in node["anyOf"]:
            yield from _plainly(choice, schema)
    else:
        yield node
