"""How much a text's bytes tell: low for what repeats itself or is spelt in few letters, high for what is packed."""

from collections.abc import Sequence
from typing import Final

import numpy as np

READ: Final = 1024  # characters; each is four bytes at most
_BYTES: Final = 256
_COUNTS: Final = np.arange(4 * READ + 1, dtype=np.float64)
_LOGS: Final = _COUNTS * np.log2(np.maximum(_COUNTS, 1.0))  # count times its logarithm, by count


def entropies(texts: Sequence[str]) -> list[float]:
    """Return the entropy of each text's bytes, bits a byte, of its first ``READ`` characters; 0 of the empty text.

    Many at once cost half as much as one by one.

    Examples:
        >>> entropies(["", "aaaa", "abab", "abcd"])
        [0.0, 0.0, 1.0, 2.0]

    """
    parts = [text[:READ].encode("utf-8", "surrogatepass") for text in texts]
    lengths = np.array([len(part) for part in parts], np.intp)
    places = np.frombuffer(b"".join(parts), np.uint8).astype(np.intp)
    places += np.repeat(np.arange(len(parts)) * _BYTES, lengths)  # each text counts in a row of its own
    counts = np.bincount(places, minlength=len(parts) * _BYTES).reshape(len(parts), _BYTES)
    sizes = np.maximum(lengths, 1)
    found: list[float] = np.maximum(0.0, np.log2(sizes) - _LOGS.take(counts).sum(axis=1) / sizes).tolist()
    return found
