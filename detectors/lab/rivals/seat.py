"""SEAT: pairs of queries improbably alike.

Reference: Zhang, Chen, Liang, Zhang, Rahmati, Chen 2021, "SEAT: similarity encoder by adversarial training for
detecting model extraction attack queries", AISec, doi 10.1145/3474369.3486863. The similarity encoder is the embedding
at hand; it is not trained against an adversary.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from detectors.lab.rivals.base import Scores, Trail, running
from detectors.lab.rivals.geometry import nearest


@dataclass(frozen=True)
class Seat:
    """So many of the client's queries have a twin among its earlier ones.

    Attributes:
        name: what tables call it.
        share: of honest tenants' queries that have a twin: places the radius.
        most: earlier queries compared.
        radius: learnt, distance below which two queries are twins.
    """

    name: str = "seat"
    share: float = 0.05
    most: int = 1000
    radius: float = 0.0

    def fit(self, trails: Sequence[Trail]) -> Self:
        """Return the rival with the radius learnt; each tenant counts alike, by its first 500 queries."""
        parts = [nearest(trail.vectors[:500], self.most)[1:] for trail in trails if len(trail.vectors) > 1]
        if not parts:
            raise ValueError("a rival needs honest tenants of two queries and more to learn from")
        weights = np.concatenate([np.full(len(part), 1.0 / len(part)) for part in parts])
        values = np.concatenate(parts)
        order = np.argsort(values)
        reached = int(np.searchsorted(np.cumsum(weights[order]) / weights.sum(), self.share))
        # A radius of nothing would find copies only, and miss what a small change makes of one.
        return replace(self, radius=max(float(values[order][min(reached, len(values) - 1)]), 0.05))

    def scores(self, trail: Trail) -> Scores:
        """Return the count of queries with a twin."""
        return running(np.cumsum(nearest(trail.vectors, self.most) <= self.radius).astype(np.float64))
