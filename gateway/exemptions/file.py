"""The exemptions file: YAML to exemptions, or every fault with its line and column.

It may hold a million entitlements, so it is read as a stream: one entry at a time becomes values, is checked and is
let go. Nothing may therefore point from one entry into another: aliases are faults.
"""

import hashlib
import os
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml
from pydantic import BaseModel, ValidationError

from gateway.exemptions.base import Entitlement, KeyGroup
from gateway.exemptions.index import Exemptions
from gateway.exemptions.parts import EntitlementPart, GroupPart
from gateway.faults import Fault, Faults, placed
from gateway.places import MOST_LEVELS, Loc, Place, Slip, Tree, decode, fault_of, unfold
from gateway.slips import near, slips_of

M = TypeVar("M", bound=BaseModel)

MOST_BYTES = 1 << 30  # of the file; a million entitlements take some 250 MB
MOST_FAULTS = 100  # told of one file
_LISTS = ("entitlements", "groups")
_PARTS: Mapping[str, type[BaseModel]] = {"entitlements": EntitlementPart, "groups": GroupPart}
_SCHEMAS = {name: part.model_json_schema(mode="serialization") for name, part in _PARTS.items()}
_json = msgspec.json.Encoder().encode


def load_exemptions(path: Path, *, hashed: bool = True, environ: Mapping[str, str] | None = None) -> Exemptions:
    """Return a file's exemptions; an empty file holds none.

    Args:
        path: of the file.
        hashed: keys and users are named by their keyed hashes; False for recorded traffic, which names them plainly.
        environ: what ``${NAME}`` stands for; the process's environment by default.

    Raises:
        Faults: all that is wrong with it, at most MOST_FAULTS.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Faults([Fault(str(path), 0, 0, "", f"larger than {MOST_BYTES} bytes")])
        data = path.read_bytes()
    except OSError as error:
        raise Faults([Fault(str(path), 0, 0, "", error.strerror or "cannot be read")]) from error
    reading = _Reading(path, hashed=hashed, environ=os.environ if environ is None else environ)
    exemptions = reading.read(data)
    if reading.faults:
        raise Faults(reading.faults)
    return exemptions


def revision_of(data: bytes) -> str:
    """Return the digest of a file's bytes, 12 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()[:12]


class _EnoughError(Exception):
    """There are so many faults that more would help nobody."""


class _Reading:
    """One pass over a file."""

    def __init__(self, path: Path, *, hashed: bool, environ: Mapping[str, str]) -> None:
        self._path = path
        self._context = {"hashed": hashed}
        self._environ = environ
        self._entitlements: list[Entitlement] = []
        self._groups: list[KeyGroup] = []
        self._began: dict[str, list[Place]] = {name: [] for name in _LISTS}
        self.faults: list[Fault] = []

    def read(self, data: bytes) -> Exemptions:
        wrong = decode(data)
        if isinstance(wrong, Slip):
            self._tell(wrong)
            return Exemptions()
        del wrong  # as large as the file: the parser reads the bytes
        try:
            self._document(yaml.parse(data, Loader=yaml.CBaseLoader))
        except yaml.MarkedYAMLError as error:
            self._tell(fault_of(error))
        except yaml.reader.ReaderError as error:
            self._tell(Slip((), str(error.reason)))
        except _EnoughError:
            return Exemptions()
        if self.faults:
            return Exemptions()
        return self._whole(revision_of(data))

    def _whole(self, revision: str) -> Exemptions:
        exemptions = Exemptions(self._entitlements, self._groups, revision)
        for clash in exemptions.clashes[:MOST_FAULTS]:
            self._tell(Slip((clash.list, clash.place), clash.message, "", self._began[clash.list][clash.place]))
        return exemptions

    def _document(self, events: Iterator[yaml.Event]) -> None:
        for event in events:
            if isinstance(event, yaml.MappingStartEvent):
                self._lists(events)
            elif isinstance(event, yaml.NodeEvent) and not (isinstance(event, yaml.ScalarEvent) and not event.value):
                self._tell(Slip((), f"the file is a mapping of {' and '.join(_LISTS)}", "", _place(event)))
                return
            elif isinstance(event, yaml.DocumentStartEvent) and self._began.get("", []):
                self._tell(Slip((), "a second document", "one file holds one document", _place(event)))
                return
            elif isinstance(event, yaml.DocumentEndEvent):
                self._began[""] = [_place(event)]

    def _lists(self, events: Iterator[yaml.Event]) -> None:
        """Read the whole mapping at the top."""
        seen: set[str] = set()
        for key in events:
            if isinstance(key, yaml.MappingEndEvent):
                return
            name = key.value if isinstance(key, yaml.ScalarEvent) else ""
            if name not in _LISTS or name in seen:
                message, hint = ("written twice", "") if name in seen else ("unknown key", near(name, _LISTS))
                self._tell(Slip((name,) if name else (), message, hint, _place(key)))
                if not isinstance(key, yaml.ScalarEvent):
                    _skip(key, events)
                _skip(next(events), events)
                continue
            seen.add(name)
            self._list(name, next(events), events)

    def _list(self, name: str, start: yaml.Event, events: Iterator[yaml.Event]) -> None:
        if not isinstance(start, yaml.SequenceStartEvent):
            if not (isinstance(start, yaml.ScalarEvent) and not start.value):
                self._tell(Slip((name,), "should be a list", "", _place(start)))
            _skip(start, events)
            return
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            self._began[name].append(_place(event))
            self._entry(name, event, events)

    def _entry(self, name: str, start: yaml.Event, events: Iterator[yaml.Event]) -> None:
        loc = (name, len(self._began[name]) - 1)
        slips: list[Slip] = []
        node = _node(start, events, loc, slips, 0)
        tree = unfold(node, loc, self._environ) if not slips else Tree(None, {}, {}, ())
        slips += tree.slips
        if slips:
            self._place(tree, slips)
            return
        try:
            part = _PARTS[name].model_validate_json(_json(tree.value), strict=True, context=self._context)
        except ValidationError as error:
            self._place(tree, [s._replace(loc=(*loc, *s.loc)) for s in slips_of(error, _SCHEMAS[name])])
            return
        if isinstance(part, EntitlementPart):
            self._entitlements.append(part.entitlement())
        elif isinstance(part, GroupPart):
            self._groups.append(part.group())

    def _place(self, tree: Tree, slips: list[Slip]) -> None:
        above: dict[Loc, Place] = {(name,): Place(1, 1) for name in _LISTS}  # an entry's tree begins at the entry
        self.faults += placed(self._path, tree._replace(places=ChainMap(above, dict(tree.places))), slips)
        if len(self.faults) >= MOST_FAULTS:
            raise _EnoughError

    def _tell(self, slip: Slip) -> None:
        places = {slip.loc[:length]: slip.place or Place(1, 1) for length in range(len(slip.loc) + 1)}
        self.faults += placed(self._path, Tree(None, places, {}, ()), [slip])


