"""Trails for the rivals: honest ones around a few topics, and thieves elsewhere."""

from collections.abc import Callable

import numpy as np
import pytest

from detectors.base import CELLS, QueryObservation
from detectors.lab.rivals.base import Trail

DIMS = 24


def trail(seed: int, count: int, shift: float = 0.0, every: float = 600.0) -> Trail:
    """Return a life of ``count`` queries around five topics of its own, moved by ``shift`` in one direction."""
    dice = np.random.default_rng(seed)
    topics = dice.standard_normal((5, DIMS))
    rows = topics[dice.integers(0, 5, count)] + 0.7 * dice.standard_normal((count, DIMS))
    rows[:, 0] += shift
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    at = 1.7e9 + np.cumsum(dice.exponential(every, count))
    asked = [
        QueryObservation(
            at=float(at[i]), payload=int(dice.integers(1, 2**62)), opening=int(dice.integers(1, 40)),
            cell=int(dice.integers(0, CELLS)),
        )
        for i in range(count)
    ]  # fmt: skip
    return Trail(at, vectors, asked)


@pytest.fixture
def draw() -> Callable[..., Trail]:
    return trail


@pytest.fixture(scope="session")
def honest() -> list[Trail]:
    return [trail(seed, 60 + 20 * seed) for seed in range(24)]
