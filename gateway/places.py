"""YAML with places: plain values, and the line and column where each of them was written.

YAML's own traps are closed here. Scalars are read by the core schema of YAML 1.2, so ``mode: off`` is the word
"off" and ``1e6`` is a number. A key written twice, a tag, and a file that unfolds to more than MOST_VALUES
values (aliases of aliases) are slips. ``${NAME}`` and ``${NAME:-default}`` stand for environment variables;
``$${`` is a plain ``${``.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

import yaml

Loc: TypeAlias = tuple[str | int, ...]

MOST_VALUES = 20_000  # aliases unfolded; a policy of 200 rungs has about 3,000 values
MOST_LEVELS = 32  # the deepest of our files has 5
_MOST = f"at most {MOST_LEVELS} levels and {MOST_VALUES} values, aliases unfolded"
_TAGS = {"tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_WHOLE = re.compile(r"[-+]?[0-9]{1,18}")
_BASED = re.compile(r"0x[0-9a-fA-F]{1,15}|0o[0-7]{1,20}")
_REAL = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", re.ASCII)
_VARIABLE = re.compile(r"\$\$\{|\$\{(?P<name>[A-Za-z_]\w*)(?P<or>:-(?P<default>[^}]*))?\}|\$\{")
_EXACT = 2**53  # above, a float no longer tells neighbouring whole numbers apart


class Place(NamedTuple):
    """Where something was written; both count from 1."""

    line: int
    column: int


class Slip(NamedTuple):
    """A fault before its file is known: at a key, at a place of its own, or at an offset into a key's text."""

    loc: Loc
    message: str
    hint: str = ""
    place: Place | None = None
    offset: Place | None = None  # from the text's first character, which is line 1, column 1


class Tree(NamedTuple):
    """What a file says.

    Attributes:
        value: plain dictionaries, lists and scalars; None if the file could not be read.
        places: where each value was written.
        keys: where each key was written.
        slips: what is wrong with the YAML itself.
        texts: where the first character stands of each text that is written as it is read: on one line, or as a block
            after ``|``.
    """

    value: Any
    places: Mapping[Loc, Place]
    keys: Mapping[Loc, Place]
    slips: tuple[Slip, ...]
    texts: Mapping[Loc, Place] = {}


class _TooMuchError(Exception):
    """The file unfolds beyond what any honest file holds."""

    def __init__(self, place: Place) -> None:
        self.place = place


def read(text: str, environ: Mapping[str, str]) -> Tree:
    """Return the values of a YAML text with their places; never raises for what the text says."""
    walk = _Walk(environ, text)
    try:
        _measure(text)
        node = yaml.compose(text, Loader=yaml.CBaseLoader)
        if node is None:
            return _nothing(Slip((), "the file is empty", "", Place(1, 1)))
        value = walk.value(node, ())
    except _TooMuchError as error:
        return _nothing(Slip((), "too deep or too large", _MOST, error.place))
    except yaml.MarkedYAMLError as error:
        return _nothing(fault_of(error))
    except yaml.reader.ReaderError as error:
        return _nothing(Slip((), str(error.reason), "", _after(text.encode()[: error.position])))
    return Tree(value, walk.places, walk.keys, tuple(walk.slips), walk.texts)


def unfold(node: yaml.Node, loc: Loc, environ: Mapping[str, str]) -> Tree:
    """Return the values of one node of a file that is read piece by piece; places lie below ``loc``.

    Its slips include one for a node that unfolds beyond what any honest part of a file holds.
    """
    walk = _Walk(environ, "")
    try:
        value = walk.value(node, loc)
    except _TooMuchError as error:
        slip = Slip(loc, "too deep or too large", _MOST, error.place)
        return Tree(None, {loc: error.place}, {}, (slip,))
    return Tree(value, walk.places, walk.keys, tuple(walk.slips))


def fault_of(error: yaml.MarkedYAMLError) -> Slip:
    """Return what is wrong with a text that is no YAML, and where."""
    mark = error.problem_mark or error.context_mark
    words = ", ".join(part for part in (error.context, error.problem) if part)
    return Slip((), words, "", _place(mark))


