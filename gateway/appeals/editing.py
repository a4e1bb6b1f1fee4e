"""An exemptions file edited as text: an entry more or an entry less, and every comment and space as it was.

The parser says where lists and entries lie; what is not touched is copied. The new text is loaded before it takes the
file's place, so a slip of the pen never gets there.
"""

import json
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from gateway.exemptions.file import load_exemptions
from gateway.exemptions.index import Exemptions
from gateway.faults import Fault, Faults

NEW = "# Who may take much home, how much, until when, and on whose word. See docs/exemptions.md.\n"
_LIST = "entitlements"


class EditError(Exception):
    """The file cannot be edited so; the message says why."""


class _Entry(NamedTuple):
    name: str
    first: int  # line, from 0
    last: int


class _Found(NamedTuple):
    """Where the list of entitlements lies.

    Attributes:
        key: line of its key; -1 if there is none.
        column: of its entries' dashes.
        flow: it is written in brackets; then the line and column of the closing one.
        entries: in order.
    """

    key: int
    column: int
    flow: tuple[int, int] | None
    entries: Sequence[_Entry]


def added(text: str, entry: Mapping[str, Any]) -> str:
    """Return the text with an entry more at the end of its entitlements."""
    found = _find(text)
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    if found.flow is not None:
        row, column = found.flow
        if not found.entries and row == found.key:  # brackets with nothing in them: a list of lines takes their place
            begin = lines[row].index("[")
            lines[row] = f"{lines[row][:begin].rstrip()}{lines[row][column + 1 :]}"
            return "".join([*lines[: row + 1], *_block(entry), *lines[row + 1 :]])
        comma = ", " if found.entries else ""
        lines[row] = lines[row][:column] + comma + _inline(entry) + lines[row][column:]
        return "".join(lines)
    block = [" " * found.column + line for line in _block(entry)]
    if found.key < 0:
        return "".join([*lines, f"{_LIST}:\n", *block])
    after = found.entries[-1].last if found.entries else found.key
    return "".join([*lines[: after + 1], *block, *lines[after + 1 :]])


def without(text: str, name: str) -> str:
    """Return the text without the entitlement of a name.

    Raises:
        EditError: there is none, or the list is written in brackets.
    """
    found = _find(text)
    entry = next((entry for entry in found.entries if entry.name == name), None)
    if entry is None:
        raise EditError(f"there is no entitlement {name}")
    if found.flow is not None:
        raise EditError("the list is written in brackets: take the entry out with an editor")
    lines = text.splitlines(keepends=True)
    return "".join([*lines[: entry.first], *lines[entry.last + 1 :]])


def replaced(file: Path, text: str) -> Exemptions:
    """Put a text in a file's place, whole or not at all, and return what it says.

    Raises:
        Faults: all that would be wrong with the file; it is as it was.
        OSError: it cannot be written.
    """
    place = file.resolve()
    aside = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    try:
        aside.write_text(text, encoding="utf-8")
        if place.exists():
            aside.chmod(place.stat().st_mode & 0o777)
        exemptions = load_exemptions(aside)
        os.replace(aside, place)  # noqa: PTH105 - the name appears with its content whole
    except Faults as faults:
        raise Faults(_renamed(fault, file) for fault in faults.faults) from faults
    finally:
        aside.unlink(missing_ok=True)
    return exemptions


def _renamed(fault: Fault, file: Path) -> Fault:
    return Fault(str(file), fault.line, fault.column, fault.key, fault.message, fault.hint)


def _block(entry: Mapping[str, Any]) -> Iterator[str]:
    for number, (key, value) in enumerate(entry.items()):
        yield f"{'  ' if number else '- '}{key}: {_written(value)}\n"


def _inline(entry: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{key}: {_written(value)}" for key, value in entry.items()) + "}"


def _written(value: Any) -> str:
    """Write a value so that it is read back as it is: a dollar sign is no variable."""
    if isinstance(value, Mapping):
        return _inline(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_written(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("${", "$${")


def _find(text: str) -> _Found:
    """Return where the list of entitlements lies; the text has been loaded without a fault."""
    events: Iterator[Any] = iter(yaml.parse(text, Loader=yaml.CBaseLoader))
    level = 0
    for event in events:
        if level == 1 and isinstance(event, yaml.ScalarEvent):
            start = next(events)
            if event.value == _LIST:
                return _list(event, start, events)
            level += isinstance(start, yaml.CollectionStartEvent)
            continue
        level += isinstance(event, yaml.CollectionStartEvent)
        level -= isinstance(event, yaml.CollectionEndEvent)
    return _Found(-1, 2, None, ())


def _list(key: Any, start: Any, events: Iterator[Any]) -> _Found:
    line, column, flow = key.start_mark.line, start.start_mark.column, getattr(start, "flow_style", False)
    if not isinstance(start, yaml.SequenceStartEvent):
        return _Found(line, key.start_mark.column + 2, None, ())
    entries: list[_Entry] = []
    for event in events:
        if isinstance(event, yaml.SequenceEndEvent):
            return _Found(line, column, _spot(event) if flow else None, entries)
        entries.append(_entry(event, events))
    raise EditError("the list does not end")


def _spot(event: Any) -> tuple[int, int]:
    return event.start_mark.line, event.start_mark.column


def _entry(start: Any, events: Iterator[Any]) -> _Entry:
    """Read one entry; its last line is that of its last scalar or bracket, as blocks end only where the next begins."""
    level, last, name, named = 1, start.start_mark.line, "", False
    while level:
        event = next(events)
        if isinstance(event, yaml.ScalarEvent):
            last = max(last, _last_line(event))
            if level == 1:
                name, named = (event.value, False) if named else (name, event.value == "name")
        elif isinstance(event, yaml.CollectionStartEvent):
            level, named = level + 1, False
        elif isinstance(event, yaml.CollectionEndEvent):
            level -= 1
            last = max(last, _bracket(event))
    return _Entry(name, start.start_mark.line, last)


def _bracket(event: Any) -> int:
    """Return the line of a closing bracket; 0 where a block ends, which has none."""
    return int(event.start_mark.line) if event.end_mark.index > event.start_mark.index else 0


def _last_line(event: Any) -> int:
    start, end = event.start_mark, event.end_mark
    return int(end.line) - (1 if end.column == 0 and end.line > start.line else 0)
