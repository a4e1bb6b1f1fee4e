"""Patterns that are searched only where they can be found: each with words that whatever it matches must hold.

A search tries a pattern at every letter; whether a word stands in a text is known a hundred times as fast. The words
are read off the pattern itself, so they cannot fall behind it.
"""

import re
from collections.abc import Iterable
from re import _parser  # type: ignore[attr-defined]  # what re itself reads patterns with; there is no public way
from typing import Any, Final, NamedTuple, TypeAlias

from ahocorasick import Automaton

Groups: TypeAlias = tuple[tuple[str, ...], ...]

_MANY: Final = 64  # words of one group
_SHORT: Final = 3  # ASCII letters: shorter pieces stand in most texts, and tell nothing


class Way(NamedTuple):
    """One wording: groups of words, one of each of which must be there, the most telling first; and the pattern."""

    groups: Groups
    pattern: re.Pattern[str]


class Watched(NamedTuple):
    """The same with each group as a set of bits, as a ``Lookout`` tells them."""

    groups: tuple[int, ...]
    pattern: re.Pattern[str]


def ways(*patterns: str) -> tuple[Way, ...]:
    """Return wordings that are searched for one by one; together they are found where ``"|".join(patterns)`` is."""
    return tuple([Way(needed(pattern), re.compile(pattern)) for pattern in patterns])


class Lookout:
    """Tells which of many words stand in a text, be they within others, in one pass over it.

    Args:
        words: to look out for, in lower case as the texts are.

    Examples:
        >>> lookout = Lookout(["tide", "tides", "pilot"])
        >>> lookout.seen("the tides of Vigo") == lookout.bits(["tide", "tides"])
        True

    References:
        Aho, Corasick 1975, "Efficient string matching: an aid to bibliographic search".
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._places = {word: 1 << place for place, word in enumerate(dict.fromkeys(words))}
        automaton = Automaton()
        for word, bit in self._places.items():
            automaton.add_word(word, bit)
        automaton.make_automaton()
        self._iterate = automaton.iter

    def bits(self, words: Iterable[str]) -> int:
        """Return words as a set of bits; raises KeyError for one that is not looked out for."""
        return sum({self._places[word] for word in words})

    def seen(self, text: str) -> int:
        """Return the words that stand in a text as a set of bits."""
        bits = 0
        for _, bit in self._iterate(text):
            bits |= bit
        return bits

    def watched(self, among: Iterable[Way]) -> tuple[Watched, ...]:
        """Return wordings with their groups as bits; raises KeyError if a word is not looked out for."""
        return tuple([Watched(tuple(map(self.bits, way.groups)), way.pattern) for way in among])


def found(among: Iterable[Watched], text: str, seen: int) -> bool:
    """Return whether one of the wordings stands in a text of which a ``Lookout`` has ``seen`` the words."""
    for groups, pattern in among:
        for group in groups:
            if not seen & group:
                break
        else:
            if pattern.search(text):
                return True
    return False


def needed(pattern: str) -> Groups:
    r"""Return groups of words, of each of which one stands in whatever the pattern matches; those that tell most first.

    Examples:
        >>> needed(r"\b(?:which|whose)\b[^.]{0,9}? (?:better|best) one")
        ((' best one', ' better one'), ('which', 'whose'))

    """
    return tuple(sorted(_groups(_parser.parse(pattern)), key=lambda group: (len(group), group)))


def _groups(parts: Iterable[tuple[Any, Any]]) -> set[tuple[str, ...]]:
    """Return the groups of a sequence: pieces that follow each other at once are one word."""
    found: set[tuple[str, ...]] = set()
    run = {""}
    for kind, inner in parts:
        pieces = _pieces(kind, inner)
        if pieces and len(run) * len(pieces) <= _MANY:
            run = {word + piece for word in run for piece in pieces}
            continue
        found |= _group(run) if pieces else _group(run) | _within(kind, inner)
        run = pieces or {""}
    return found | _group(run)


def _group(words: set[str]) -> set[tuple[str, ...]]:
    """Return the words as a group, without those that hold another; none if a word tells nothing."""
    if any(len(word) < _SHORT and word.isascii() for word in words):
        return set()
    return {tuple(sorted(word for word in words if not any(one in word for one in words - {word})))}


def _pieces(kind: Any, inner: Any) -> set[str] | None:
    """Return all that a part can match; None if that is not a few words."""
    match str(kind):
        case "AT":
            return {""}
        case "LITERAL":
            return {chr(inner)}
        case "IN" if all(str(one) == "LITERAL" for one, _ in inner):
            return {chr(code) for _, code in inner}
        case "SUBPATTERN":
            return _all(inner[-1])
        case "BRANCH":
            each = [_all(one) for one in inner[1]]
            return None if None in each else {word for words in each for word in words or ()}
        case "MAX_REPEAT" | "MIN_REPEAT" if tuple(inner[:2]) == (0, 1):
            once = _all(inner[2])
            return None if once is None else once | {""}
    return None


def _all(parts: Iterable[tuple[Any, Any]]) -> set[str] | None:
    words = {""}
    for kind, inner in parts:
        pieces = _pieces(kind, inner)
        if pieces is None or len(words) * len(pieces) > _MANY:
            return None
        words = {word + piece for word in words for piece in pieces}
    return words


def _within(kind: Any, inner: Any) -> set[tuple[str, ...]]:
    """Return the groups within a part that can match anything."""
    match str(kind):
        case "SUBPATTERN":
            return _groups(inner[-1])
        case "MAX_REPEAT" | "MIN_REPEAT" if inner[0] > 0:
            return _groups(inner[2])
        case "BRANCH":
            each = [max(_groups(one), key=lambda group: min(map(len, group)), default=()) for one in inner[1]]
            return _group({word for group in each for word in group}) if all(each) else set()
    return set()
