"""How much of the space of queries a client has covered: as B4B counts it, and against honest clients of its size.

References: Dubiński et al. 2023, "Bucks for Buckets (B4B)", NeurIPS, arXiv 2310.08571: the cost of a client grows with
the share of locality-sensitive buckets that it has filled. Its growth is monotone, so the share itself ranks alike.
The second is the coverage detector that LabRAI's comparison (arXiv 2606.05725) calls CAP, against rarefaction.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from detectors.base import CELLS
from detectors.lab.rivals.base import Scores, Trail, running

_SIZES = tuple(2**j for j in range(5, 14))  # queries at which honest coverage is learnt
_ENOUGH = 8  # tenants that a mean and a spread need
_LEAST_SPREAD = 0.05  # of log coverage: nothing is known more exactly


def filled(trail: Trail) -> Scores:
    """Return how many different cells were visited up to each exchange."""
    seen: set[int] = set()
    counts = np.zeros(len(trail.asked))
    for number, query in enumerate(trail.asked):
        if query.cell >= 0:
            seen.add(query.cell)
        counts[number] = len(seen)
    return counts


@dataclass(frozen=True)
class Buckets:
    """The client has covered such a share of all buckets.

    Attributes:
        name: what tables call it.
    """

    name: str = "b4b"

    def fit(self, trails: Sequence[Trail]) -> Self:
        """Return itself: nothing is learnt."""
        del trails
        return self

    def scores(self, trail: Trail) -> Scores:
        """Return the share of buckets filled."""
        return running(filled(trail) / CELLS)


@dataclass(frozen=True)
class Rarefaction:
    """The client covers more, or less, than honest clients did after as many queries.

    Attributes:
        name: what tables call it.
        norms: learnt, for each of the sizes 32, 64, …: mean and spread of log coverage.
    """

    name: str = "cap"
    norms: tuple[tuple[float, float], ...] = ()

    def fit(self, trails: Sequence[Trail]) -> Self:
        """Return the rival with honest coverage learnt, by size; sizes that few reached end the list."""
        found = [filled(trail) for trail in trails]
        norms: list[tuple[float, float]] = []
        for size in _SIZES:
            logs = [math.log(max(1.0, counts[size - 1])) for counts in found if len(counts) >= size]
            if len(logs) < _ENOUGH:
                break
            norms.append((float(np.mean(logs)), max(float(np.std(logs)), _LEAST_SPREAD)))
        return replace(self, norms=tuple(norms))

    def scores(self, trail: Trail) -> Scores:
        """Return the greatest departure so far, either way, in spreads; it speaks at sizes 32, 64, … only."""
        counts = filled(trail)
        raw = np.full(len(counts), -np.inf)
        for size, (middle, width) in zip(_SIZES, self.norms, strict=False):
            if len(counts) >= size:
                raw[size - 1] = abs(math.log(max(1.0, counts[size - 1])) - middle) / width
        return running(raw)
