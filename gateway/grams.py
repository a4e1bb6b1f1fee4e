"""A payload's grams: keyed hashes of what begins at each word, so that new contents can be told from old ones.

Twelve bytes from each word's start are about two words. What a template repeats gives the same grams again, what is
filled in gives new ones; so the share of different grams among all grams of a subject says how new its contents are,
whichever way they are cut into prompts. Scripts without spaces begin a word at every letter. Digits count as one.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from gateway.embedding import edges

EDGE: Final = 1024  # characters read at each end of a text
MOST: Final = 24  # grams kept: those with the lowest hashes, so that equal texts keep equal grams
_A, _B = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)  # odd multipliers (xxHash's primes)
_SHIFT = np.uint64(29)
_LETTER, _MIDDLE, _LEAD = 0x30, 0x80, 0xC0  # bytes from here on: letters and digits; rest and start of a wide letter
_TO_ZERO = bytes.maketrans(b"123456789", b"000000000")
_PAD = bytes(16)


def grams(text: str, seed: int, most: int = MOST) -> tuple[int, ...]:
    """Return at most ``most`` 64-bit grams of a text; none of an empty one.

    Examples:
        >>> a, b = grams("what is tin ore?", 7), grams("what is gold ore?", 7)
        >>> len(a), len(set(a) & set(b)) < 4
        (4, True)

    """
    return batch([text], seed, most)[0]


def batch(texts: Sequence[str], seed: int, most: int = MOST) -> list[tuple[int, ...]]:
    """Return the grams of many texts: asking for one by one costs several times as much."""
    parts = [edges(text, EDGE).lower().encode("utf-8", "surrogatepass").translate(_TO_ZERO) + _PAD for text in texts]
    data = b"".join(parts)
    at = np.flatnonzero(_starts(data))
    wide = np.ndarray(max(0, len(data) - 15), "<u8", data, strides=(1,))
    rest = np.ndarray(max(0, len(data) - 15), "<u4", data, offset=8 if data else 0, strides=(1,))
    mixed = wide[at] * _A
    mixed ^= mixed >> _SHIFT
    mixed += rest[at]
    mixed *= _B
    mixed ^= np.uint64(seed)
    mixed *= _A
    mixed ^= mixed >> _SHIFT
    stops = at.searchsorted(np.array([len(part) for part in parts]).cumsum()).tolist()
    return [_lowest(mixed[begin:stop], most) for begin, stop in zip([0, *stops], stops, strict=False)]


def _starts(data: bytes) -> npt.NDArray[np.bool_]:
    """Return where words begin in texts that are padded at their ends."""
    letters = np.frombuffer(data, np.uint8)
    starts = letters >= _LETTER
    if data.isascii():
        starts[1:] = starts[1:] > starts[:-1]
    else:
        starts[1:] &= (letters[:-1] < _LETTER) | (letters[1:] >= _LEAD)
        starts &= ~((letters >= _MIDDLE) & (letters < _LEAD))  # the middle of a wide letter
    return starts


def _lowest(mixed: npt.NDArray[np.uint64], most: int) -> tuple[int, ...]:
    if len(mixed) > most:
        mixed.partition(most)
        mixed = mixed[:most]
    kept: list[int] = mixed.tolist()
    return tuple(kept)
