"""Mahalanobis distance of a client's mean query from the honest mean.

Reference: Lee et al. 2018, "A simple unified framework for detecting out-of-distribution samples", arXiv 1807.03888, in
the form compared in arXiv 2606.05725: a window's mean against honest windows, upper tail.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import numpy.typing as npt
from sklearn.covariance import LedoitWolf

from detectors.lab.rivals.base import Scores, Trail, looks, nothing, sample, spread, sums, windows

_WINDOWS, _EACH, _MOST = 2000, 64, 6000  # honest windows; queries a tenant, and of all, if there are few windows
_FEW = 32  # windows below which single queries stand for them


@dataclass(frozen=True, eq=False)
class Mahalanobis:
    """The mean of the client's last queries is far from that of honest ones, in units of their spread.

    Attributes:
        name: what tables call it.
        window: queries averaged.
        step: queries between two looks.
        centre: learnt, mean of honest windows.
        precision: learnt, inverse of their covariance (Ledoit and Wolf).
    """

    name: str = "mahalanobis"
    window: int = 100
    step: int = 10
    centre: npt.NDArray[np.float64] = field(default_factory=nothing, repr=False)
    precision: npt.NDArray[np.float64] = field(default_factory=nothing, repr=False)

    def fit(self, trails: Sequence[Trail]) -> Self:
        """Return the rival with the honest mean and covariance learnt."""
        found = windows(trails, self.window, _WINDOWS)
        rows = sample(trails, _EACH, _MOST) if len(found) < _FEW else np.stack([part.mean(axis=0) for part in found])
        learnt = LedoitWolf().fit(rows.astype(np.float64))
        return replace(self, centre=learnt.location_, precision=learnt.precision_)

    def scores(self, trail: Trail) -> Scores:
        """Return the greatest distance of any window so far; it needs one whole window."""
        count = len(trail.at)
        ends = looks(count, self.window, self.step)
        away = sums(trail.vectors, self.window, ends) / self.window - self.centre
        squares = np.einsum("ij,jk,ik->i", away, self.precision, away, optimize=True)
        return spread(count, ends, np.sqrt(np.maximum(squares, 0.0)))
