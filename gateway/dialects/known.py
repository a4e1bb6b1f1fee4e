"""Every dialect there is, and which of them a request speaks."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import unquote

from gateway.dialects.anthropic import Anthropic
from gateway.dialects.base import Dialect
from gateway.dialects.gemini import Gemini
from gateway.dialects.opaque import SURFACE, Opaque
from gateway.dialects.openai import OpenAI
from gateway.exchange import Surface

_REMEMBERED = 1024  # paths; Gemini and stored responses name models and ids in them
_LONGEST_REMEMBERED = 512  # characters; no real path is longer, so nobody can fill the memory with long ones
_SIGNS = {b"anthropic-version": "anthropic", b"x-api-key": "anthropic", b"x-goog-api-key": "gemini"}


SHIPPED: tuple[Dialect, ...] = (OpenAI(), Anthropic(), Gemini())


class Dialects:
    """The known dialects, asked in order; the first that claims a path has it.

    Args:
        dialects: the first of them refuses on paths that nobody knows.
        before: asked before them: those of other packages (``gateway.dialects.plugged``).
    """

    def __init__(self, dialects: Sequence[Dialect] = SHIPPED, *, before: Sequence[Dialect] = ()) -> None:
        self._dialects = {dialect.name: dialect for dialect in (*before, *dialects)}
        self._opaque = {dialect.name: Opaque(dialect) for dialect in dialects}
        self._default = self._opaque[dialects[0].name]
        self._remembered = lru_cache(_REMEMBERED)(self._claimed)

    def find(self, method: str, path: str, headers: Iterable[tuple[bytes, bytes]]) -> tuple[Dialect, Surface]:
        """Return the dialect and surface of a request; never fails: an unknown path is opaque.

        Args:
            method: in capitals.
            path: without the query string, percent-encoded or not.
            headers: of the request, names in small letters; they tell in which dialect an unknown path is refused.
        """
        claimed = self._remembered if len(path) <= _LONGEST_REMEMBERED else self._claimed
        return claimed(method, path) or (self._guessed(headers), SURFACE)

    def recall(self, surface: str, model: str = "") -> tuple[Dialect, Surface]:
        """Return the dialect and surface behind a journal entry's surface name; an unknown name is opaque."""
        dialect = self._dialects.get(surface.partition(".")[0])
        return (dialect, Surface(surface, dialect.name, model)) if dialect else (self._default, SURFACE)

    def _claimed(self, method: str, path: str) -> tuple[Dialect, Surface] | None:
        plain = plain_path(path)
        for dialect in self._dialects.values():
            surface = dialect.claims(method, plain)
            if surface:
                return dialect, surface
        return None

    def _guessed(self, headers: Iterable[tuple[bytes, bytes]]) -> Dialect:
        for name, _ in headers:
            sign = _SIGNS.get(name)
            if sign in self._opaque:
                return self._opaque[sign]
        return self._default


def plain_path(path: str) -> str:
    """Return the path as a model server may come to see it.

    Servers decode percent signs, merge slashes and resolve dots; a path spelt so must not slip past as unknown.
    """
    kept: list[str] = []
    for step in re.split(r"/+", unquote(path)):
        if step == "..":
            kept = kept[:-1]
        elif step not in {"", "."}:
            kept.append(step)
    return "/" + "/".join(kept)
