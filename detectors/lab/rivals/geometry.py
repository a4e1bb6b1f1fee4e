"""Distances between a client's queries, at bounded cost."""

from typing import Final

import numpy as np
import numpy.typing as npt

from detectors.lab.rivals.base import Scores, Vectors

_BLOCK: Final = 256  # queries compared with those before them at a time
_FAR: Final = 2.0  # distance of opposite unit vectors: what a first query is from nothing


def nearest(vectors: Vectors, most: int) -> Scores:
    """Return each query's distance to the nearest of the queries before it; the first one's is 2.

    Args:
        vectors: one row a query, oldest first, of length 1 or 0.
        most: queries before the block of 256 at hand that are compared; older ones are forgotten.
    """
    count = len(vectors)
    similarity = np.full(count, -1.0)
    for start in range(0, count, _BLOCK):
        block = vectors[start : start + _BLOCK]
        past = vectors[max(0, start - most) : start]
        inside = block @ block.T
        inside[np.triu_indices(len(block))] = -1.0
        best = inside.max(axis=1)
        if len(past):
            best = np.maximum(best, (block @ past.T).max(axis=1))
        similarity[start : start + len(block)] = best
    return distance(similarity)


def distance(similarity: npt.NDArray[np.floating]) -> Scores:
    """Return the distance of unit vectors from their product, 0 to 2."""
    return np.sqrt(np.clip(2.0 - 2.0 * similarity.astype(np.float64), 0.0, _FAR * _FAR))