def decode(data: bytes) -> str | Slip:
    """Return the text of a UTF-8 file, or where it stops being one."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Slip((), "not UTF-8", "save the file as UTF-8", _after(data[: error.start]))


def _nothing(slip: Slip) -> Tree:
    return Tree(None, {(): slip.place or Place(1, 1)}, {}, (slip,))


def _place(mark: Any) -> Place:
    return Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)


def _after(data: bytes) -> Place:
    line = data.rpartition(b"\n")[2]
    return Place(data.count(b"\n") + 1, len(line.decode("utf-8-sig", "replace")) + 1)


def _measure(text: str) -> None:
    """Refuse a file that nests too deeply, before anything recursive touches it."""
    level = 0
    for event in yaml.parse(text, Loader=yaml.CBaseLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            level += 1
            if level > MOST_LEVELS:
                raise _TooMuchError(_place(event.start_mark))
        elif isinstance(event, yaml.CollectionEndEvent):
            level -= 1


class _Walk:
    """One pass over the nodes of a file, gathering places and slips."""

    def __init__(self, environ: Mapping[str, str], text: str) -> None:
        self.places: dict[Loc, Place] = {}
        self.texts: dict[Loc, Place] = {}
        self._lines = text.splitlines()
        self.keys: dict[Loc, Place] = {}
        self.slips: list[Slip] = []
        self._environ = environ

    def value(self, node: yaml.Node, loc: Loc) -> Any:
        place = _place(node.start_mark)
        if len(self.places) >= MOST_VALUES or len(loc) > MOST_LEVELS:
            raise _TooMuchError(place)
        self.places[loc] = place
        if node.tag not in _TAGS:
            tag = node.tag.replace("tag:yaml.org,2002:", "!!")
            self.slips.append(Slip(loc, f"tags are not read here: {tag}", "leave the tag out", place))
        if isinstance(node, yaml.MappingNode):
            return {key: self.value(child, (*loc, key)) for key, child in self._pairs(node, loc)}
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*loc, i)) for i, child in enumerate(node.value)]
        return self._scalar(node, loc) if isinstance(node, yaml.ScalarNode) else None

    def _pairs(self, node: yaml.MappingNode, loc: Loc) -> Iterator[tuple[str, yaml.Node]]:
        for key, child in node.value:
            place = _place(key.start_mark)
            if not isinstance(key, yaml.ScalarNode):
                self.slips.append(Slip(loc, "a key is a word", "", place))
                continue
            here = (*loc, key.value)
            if (first := self.keys.setdefault(here, place)) != place:
                self.slips.append(Slip(here, "written twice", f"first on line {first.line}", place))
                continue
            yield key.value, child

    def _scalar(self, node: yaml.ScalarNode, loc: Loc) -> Any:
        text = _VARIABLE.sub(lambda match: self._variable(match, loc), node.value)
        if text == node.value and (place := self._verbatim(node)):
            self.texts[loc] = place
        if node.style or (text != node.value and not text):
            return text
        return _plain(text)

    def _verbatim(self, node: yaml.ScalarNode) -> Place | None:
        """Return where a scalar's text begins, if each of its characters stands there as it is read."""
        begin = _place(node.start_mark)
        if node.style == "|":
            below = enumerate(self._lines[begin.line :], begin.line + 1)
            return next((Place(n, len(line) - len(line.lstrip()) + 1) for n, line in below if line.strip()), None)
        if node.style == ">" or node.end_mark is None or node.start_mark.line != node.end_mark.line:
            return None
        return begin._replace(column=begin.column + bool(node.style))

    def _variable(self, match: re.Match[str], loc: Loc) -> str:
        name, place = match["name"], self.places[loc]
        if match[0] == "$${":
            return "${"
        if name is None:
            self.slips.append(Slip(loc, "a variable is not closed", "${NAME} or ${NAME:-default}", place))
            return ""
        if found := self._environ.get(name):
            return found
        if match["or"]:
            return match["default"] or ""
        if name not in self._environ:
            hint = f"set it, or write ${{{name}:-default}}"
            self.slips.append(Slip(loc, f"environment variable {name} is not set", hint, place))
        return ""


def _plain(text: str) -> Any:
    """Read an unquoted scalar by the core schema of YAML 1.2."""
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    if not _REAL.fullmatch(text):
        return text
    number = float(text.replace(".inf", "inf").replace(".nan", "nan") if text.lower()[-3:] in ("inf", "nan") else text)
    whole = "." not in text and abs(number) <= _EXACT and number.is_integer()
    return int(number) if whole else number