def _node(event: yaml.Event, events: Iterator[yaml.Event], loc: Loc, slips: list[Slip], level: int) -> yaml.Node:
    """Build one node from its events; what cannot stand in an entry is a slip, and is read over."""
    if isinstance(event, yaml.CollectionStartEvent) and level <= MOST_LEVELS:
        children = _below(event, events, lambda child: _node(child, events, loc, slips, level + 1))
        if isinstance(event, yaml.SequenceStartEvent):
            return yaml.SequenceNode(_tag(event, "seq"), list(children), _mark(event))
        pairs = list(children)
        return yaml.MappingNode(_tag(event, "map"), list(zip(pairs[::2], pairs[1::2], strict=True)), _mark(event))
    if isinstance(event, yaml.ScalarEvent):
        return yaml.ScalarNode(_tag(event, "str"), event.value, *_marks(event), event.style)
    message = ("aliases are not read here", "write it out") if isinstance(event, yaml.AliasEvent) else ("too deep", "")
    slips.append(Slip(loc, *message, _place(event)))
    _skip(event, events)
    return yaml.ScalarNode("tag:yaml.org,2002:str", "", *_marks(event))


def _below(
    start: yaml.Event, events: Iterator[yaml.Event], build: Callable[[yaml.Event], yaml.Node]
) -> Iterator[yaml.Node]:
    end = yaml.SequenceEndEvent if isinstance(start, yaml.SequenceStartEvent) else yaml.MappingEndEvent
    for event in events:
        if isinstance(event, end):
            return
        yield build(event)


def _skip(event: yaml.Event, events: Iterator[yaml.Event]) -> None:
    """Read over the rest of a node."""
    level = int(isinstance(event, yaml.CollectionStartEvent))
    while level:
        following = next(events)
        level += isinstance(following, yaml.CollectionStartEvent)
        level -= isinstance(following, yaml.CollectionEndEvent)


def _tag(event: Any, usual: str) -> str:
    return f"tag:yaml.org,2002:{usual}" if event.tag in {None, "!"} else str(event.tag)


def _mark(event: Any) -> Any:
    """Return where an event begins; the stubs do not know the marks of the C parser."""
    return event.start_mark


def _marks(event: Any) -> tuple[Any, Any]:
    return event.start_mark, event.end_mark


def _place(event: yaml.Event) -> Place:
    mark = _mark(event)
    return Place(mark.line + 1, mark.column + 1)
