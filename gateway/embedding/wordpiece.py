"""BERT's tokens: lower-case words without accents, cut into the longest pieces that a vocabulary knows.

After Devlin et al. 2019 (uncased): punctuation and Chinese characters stand alone; a word that cannot be cut whole
is unknown. Reference: Wu et al. 2016, "Google's Neural Machine Translation System", section 4.1.
"""

import re
import unicodedata
from collections.abc import Sequence
from itertools import islice
from typing import Final

LONGEST: Final = 100  # letters; longer words are unknown, as in BERT
_START, _END, _UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
_MARK: Final = re.compile(r"[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f]+")
_TOKEN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W_\u3400-\u9fff\uf900-\ufaff]+|[^\w\s]|_")


class WordPiece:
    """Turns text into token ids, at most so many."""

    def __init__(self, vocabulary: Sequence[str], tokens: int) -> None:
        """Take the pieces in the order of their ids; raises ValueError if a special one is missing."""
        self._known = {piece: number for number, piece in enumerate(vocabulary)}
        if not {_START, _END, _UNKNOWN} <= self._known.keys():
            raise ValueError(f"the vocabulary lacks {_START}, {_END} or {_UNKNOWN}")
        self._tokens = tokens

    def ids(self, text: str) -> list[int]:
        """Return the ids of a text's pieces, between those of ``[CLS]`` and ``[SEP]``."""
        plain = _MARK.sub("", unicodedata.normalize("NFD", text.lower()))
        room = self._tokens - 2
        found: list[int] = []
        for match in islice(_TOKEN.finditer(plain), room):
            found += self._pieces(match[0])
        return [self._known[_START], *found[:room], self._known[_END]]

    def _pieces(self, word: str) -> list[int]:
        found: list[int] = []
        start = 0
        while start < len(word) <= LONGEST:
            before = "##" if start else ""
            end = next((e for e in range(len(word), start, -1) if before + word[start:e] in self._known), 0)
            if not end:
                break
            found.append(self._known[before + word[start:end]])
            start = end
        return found if start == len(word) else [self._known[_UNKNOWN]]
