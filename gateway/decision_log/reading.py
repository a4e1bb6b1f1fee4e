"""Reads a log back: records of a time and of some kinds, one by its id, and decisions as they were taken."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import msgspec

from gateway.decision_log.pages import lines_of, pages_in
from gateway.decision_log.record import Line
from gateway.decisions import Decision, Subject


def lines(folder: Path, since: float = 0.0, until: float = float("inf"), kinds: Collection[str] = ()) -> Iterator[Line]:
    """Yield records that happened from ``since`` until before ``until`` (seconds since the epoch), in the log's order.

    Lines that cannot be read are passed over: finding them is the verifier's task.
    """
    for path in pages_in(folder):
        for found in lines_of(path):
            line = found.line
            if line is not None and since <= line.at < until and (not kinds or line.kind in kinds):
                yield line


def named(folder: Path, name: str) -> Iterator[Line]:
    """Yield the records that speak of a decision, or of another thing, by its id; or the one of this number."""
    for line in lines(folder):
        if line.body.get("id") == name or name in (line.body.get("decision"), str(line.seq)):
            yield line


def shown(line: Line) -> dict[str, Any]:
    """Return a record as listings and exports show it: personal parts in their places."""
    return {"seq": line.seq, "at": line.at, "kind": line.kind, "body": line.restored(), "hash": line.hash}


def decision_of(line: Line) -> Decision | None:
    """Return the decision that a record holds; None if it holds none, or its subject was forgotten."""
    body = line.restored()
    if line.kind != "decision" or "subject" not in body:
        return None
    scope, _, value = body["subject"].partition(":")
    known = {name: body[name] for name in Decision.__struct_fields__ if name in body}
    return msgspec.convert(known | {"at": line.at, "subject": Subject(scope, value)}, Decision)
