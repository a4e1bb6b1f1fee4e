"""Queries in a sliding stretch of time: what every gateway has."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from detectors.lab.rivals.base import Scores, Trail, running


@dataclass(frozen=True)
class RateLimit:
    """The client has sent so many queries within so many seconds.

    Attributes:
        name: what tables call it.
        seconds: length of the stretch.
    """

    name: str = "rate_hour"
    seconds: float = 3600.0

    def fit(self, trails: Sequence[Trail]) -> Self:
        """Return itself: nothing is learnt."""
        del trails
        return self

    def scores(self, trail: Trail) -> Scores:
        """Return the highest count of queries within a stretch."""
        return running(counted(trail.at, self.seconds))


def counted(at: Scores, seconds: float) -> Scores:
    """Return how many of the arrivals up to each fell within the last ``seconds``."""
    later = np.maximum.accumulate(at) if len(at) else at
    first = np.searchsorted(later, later - seconds, side="right")
    return (np.arange(1, len(at) + 1) - first).astype(np.float64)
