"""Which pieces of text come back: keyed samples of a text's 24-byte grams, comparable between texts.

A gram is 24 bytes of canonical text (lower case, one space between words): about four English words, eight Chinese
characters. Whether a gram is sampled depends on the gram alone, so a passage quoted inside another text brings its
sample along: of 200 characters about 22 grams are sampled, wherever the passage stands. What is kept are the least
hashes, so that a smaller sample of the same text is the beginning of a larger one.

A *passage* is such a gram of 64 bytes, some ten words, of which 24 are looked at: three times eight, 28 apart. Among
millions of answers four words in a row are common and ten are not.

Reference: Broder 1997, "On the resemblance and containment of documents" (shingles, bottom-k samples, 0 mod m).
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Hashes: TypeAlias = npt.NDArray[np.uint64]
Places: TypeAlias = npt.NDArray[np.intp]

GRAM: Final = 24  # bytes: long enough that two people seldom write the same one by chance
EVERY: Final = 8  # one gram in so many is sampled
EDGE: Final = 2048  # characters read at the beginning, in the middle and at the end of a longer text
PASSAGE: Final = 64  # bytes: long enough that two answers of millions seldom hold the same one by chance
_WORD: Final = 8  # bytes in one 64-bit window; a gram is three of them
_MOST: Final = np.uint64(2**64 // EVERY - 1)
_HALF: Final = np.uint64(32)
_PLAIN: Final = (
    bytes(range(256))
    .lower()
    .translate(
        bytes.maketrans(b"\t\n\v\f\r\x1c\x1d\x1e\x1f", b" " * 9)  # what str.split() takes for a space
    )
)


def _pieces(text: str) -> str:
    """Return what is read of a text: all of it up to ``3 * EDGE`` characters, else three pieces of ``EDGE``."""
    if len(text) <= 3 * EDGE:
        return text
    middle = (len(text) - EDGE) // 2
    return f"{text[:EDGE]} {text[middle : middle + EDGE]} {text[-EDGE:]}"


def _canonical(text: str) -> bytes:
    """Return a text's bytes in lower case, with one space between words; most texts need no splitting for that."""
    if not text.isascii():
        return " ".join(text.lower().split()).encode("utf-8", "surrogatepass")
    data = text.encode().translate(_PLAIN).strip(b" ")
    return b" ".join(data.split()) if b"  " in data else data


class Shingles:
    """Samples texts under one key. Samples of two salts cannot be compared, nor looked up without the key."""

    def __init__(self, salt: bytes, gram: int = GRAM) -> None:
        """Key the samples with a salt that the installation keeps secret; a gram is so many bytes, an even number."""
        self._gram, self._apart = gram, (gram - _WORD) // 2
        digest = blake2b(salt, digest_size=32, person=b"shingles").digest()
        # Odd multipliers lose nothing; without knowing them nobody can write a text whose grams all go unsampled.
        keys = np.frombuffer(digest, "<u8").astype(np.uint64) | np.uint64(1)
        self._first, self._second, self._third, self._last = keys

    def of(self, text: str, most: int) -> tuple[int, ...]:
        """Return at most ``most`` sampled grams as 64-bit numbers, least first, each once.

        Empty if the text is shorter than a gram; few or none if it is not much longer. Bounded time on any text.

        Examples:
            >>> tides = "High water at Vigo is two hours later than at Lisbon, and the springs come a day after."
            >>> quoting = f"You said: {tides} Is that so in winter too?"
            >>> overlap(Shingles(b"salt").of(tides, 64), Shingles(b"salt").of(quoting, 64))
            1.0

        """
        return self.batch([text], most)[0]

    def batch(self, texts: Sequence[str], most: int) -> list[tuple[int, ...]]:
        """Return the samples of many texts: for so little of each, asking for one by one costs thrice as much."""
        parts = [_canonical(_pieces(text)) for text in texts]
        data = b"".join(parts)
        grams, apart = len(data) - self._gram + 1, self._apart
        if grams <= 0 or most <= 0:
            return [()] * len(parts)
        # Every 8-byte window as one integer; copied once, because what is not aligned multiplies slowly.
        windows = np.ndarray(len(data) - _WORD + 1, "<u8", data, strides=(1,)).copy()
        mixed = windows[:grams] * self._first
        mixed += windows[apart : apart + grams] * self._second
        mixed += windows[2 * apart :] * self._third
        places = np.flatnonzero(mixed <= _MOST)
        sampled = mixed[places]
        # Chosen by the top bits, kept in another order: else the least would be those that barely differ.
        sampled ^= sampled >> _HALF
        sampled *= self._last
        lengths = np.array([len(part) for part in parts])
        ends = lengths.cumsum()
        begins = places.searchsorted(ends - lengths)
        stops = places.searchsorted(ends - self._gram, "right")  # a gram that ends in the next text is nobody's
        return _least(sampled, begins, np.maximum(begins, stops), most)


def _least(sampled: Hashes, begins: Places, stops: Places, most: int) -> list[tuple[int, ...]]:
    """Return the least of each stretch in order, each once; only repeated text has a gram twice.

    It works on all stretches together: what is done for each by itself costs most of the time.
    """
    for begin, stop in zip(begins.tolist(), stops.tolist(), strict=True):
        sampled[begin:stop].sort()
    fresh = np.ones(len(sampled) + 1, np.bool_)  # and one more, where an empty text at the end begins
    np.not_equal(sampled[1:], sampled[:-1], out=fresh[1:-1])
    fresh[begins] = True
    kept, before = sampled[fresh[:-1]], fresh.cumsum() - fresh
    begins, stops = before[begins], before[stops]
    bounds = zip(begins.tolist(), np.minimum(stops, begins + most).tolist(), strict=True)
    return [tuple(kept[begin:stop].tolist()) for begin, stop in bounds]


def overlap(a: Sequence[int], b: Sequence[int]) -> float:
    """Return the share of the smaller text that is found in the other, 0.0 to 1.0, told from their samples.

    Both must be samples by one ``Shingles``, least first. Only hashes up to the lesser of the two greatest count:
    beyond it the sample that was cut shorter says nothing. Two samples of which one is empty have nothing in common.
    """
    if not a or not b:
        return 0.0
    limit = min(a[-1], b[-1])
    ours, theirs = ({x for x in sample if x <= limit} for sample in (a, b))
    fewer = min(len(ours), len(theirs))
    return len(ours & theirs) / fewer if fewer else 0.0
