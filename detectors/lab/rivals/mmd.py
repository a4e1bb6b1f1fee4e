"""Maximum mean discrepancy between a window of a client's queries and honest reference windows.

Reference: "Maximum mean discrepancy for model extraction", arXiv 2606.05725: the mean of four RBF kernels at half, one,
two and four times the median distance, unbiased, averaged over 20 reference windows. Random Fourier features (Rahimi,
Recht 2007) stand for the kernels: their error shrinks with the number of features, and windows then slide for free.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from detectors.lab.rivals.base import Scores, Trail, Vectors, looks, nothing, sample, spread, sums, windows

_WIDTHS = (0.5, 1.0, 2.0, 4.0)  # of the kernels, in median distances
_REFERENCES = 20  # windows
_EACH, _MOST = 64, 2000  # queries a tenant, and of all, from which the median distance is taken


@dataclass(frozen=True, eq=False)
class Discrepancy:
    """The client's last queries are distributed otherwise than honest ones.

    Attributes:
        name: what tables call it.
        window: queries compared at a time.
        step: queries between two looks.
        features: random frequencies a kernel; each gives a cosine and a sine.
        seed: of the frequencies.
        frequencies: learnt, one column each.
        mean: learnt, of the reference windows' features.
        within: learnt, mean similarity of two queries of one reference window.
    """

    name: str = "mmd"
    window: int = 200
    step: int = 10
    features: int = 64
    seed: int = 0
    frequencies: npt.NDArray[np.float64] = field(default_factory=nothing, repr=False)
    mean: npt.NDArray[np.float64] = field(default_factory=nothing, repr=False)
    within: float = 0.0

    def fit(self, trails: Sequence[Trail]) -> Self:
        """Return the rival with the kernels' widths and the honest reference windows learnt."""
        rows = sample(trails, _EACH, _MOST).astype(np.float64)
        middle = float(np.median(np.linalg.norm(rows[::2][: len(rows) // 2] - rows[1::2][: len(rows) // 2], axis=1)))
        draws = np.random.default_rng(self.seed).standard_normal((rows.shape[1], len(_WIDTHS) * self.features))
        widths = np.repeat(np.array(_WIDTHS) * (middle or 1.0), self.features)
        able = replace(self, frequencies=draws / widths)
        parts = [able.lift(part) for part in windows(trails, self.window, _REFERENCES)] or [
            able.lift(sample(trails, _EACH, _MOST))
        ]
        within = float(np.mean([_within(part.sum(axis=0), len(part)) for part in parts]))
        return replace(able, mean=np.mean([part.mean(axis=0) for part in parts], axis=0), within=within)

    def lift(self, vectors: Vectors) -> npt.NDArray[np.float32]:
        """Return features whose products are the kernel; each row has length 1."""
        angles = vectors @ self.frequencies.astype(np.float32)
        scale = np.float32(1.0 / np.sqrt(angles.shape[1]))
        return np.concatenate([np.cos(angles), np.sin(angles)], axis=1) * scale

    def scores(self, trail: Trail) -> Scores:
        """Return the greatest discrepancy of any window so far, unbiased; it needs one whole window."""
        count = len(trail.at)
        ends = looks(count, self.window, self.step)
        total = sums(self.lift(trail.vectors), self.window, ends)
        own = (np.einsum("ij,ij->i", total, total) - self.window) / (self.window * (self.window - 1))
        return spread(count, ends, own + self.within - 2.0 * (total @ self.mean) / self.window)


def _within(total: npt.NDArray[np.floating], count: int) -> float:
    """Return the mean similarity of two different rows, from their sum; rows have length 1."""
    return (float(total @ total) - count) / max(1, count * (count - 1))
