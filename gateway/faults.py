"""Our YAML files into frozen models, or every fault at once, each with its line and column.

The values are handed to pydantic as JSON in strict mode: ``"80"`` is no number and ``yes`` no boolean, while
lists may become tuples and text a path. pydantic says which key is at fault, ``gateway.places`` where it stands.
"""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec
from pydantic import BaseModel, ValidationError

from gateway.places import Loc, Place, Slip, Tree, decode, read
from gateway.slips import MisplacedError, slips_of

M = TypeVar("M", bound=BaseModel)

MOST_BYTES = 1 << 20  # of one file; 200 rungs take about 40 KiB


class Fault(msgspec.Struct, frozen=True, order=True):
    """One thing that is wrong with a file; line and column count from 1, and are 0 where there is none."""

    file: str
    line: int
    column: int
    key: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """Write ``file:line:column: key: message (hint)``, as editors and terminals make clickable."""
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        key = f" {self.key}:" if self.key else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where}:{key} {self.message}{hint}"


class Faults(Exception):  # noqa: N818 - the plural of Fault is what it holds
    """All that is wrong with one or several files, in the order in which it is written."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(map(str, self.faults)))


def load(
    path: Path,
    model: type[M],
    *,
    environ: Mapping[str, str] | None = None,
    check: Callable[[M], object] | None = None,
) -> M:
    """Return the file as its model.

    Args:
        path: a YAML file of at most MOST_BYTES bytes.
        model: the frozen model that is the file's schema.
        environ: what ``${NAME}`` stands for; the process's environment by default.
        check: asked last, for what only a whole model shows; raises MisplacedError.

    Raises:
        Faults: all that is wrong with the file.
    """
    tree = _tree(path, os.environ if environ is None else environ)
    slips = list(tree.slips)
    if tree.value is None and slips:
        raise Faults(_fault(path, tree, slip) for slip in slips)
    loaded: M | None = None
    try:
        loaded = model.model_validate_json(json.dumps(tree.value), strict=True)
        if check:
            check(loaded)
    except ValidationError as error:
        slips += slips_of(error, model.model_json_schema())
    except MisplacedError as error:
        slips += error.slips
    if loaded is None or slips:
        raise Faults(placed(path, tree, slips))
    return loaded


def top_keys(path: Path) -> frozenset[str]:
    """Return the keys at the top of a YAML file, whatever else is wrong with it; none if it cannot be read."""
    try:
        tree = _tree(path, {})
    except Faults:
        return frozenset()
    return frozenset(str(loc[0]) for loc in tree.keys if len(loc) == 1)


def _tree(path: Path, environ: Mapping[str, str]) -> Tree:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Faults([Fault(str(path), 0, 0, "", error.strerror or "cannot be read")]) from error
    if len(data) > MOST_BYTES:
        raise Faults([Fault(str(path), 0, 0, "", f"larger than {MOST_BYTES} bytes")])
    text = decode(data)
    if isinstance(text, Slip):
        raise Faults([_fault(path, Tree(None, {}, {}, ()), text)])
    return read(text, environ)


def placed(path: Path, tree: Tree, slips: Iterable[Slip]) -> Iterable[Fault]:
    """Make one fault a key: alternatives that all failed are told together, what YAML said comes alone."""
    found: dict[str, Fault] = {}
    of_yaml = {dotted(_known(tree, slip.loc)) for slip in tree.slips}
    for slip in slips:
        fault = _fault(path, tree, slip)
        before = found.get(fault.key)
        if before is None:
            found[fault.key] = fault
        elif fault.key not in of_yaml and fault.message not in before.message:
            found[fault.key] = msgspec.structs.replace(before, message=f"{before.message}; {fault.message}")
    return found.values()


def _fault(path: Path, tree: Tree, slip: Slip) -> Fault:
    """Place a slip: at its own place, else its key if that is unknown, else its value, else what should hold it."""
    known = _known(tree, slip.loc)
    missing = slip.message == "is missing"
    shown = (*known, slip.loc[-1]) if missing else known
    place = slip.place or _inside(tree, known, slip.offset) or tree.places.get(known) or Place(1, 1)
    if slip.message == "unknown key":
        place = tree.keys.get(known, place)
    return Fault(str(path), place.line, place.column, dotted(shown), slip.message, slip.hint)


def _inside(tree: Tree, loc: Loc, offset: Place | None) -> Place | None:
    """Return where an offset into a text stands in the file, if that can be told."""
    begin = tree.texts.get(loc)
    if begin is None or offset is None:
        return None
    return Place(begin.line + offset.line - 1, begin.column + offset.column - 1)


def _known(tree: Tree, loc: Loc) -> Loc:
    """Return the part of a location that the file holds; pydantic adds the names of alternatives."""
    known: Loc = ()
    for step in loc:
        if (*known, step) in tree.places:
            known = (*known, step)
    return known


def dotted(loc: Loc) -> str:
    """Write a location as people do.

    >>> dotted(("routes", 0, "timeouts", "idle"))
    'routes[0].timeouts.idle'
    """
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc).removeprefix(".")
