"""Random Fourier features: a kernel between embeddings as a product of short vectors, so that means can be added.

The kernel is Gaussian over unit vectors, exp(-|x - y|^2 / (2 WIDTH^2)); equal directions give 1, unrelated ones
(squared distance about 2) give exp(-1/WIDTH^2), near 0.

Reference: Rahimi, Recht 2007, "Random features for large-scale kernel machines".
"""

from functools import cache
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]

FEATURES: Final = 96  # error of a mean kernel about 1 / sqrt(FEATURES) of one question, less for many
WIDTH: Final = 0.6  # of the Gaussian, in units of the unit sphere's radius
_LENGTH: Final = float(np.sqrt(FEATURES // 2))
_TOGETHER: Final = 128  # rows at once: a product of more is shared out among threads, which costs more than it saves
_SEED: Final = 20_260_711  # sums are stored, so it never changes


@cache
def _projection(dims: int) -> Floats:
    return np.random.default_rng(_SEED).standard_normal((dims, FEATURES // 2)) / WIDTH


def features(rows: npt.NDArray[np.int8]) -> Floats:
    """Return the features of embeddings, shape (n, dims) in signed bytes, as (n, FEATURES); each row has length 1."""
    waves = np.empty((len(rows), FEATURES))
    for start in range(0, len(rows), _TOGETHER):
        _fill(waves[start : start + _TOGETHER], rows[start : start + _TOGETHER])
    return waves


def _fill(waves: Floats, rows: npt.NDArray[np.int8]) -> None:
    x = rows.astype(np.float64)
    x /= np.maximum(np.sqrt(np.add.reduce(x * x, axis=1, keepdims=True)), 1e-9)
    angles = x @ _projection(rows.shape[1])
    np.cos(angles, out=waves[:, : FEATURES // 2])
    np.sin(angles, out=waves[:, FEATURES // 2 :])
    waves /= _LENGTH
