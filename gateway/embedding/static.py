"""The default: a text is the mean of its words' vectors, taken from a table that was distilled beforehand.

The table holds word pieces of English (``gateway.embedding.distil`` tells how it came to be, ``NOTICE`` from what).
It sees meaning where the floor sees letters: two ways to ask the same thing land near each other. A word that is not
in the table is spelt from its longest pieces, and half of it from its letters. What the table cannot spell, other
scripts, numbers and long strings, counts by its letters alone, as in ``characters``, so that every language spreads
over the space. Frequent words and words of common instructions weigh little; that is part of the table.

References: Wu et al. 2016 (longest match first, WordPiece); Arora et al. 2017 (weights, and the mean taken away).
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from hashlib import shake_128
from importlib.resources import files
from typing import IO, ClassVar, Final, NamedTuple, cast
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from gateway.embedding.base import EDGE, Vector, edges, units
from gateway.embedding.characters import DIMS, counts

LEARNT: Final = 8192  # words spelt from pieces whose vectors are kept
SPELT: Final = 16  # such words in one text; more count by their letters: bounds the time on any input
LONGEST: Final = 24  # letters of a word that is spelt from pieces
_GRAM: Final = 7**-0.5  # length of one gram's vector: a word of six letters and a space is as long as a word's
_HALF: Final = 0.7  # each half of a spelt word: 0.7² + 0.7² is about 1
_SPACES: Final = bytes([code if chr(code).isalnum() else 32 for code in range(128)]) + bytes(128)  # of ASCII bytes
_WORD: Final = re.compile(r"[^\W_]+")
_ACCENTED: Final = re.compile(r"[\u00c0-\u024f\u1e00-\u1eff]+")
_MARK: Final = re.compile(r"[\u0300-\u036f]+")


class Table(NamedTuple):
    """Word pieces and their vectors; a piece that continues a word begins with ``##``, as in BERT's vocabulary."""

    pieces: tuple[str, ...]
    rows: npt.NDArray[np.float32]  # one row a piece, weighted


def pack(table: Table, file: IO[bytes]) -> None:
    """Write a table: one signed byte a number, one scale a row. Equal tables give equal bytes."""
    scales = np.maximum(np.abs(table.rows).max(axis=1), np.float32(1e-9)) / np.float32(127)
    rows = np.rint(table.rows / scales[:, None]).astype(np.int8)
    np.savez(
        file,
        pieces=np.frombuffer("\n".join(table.pieces).encode(), np.uint8),
        scales=scales.astype(np.float32),
        rows=rows,
    )


def unpack(file: IO[bytes]) -> Table:
    """Read what ``pack`` wrote; raises ValueError if it is something else."""
    try:
        with np.load(file, allow_pickle=False) as parts:
            pieces = tuple(parts["pieces"].tobytes().decode().split("\n"))
            rows = parts["rows"].astype(np.float32) * parts["scales"][:, None]
    except (ValueError, EOFError, OSError, KeyError, AttributeError, BadZipFile) as error:
        raise ValueError("not a table of word pieces") from error
    if rows.shape[0] != len(pieces):
        raise ValueError("a table needs one row a piece")
    return Table(pieces, rows)


@cache
def shipped() -> Table:
    """Return the table that comes with the package; read once a process."""
    with files("gateway.embedding").joinpath("static.npz").open("rb") as file:
        return unpack(file)


def words(text: str) -> list[str]:
    """Return a text's words: lower case, without accents or punctuation.

    >>> words("Où est l'Été?")
    ['ou', 'est', 'l', 'ete']
    """
    text = text.lower()
    if text.isascii():
        return text.encode().translate(_SPACES).decode().split()
    return _WORD.findall(_ACCENTED.sub(_plain, text))


def _plain(match: re.Match[str]) -> str:
    return _MARK.sub("", unicodedata.normalize("NFD", match[0]))


