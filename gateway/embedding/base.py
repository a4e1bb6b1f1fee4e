"""What every embedder is, and how a vector becomes a cell."""

from collections.abc import Sequence
from functools import cache
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
import numpy.typing as npt

from detectors.base import CELLS

Vector: TypeAlias = npt.NDArray[np.float32]

EDGE = 2048  # characters read at each end of a text: bounds the time on any input
_BITS = CELLS.bit_length() - 1
_NEAR = 1e-4  # of a hyperplane: many times what rounding can move a unit vector
_BYTES = np.array([1, 256])  # what each byte of a cell counts
_SEED = 20_240_611  # of the hyperplanes: any number will do, but cells are stored, so it never changes


class Embedder(Protocol):
    """Turns a text into a direction. Texts that are alike, as this embedder sees it, point alike."""

    @property
    def name(self) -> str:
        """Return what the configuration calls it: vectors of two names cannot be compared."""

    @property
    def dims(self) -> int:
        """Return how many numbers a vector has."""

    def embed(self, text: str) -> Vector:
        """Return a unit vector of ``dims`` 32-bit floats; all zeros if there is no text to speak of."""


@runtime_checkable
class Asks(Protocol):
    """An embedder that asks another process: it is told a whole batch of texts before any is embedded."""

    def prepare(self, texts: Sequence[str]) -> None:
        """Fetch the vectors of texts, so that ``embed`` knows them; waits, never raises."""


@runtime_checkable
class Batches(Protocol):
    """An embedder for which many texts at once cost less than one by one."""

    def batch(self, texts: Sequence[str]) -> Vector:
        """Return one row a text, each as ``embed`` gives it."""


def embedded(embedder: Embedder, texts: Sequence[str]) -> Vector:
    """Return one row a text."""
    if isinstance(embedder, Batches):
        return embedder.batch(texts)
    return np.stack([embedder.embed(text) for text in texts]) if texts else np.zeros((0, embedder.dims), np.float32)


def edges(text: str, most: int = EDGE) -> str:
    """Return a text's two ends, at most ``2 * most`` characters; short texts come back whole."""
    return text if len(text) <= 2 * most else text[:most] + text[-most:]


def unit(vector: Vector) -> Vector:
    """Return the vector at length 1; zeros stay zeros, and what is no number at all becomes zeros."""
    length = np.sqrt(vector @ vector)
    return vector / length if 0.0 < length < np.inf else np.zeros(len(vector), np.float32)


def units(rows: Vector) -> Vector:
    """Return each row at length 1, as ``unit`` does to the last bit."""
    lengths: Vector = np.sqrt(np.vecdot(rows, rows))
    good = (lengths > 0.0) & (lengths < np.inf)
    return np.divide(rows, lengths[:, None], out=np.zeros_like(rows), where=good[:, None])


def packed(rows: Vector) -> list[bytes]:
    """Return each unit vector as one signed byte a dimension; nothing of the empty text's."""
    small, width = (rows * 127.0).astype(np.int8).tobytes(), rows.shape[1]
    some: list[bool] = np.logical_or.reduce(rows, axis=1).tolist()
    return [small[i * width : (i + 1) * width] if one else b"" for i, one in enumerate(some)]


@cache
def _planes(dims: int) -> npt.NDArray[np.float32]:
    return np.random.default_rng(_SEED).standard_normal((_BITS, dims)).astype(np.float32)


def cell(vector: Vector) -> int:
    """Return the locality-sensitive cell of a vector of any dimensions, 0 to CELLS - 1; -1 for the empty text's.

    Reference: Charikar 2002, "Similarity estimation techniques from rounding algorithms" (signs of projections).
    """
    return cells(vector[None, :])[0]


def cells(rows: Vector) -> list[int]:
    """Return the cell of each row."""
    planes = _planes(rows.shape[1])
    sides = rows @ planes.T
    for near in np.flatnonzero((np.abs(sides) < _NEAR).any(axis=1)):
        sides[near] = planes @ rows[near]  # rounds alike however many are asked for at once: a sign may hang on it
    packed = np.packbits(sides > 0.0, axis=1, bitorder="little")
    found: list[int] = np.where(rows.any(axis=1), packed.astype(np.int64) @ _BYTES, -1).tolist()
    return found
