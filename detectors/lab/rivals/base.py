"""What every rival is given, what it gives back, and how all are set to one false-alarm rate.

A rival learns from honest trails, then says after every exchange how alarming the life so far is. Its score never
falls, so that one threshold, put at a chosen share of honest tenants ever alarmed, gives every rival the same rate of
false alarms; queries to the alarm are then the first score that reaches it.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from detectors.base import QueryObservation

Vectors: TypeAlias = npt.NDArray[np.float32]
Scores: TypeAlias = npt.NDArray[np.float64]


class Trail(NamedTuple):
    """One tenant's life as rivals see it, oldest exchange first.

    Attributes:
        at: arrivals, seconds since the epoch.
        vectors: embedding of each query's newest turn, one row an exchange, of length 1 (or 0 where there is no text).
        asked: what is kept of each query.
        addresses: how many different addresses the tenant was seen at, up to each exchange; empty if unknown.
    """

    at: Scores
    vectors: Vectors
    asked: Sequence[QueryObservation]
    addresses: Sequence[int] = ()


class Rival(Protocol):
    """One detector of the literature. Parameters, and what was learnt, are the fields of the frozen instance."""

    @property
    def name(self) -> str:
        """What tables call it."""
        ...

    def fit(self, trails: Sequence[Trail]) -> Self:
        """Return the rival with what it learns from honest tenants."""
        ...

    def scores(self, trail: Trail) -> Scores:
        """Return the highest alarm score up to and with each exchange; -inf as long as there is none."""
        ...


def nothing() -> npt.NDArray[Any]:
    """Return what has not been learnt yet."""
    return np.zeros((0, 0))


def running(raw: Scores) -> Scores:
    """Return the running maximum; what is no number counts as no score.

    Examples:
        >>> running(np.array([math.nan, 1.0, 0.5, math.nan, 2.0])).tolist()
        [-inf, 1.0, 1.0, 1.0, 2.0]

    """
    return np.maximum.accumulate(np.nan_to_num(raw, nan=-np.inf, posinf=np.finfo(float).max, neginf=-np.inf))


def looks(count: int, first: int, step: int) -> npt.NDArray[np.int64]:
    """Return numbers of exchanges at which to look: from ``first`` on, every ``step``-th, and the last."""
    if count < first:
        return np.zeros(0, np.int64)
    return np.unique(np.append(np.arange(first, count + 1, step), count))


def spread(count: int, at: npt.NDArray[np.int64], values: Scores) -> Scores:
    """Return running scores of ``count`` exchanges from values at the exchanges numbered ``at``, counted from 1."""
    raw = np.full(count, -np.inf)
    raw[at - 1] = values
    return running(raw)


def threshold(peaks: Sequence[float], share: float) -> float:
    """Return the lowest threshold that at most this share of honest tenants' highest scores reach.

    Args:
        peaks: the highest score of each honest tenant.
        share: of tenants that may be alarmed, 0 to 1.

    Examples:
        >>> 2.0 < threshold([1.0, 2.0, 3.0, 3.0], 0.5) < 3.0 < threshold([1.0, 2.0, 3.0, 3.0], 0.25)
        True

    """
    ordered = sorted(peaks, reverse=True)
    allowed = math.floor(share * len(ordered) + 1e-9)
    if allowed >= len(ordered):
        return -math.inf
    # The first one too many must stay below; ties with it stay below together.
    return math.nextafter(ordered[allowed], math.inf)


def alarm(scores: Scores, limit: float) -> int:
    """Return the number of the exchange that first reaches a threshold, counted from 1; 0 if none does."""
    if not len(scores) or not scores[-1] >= limit or scores[-1] == -math.inf:
        return 0
    return int(np.searchsorted(scores, limit)) + 1


def sample(trails: Sequence[Trail], each: int, most: int) -> Vectors:
    """Return vectors of many tenants: at most ``each`` evenly spaced ones of a tenant, ``most`` of all."""
    parts = [trail.vectors[:: max(1, len(trail.vectors) // each)][:each] for trail in trails]
    rows = np.concatenate(parts) if parts else np.zeros((0, 1), np.float32)
    rows = rows[np.any(rows != 0.0, axis=1)]
    if not len(rows):
        raise ValueError("a rival needs honest queries with text to learn from")
    return rows[:: max(1, -(-len(rows) // most))]


def windows(trails: Sequence[Trail], size: int, most: int) -> list[Vectors]:
    """Return up to ``most`` windows of ``size`` successive queries, spread evenly over tenants that have as many."""
    found = [
        trail.vectors[start : start + size]
        for trail in trails
        for start in range(0, len(trail.vectors) - size + 1, size)
    ]
    return found[:: max(1, -(-len(found) // most))]


def sums(rows: npt.NDArray[np.floating], size: int, ends: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return the sums of the last ``size`` rows up to each exchange in ``ends``, counted from 1."""
    total = np.concatenate([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0, dtype=np.float64)])
    difference: npt.NDArray[np.float64] = total[ends] - total[ends - size]
    return difference
