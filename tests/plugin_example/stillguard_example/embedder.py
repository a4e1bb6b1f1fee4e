"""Letters: which letters a text is made of."""

from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gateway.embedding.base import Vector, edges, unit


@dataclass(frozen=True)
class Letters:
    """Count the letters of an alphabet.

    Attributes:
        alphabet: one number of the vector each.
    """

    name: ClassVar[str] = "letters"

    alphabet: str = "abcdefghijklmnopqrstuvwxyz"

    def __post_init__(self) -> None:
        if len(set(self.alphabet)) != len(self.alphabet):
            raise ValueError("alphabet: a letter stands in it twice")

    @property
    def dims(self) -> int:
        """Return the size of the alphabet."""
        return len(self.alphabet)

    def embed(self, text: str) -> Vector:
        """Return the counts, at length one."""
        counts = Counter(edges(text).lower())
        return unit(np.array([counts[letter] for letter in self.alphabet], np.float32))
