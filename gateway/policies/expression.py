"""The text of a condition, looked at before CEL compiles it: its bounds, and the names that it reads.

CEL checks types, but not keys of maps: ``harvest.trace`` would be a fault only once a rule is evaluated. So names that
are written out are looked up here. Bounds keep a file from costing more than a rule is worth: CEL itself bounds
iteration (some 10,000 steps, under a millisecond) and recursion, and its regular expressions are linear (RE2).
"""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gateway.places import Place
from gateway.slips import near

LONGEST = 1000  # characters of a condition: some fifteen lines
DEEPEST = 16  # brackets in brackets
LONGEST_PATTERN = 200  # characters of a regular expression
_TOKEN = re.compile(
    r"""(?P<string>[rRbB]{0,2}(?:\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
    |(?P<name>[A-Za-z_]\w*)|(?P<number>\d[\w.]*)|(?P<space>\s+|//[^\n]*)|(?P<mark>.)""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)


class Complaint(NamedTuple):
    """What is wrong with a condition, and where in its text."""

    at: Place
    message: str
    hint: str = ""


class Token(NamedTuple):
    """A word of the text; ``kind`` is string, name, number or mark, and ``at`` an offset in characters."""

    kind: str
    text: str
    at: int


class Read(NamedTuple):
    """A key of a map that is written out: ``evidence.volume`` or ``evidence["volume"]``."""

    name: str
    key: str
    at: int


def tokens(text: str) -> list[Token]:
    """Return the words of a condition; blanks and comments are none. Never raises: what is no word is a mark."""
    found = (Token(match.lastgroup or "mark", match[0], match.start()) for match in _TOKEN.finditer(text))
    return [token for token in found if token.kind != "space"]


def place(text: str, at: int) -> Place:
    """Return line and column of an offset, both from 1."""
    before = text[:at]
    return Place(before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1)


def unbounded(text: str) -> Iterator[Complaint]:
    """Yield what is too long or too deep to be compiled at all."""
    if not text.strip():
        yield Complaint(Place(1, 1), "an empty condition", "leave when out")
    if len(text) > LONGEST:
        yield Complaint(Place(1, 1), f"longer than {LONGEST} characters", "split the rule in two")
        return
    depth = 0
    for token in tokens(text):
        depth += (token.text in {"(", "[", "{"}) - (token.text in {")", "]", "}"})
        if depth > DEEPEST:
            yield Complaint(place(text, token.at), f"more than {DEEPEST} brackets in each other")
            return


def patterns(text: str) -> Iterator[Token | Complaint]:
    """Yield the pattern of each ``matches``, or a complaint if it is not written out: it could not be checked."""
    words = tokens(text)
    for i, word in enumerate(words):
        if (word.kind, word.text) != ("name", "matches"):
            continue
        shape = [token.text for token in words[max(0, i - 1) : i + 4]]
        whole = shape[:1] == ["."] and shape[2:3] == ["("] and shape[4:5] == [")"] and words[i + 2].kind == "string"
        if not whole:
            hint = 'x.matches("…") with the pattern written out'
            yield Complaint(place(text, word.at), "the pattern of matches must stand in the rule", hint)
        elif len(words[i + 2].text) > LONGEST_PATTERN:
            yield Complaint(place(text, words[i + 2].at), f"a pattern longer than {LONGEST_PATTERN} characters")
        else:
            yield words[i + 2]


def reads(text: str, maps: Mapping[str, object]) -> list[Read]:
    """Return the keys of these maps that a text reads by their written-out names."""
    words = tokens(text)
    found = []
    for i, word in enumerate(words):
        field = i > 0 and words[i - 1].text == "."
        if word.kind == "name" and word.text in maps and not field:
            key = _key(words[i + 1 : i + 4])
            found += [Read(word.text, key, words[i + 2].at)] if key is not None else []
    return found


def unknown(text: str, known: Mapping[str, tuple[str, ...]]) -> Iterator[Complaint]:
    """Yield a complaint for each key of a map that nobody writes."""
    for read in reads(text, known):
        if read.key not in known[read.name]:
            hint = near(read.key, known[read.name])
            yield Complaint(place(text, read.at), f"{read.name} holds no {read.key}", hint)


def _key(after: list[Token]) -> str | None:
    """Return the key that follows a map's name, if it is written out."""
    if len(after) > 1 and after[0].text == "." and after[1].kind == "name":
        return after[1].text
    if len(after) > 2 and after[0].text == "[" and after[1].kind == "string" and after[2].text == "]":  # noqa: PLR2004
        return _said(after[1].text)
    return None


def _said(literal: str) -> str | None:
    try:
        said = ast.literal_eval(literal)  # CEL's plain strings are written as Python's
    except (ValueError, SyntaxError):
        return None
    return said if isinstance(said, str) else None
