"""PRADA: distances between a client's queries lose their bell shape.

Reference: Juuti, Szyller, Marchal, Asokan 2019, "PRADA: protecting against DNN model stealing attacks", arXiv
1805.02628. There the victim's predicted class splits the queries; a language model predicts none, so clusters of honest
queries stand for classes, as other re-implementations do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.stats import shapiro
from sklearn.cluster import MiniBatchKMeans

from detectors.lab.rivals.base import Scores, Trail, Vectors, looks, nothing, sample, spread
from detectors.lab.rivals.geometry import nearest

_EACH, _MOST = 64, 6000  # honest queries a tenant, and of all, that clusters are learnt from
_OUTLIER = 3.0  # standard deviations beyond which the paper drops a distance


@dataclass(frozen=True, eq=False)
class Prada:
    """The least distances of the client's queries to its earlier ones are not normally distributed.

    Attributes:
        name: what tables call it.
        classes: clusters that stand for predicted classes.
        least: distances before it speaks; the paper's is 100.
        kept: newest distances tested.
        step: queries between two looks.
        most: earlier queries compared.
        seed: of the clusters.
        centres: learnt, one row a class.
    """

    name: str = "prada"
    classes: int = 8
    least: int = 100
    kept: int = 1000
    step: int = 20
    most: int = 1000
    seed: int = 0
    centres: Vectors = field(default_factory=nothing, repr=False)

    def fit(self, trails: Sequence[Trail]) -> Self:
        """Return the rival with classes learnt."""
        rows = sample(trails, _EACH, _MOST)
        clusters = MiniBatchKMeans(min(self.classes, len(rows)), n_init=1, batch_size=1024, random_state=self.seed)
        return replace(self, centres=clusters.fit(rows).cluster_centers_.astype(np.float32))

    def scores(self, trail: Trail) -> Scores:
        """Return the greatest 1 - W of Shapiro and Wilk so far, over the pooled distances of all classes."""
        count = len(trail.at)
        distances = self._distances(trail.vectors)
        ends = looks(count, self.least, self.step)
        values = [_misfit(distances[max(0, end - self.kept) : end]) for end in ends]
        return spread(count, ends, np.array(values, np.float64))

    def _distances(self, vectors: Vectors) -> npt.NDArray[np.float64]:
        found = np.full(len(vectors), np.nan)
        half = 0.5 * np.einsum("ij,ij->i", self.centres, self.centres)
        classes = (vectors @ self.centres.T - half).argmax(axis=1)
        for one in np.unique(classes):
            (rows,) = np.nonzero(classes == one)
            found[rows[1:]] = nearest(vectors[rows], self.most)[1:]  # the first of a class has nothing before it
        return found


def _misfit(distances: npt.NDArray[np.float64]) -> float:
    """Return 1 - W of distances without the outliers; 1 where they are all one value, as repeats are."""
    known = distances[np.isfinite(distances)]
    if len(known) < 3:  # noqa: PLR2004 - fewer have no shape
        return 0.0
    middle, width = known.mean(), known.std()
    inner = known[np.abs(known - middle) <= _OUTLIER * width] if width > 0.0 else known
    if len(inner) < 3 or np.ptp(inner) < 1e-9:  # noqa: PLR2004 - the same
        return 1.0
    return 1.0 - float(shapiro(inner).statistic)