def _directions(dims: int) -> npt.NDArray[np.float32]:
    """Return one direction a bucket of grams: signs from a hash, the same in every process and release."""
    bits = np.unpackbits(np.frombuffer(shake_128(b"directions").digest(DIMS * dims // 8 + 1), np.uint8))
    signs = bits[: DIMS * dims].reshape(DIMS, dims).astype(np.float32) * 2 - 1
    return np.asarray(signs * (_GRAM / dims**0.5), np.float32)


def _spellable(word: str) -> bool:
    return len(word) <= LONGEST and word.isascii() and word.isalpha()


class Static:
    """Embeds texts by the words of a table. What it learns is only a cache: equal texts have equal vectors anywhere."""

    name: ClassVar[str] = "static"

    def __init__(self, table: Table | None = None, *, edge: int = EDGE) -> None:
        """Take a table, the shipped one by default; ``edge`` is how many characters are read at each end."""
        pieces, rows = table or shipped()
        self.dims = rows.shape[1]
        self._edge = edge
        self._known = {piece: number for number, piece in enumerate(pieces)}
        self._slots: dict[str, int] = dict(self._known)  # and the words learnt: row by word
        self._rows = np.vstack([rows, np.zeros((LEARNT, self.dims), np.float32)])
        self._directions = _directions(self.dims)
        self._heard = lru_cache(maxsize=2048)(self._hear)  # of short ones: numbers, most of all

    def embed(self, text: str) -> Vector:
        """Return a unit vector of ``dims`` floats; all zeros if there is no text to speak of.

        Examples:
            >>> a, b, c = map(Static().embed, ("repair a leaking tap", "fix the dripping faucet", "famous painters"))
            >>> bool(a @ b > 0.4 > 0.2 > a @ c)
            True

        """
        row: Vector = self.batch([text])[0]
        return row

    def batch(self, texts: Sequence[str]) -> Vector:
        """Return one row a text, each as ``embed`` gives it."""
        rows = np.zeros((len(texts), self.dims), np.float32)
        for row, text in zip(rows, texts, strict=True):
            self._add(row, edges(text, self._edge))
        return units(rows)

    def _add(self, row: Vector, text: str) -> None:
        """Add up what a text says."""
        said = words(text)
        found = [*map(self._slots.get, said)]
        rest: list[str] = []
        if None in found:
            slots, rest = self._without(said, found)
        else:
            slots = cast("list[int]", found)
            if len(slots) > SPELT and self._learnt(slots) > SPELT:
                slots, rest = self._spell(said)
        if slots:
            np.add.reduce(self._rows.take(slots, axis=0), axis=0, out=row)
        if rest or not said:
            heard = " ".join(rest) or text
            letters = self._heard(heard) if len(heard) <= LONGEST else self._hear(heard)
            if letters is not None:
                row += letters

    def _hear(self, text: str) -> Vector | None:
        """Return the vector of a text's letters; None if there is no text."""
        letters = counts(text)
        return None if letters is None else letters @ self._directions

    def _learnt(self, slots: list[int]) -> int:
        known = len(self._known)
        return len([slot for slot in slots if slot >= known]) if max(slots, default=-1) >= known else 0

    def _without(self, said: list[str], slots: list[int | None]) -> tuple[list[int], list[str]]:
        """Return what ``_spell`` does, quickly where all that the table does not hold are numbers and the like."""
        rest = [word for word, slot in zip(said, slots, strict=True) if slot is None]
        if any(map(_spellable, rest)):
            return self._spell(said)
        known = [slot for slot in slots if slot is not None]
        return (known, rest) if len(rest) + self._learnt(known) <= SPELT else self._spell(said)

    def _spell(self, said: list[str]) -> tuple[list[int], list[str]]:
        """Return the rows of the words that are in the table or can be spelt, and the words that cannot."""
        if len(self._slots) > len(self._known) + LEARNT - SPELT:
            self._slots = dict(self._known)  # forget all: rare, and simpler than ages
        slots: list[int] = []
        rest: list[str] = []
        spelt = 0
        for word in said:
            slot = self._slots.get(word)
            if slot is None or slot >= len(self._known):
                spelt += 1
                if spelt > SPELT or not _spellable(word):
                    rest.append(word)
                    continue
                slot = self._learn(word) if slot is None else slot
            slots.append(slot)
        return slots, rest

    def _learn(self, word: str) -> int:
        """Keep the vector of a word that is not in the table; return its row."""
        pieces = self._pieces(word)
        slot = len(self._slots)
        letters = self._hear(word)
        spelt = self._rows[pieces].sum(axis=0) / max(len(pieces), 1) ** 0.5
        heard = 0.0 if letters is None else letters
        self._rows[slot] = _HALF * (spelt + heard)
        self._slots[word] = slot
        return slot

    def _pieces(self, word: str) -> list[int]:
        """Return the rows of a word's longest pieces from the left; letters that begin no piece are passed over."""
        found: list[int] = []
        start = 0
        while start < len(word):
            before = "##" if start else ""
            end = next((e for e in range(len(word), start, -1) if before + word[start:e] in self._known), start)
            found += [self._known[before + word[start:end]]] if end > start else []
            start = max(end, start + 1)
        return found


@cache
def shared() -> Static:
    """Return the embedder over the shipped table that a whole process shares: it holds 14 MB."""
    return Static()
