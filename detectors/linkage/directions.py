"""Directions of meaning: the sum of what a subject asked about, and the vectors of its templates.

A vector comes as one signed byte a dimension, of a text's unit vector; one byte step counts 1/128, so that sums of up
to a hundred thousand vectors are exact, whatever their order. Vectors of another width than TOPIC are folded to it:
dimension i is added to dimension i modulo TOPIC.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from detectors.linkage.base import TOPIC

_STEP: Final = np.float32(1 / 128)
_BYTE: Final = 127
_FLOATS: Final = np.dtype("<f4")


def added(topic: bytes, vectors: Sequence[bytes]) -> bytes:
    """Return the sum of unit vectors (TOPIC little-endian 32-bit floats) after more of them."""
    if not vectors:
        return topic
    if len(vectors) == 1 and len(vectors[0]) == TOPIC:
        more: npt.NDArray[np.float32] = np.frombuffer(vectors[0], np.int8) * _STEP
    else:
        more = _summed(vectors) * _STEP
    summed: bytes = (np.frombuffer(topic, _FLOATS) + more if topic else more).astype(_FLOATS, copy=False).tobytes()
    return summed


def united(a: bytes, b: bytes) -> bytes:
    """Return the sum of two sums."""
    if not a or not b:
        return a or b
    both: bytes = (np.frombuffer(a, _FLOATS) + np.frombuffer(b, _FLOATS)).tobytes()
    return both


def direction(topic: bytes) -> npt.NDArray[np.float32]:
    """Return a sum as TOPIC numbers; all 0 if nothing was asked."""
    return np.frombuffer(topic, _FLOATS) if topic else np.zeros(TOPIC, np.float32)


def narrowed(vector: bytes) -> bytes:
    """Return a vector of any width as TOPIC signed bytes."""
    if len(vector) == TOPIC:
        return vector
    return np.clip(_summed([vector]), -_BYTE, _BYTE).astype(np.int8).tobytes()


def cosine(a: bytes, b: bytes) -> float:
    """Return how alike two vectors of the same width are, -1 to 1; 0 where one is empty."""
    one, other = np.frombuffer(a, np.int8).astype(np.float32), np.frombuffer(b, np.int8).astype(np.float32)
    if not one.any() or not other.any():
        return 0.0
    return float(one @ other) / float(np.linalg.norm(one) * np.linalg.norm(other))


def _summed(vectors: Sequence[bytes]) -> npt.NDArray[np.float32]:
    if set(map(len, vectors)) == {TOPIC}:
        data = b"".join(vectors)
    else:
        data = b"".join([vector + bytes(-len(vector) % TOPIC) for vector in vectors])
    summed: npt.NDArray[np.float32] = np.frombuffer(data, np.int8).reshape(-1, TOPIC).sum(axis=0, dtype=np.float32)
    return summed
