"""Each rival sees what its paper says that it sees, and passes by what it does not look at."""

from collections.abc import Callable
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import pytest

from detectors.lab.rivals.base import Rival, Trail, alarm, running, sample, threshold, windows
from detectors.lab.rivals.buckets import Buckets, Rarefaction
from detectors.lab.rivals.geometry import nearest
from detectors.lab.rivals.heuristics import Steps, Weights
from detectors.lab.rivals.mahalanobis import Mahalanobis
from detectors.lab.rivals.mmd import Discrepancy
from detectors.lab.rivals.prada import Prada
from detectors.lab.rivals.rate_limit import RateLimit
from detectors.lab.rivals.seat import Seat

Rows: TypeAlias = npt.NDArray[np.float64]
Draw: TypeAlias = Callable[..., Trail]


def peak(rival: Rival, trail: Trail) -> float:
    return float(rival.scores(trail)[-1])


def test_rate_counts_within_its_stretch() -> None:
    at = np.array([0.0, 10.0, 3599.0, 3601.0, 99_999.0])
    scores = RateLimit().scores(Trail(at, np.zeros((5, 1), np.float32), []))
    assert scores.tolist() == [1.0, 2.0, 3.0, 3.0, 3.0]


@pytest.mark.parametrize("rival", [Discrepancy(window=100), Mahalanobis()], ids=lambda rival: rival.name)
def test_a_foreign_distribution_stands_out(honest: list[Trail], draw: Draw, rival: Rival) -> None:
    fitted = rival.fit(honest)
    limit = threshold([peak(fitted, draw(seed, 200)) for seed in range(200, 230)], 0.0)
    assert 0 < alarm(fitted.scores(draw(300, 200, shift=5.0)), limit) <= 120
    assert alarm(fitted.scores(draw(301, 99, shift=5.0)), limit) == 0


def test_features_stand_for_the_kernels(honest: list[Trail], draw: Draw) -> None:
    """The exact unbiased estimate of the paper, computed pair by pair, agrees with the features' within their error."""
    fitted = Discrepancy(window=60, features=2000).fit(honest)
    x = draw(400, 60, shift=2.0).vectors.astype(np.float64)
    references = [part.astype(np.float64) for part in windows(honest, 60, 20)]
    rows = sample(honest, 64, 2000).astype(np.float64)
    half = len(rows) // 2
    middle = float(np.median(np.linalg.norm(rows[::2][:half] - rows[1::2][:half], axis=1)))

    def kernel(a: Rows, b: Rows) -> Rows:
        squares = ((a[:, None, :] - b[None, :, :]) ** 2).sum(axis=2)
        table: Rows = np.mean([np.exp(-squares / (2 * (w * middle) ** 2)) for w in (0.5, 1.0, 2.0, 4.0)], axis=0)
        return table

    def inner(a: Rows) -> float:
        table = kernel(a, a)
        return float((table.sum() - np.trace(table)) / (len(a) * (len(a) - 1)))

    exact = float(np.mean([inner(x) + inner(y) - 2 * kernel(x, y).mean() for y in references]))
    assert exact > 0.0
    assert peak(fitted, draw(400, 60, shift=2.0)) == pytest.approx(exact, abs=0.015)


def test_prada_sees_queries_made_from_queries(honest: list[Trail], draw: Draw) -> None:
    """Synthetic queries at a few fixed steps from seeds have distances at those steps, which is no bell."""
    fitted = Prada(classes=1).fit(honest)
    seeds = draw(500, 400)
    moved = seeds.vectors.copy()
    moved[100:] = moved[np.arange(300) % 100]
    thief = seeds._replace(vectors=moved)
    assert peak(fitted, thief) > max(peak(fitted, draw(seed, 400)) for seed in range(510, 520))


def test_seat_counts_twins(honest: list[Trail], draw: Draw) -> None:
    fitted = Seat().fit(honest)
    life = draw(600, 100)
    doubled = life._replace(vectors=np.repeat(life.vectors[:50], 2, axis=0))
    assert peak(fitted, doubled) >= 50.0
    assert peak(fitted, life) < 25.0


def test_nearest_is_the_least_distance_to_any_before(draw: Draw) -> None:
    vectors = draw(1, 700).vectors
    found = nearest(vectors, 10_000)
    exact = [np.linalg.norm(vectors[:i] - vectors[i], axis=1).min() for i in range(1, 700)]
    np.testing.assert_allclose(found[1:], exact, atol=1e-3)
    assert found[0] == pytest.approx(2.0)


def test_buckets_count_each_cell_once(draw: Draw) -> None:
    life = draw(700, 64)
    same = life._replace(asked=[msgspec.structs.replace(query, cell=5) for query in life.asked])
    assert peak(Buckets(), same) == pytest.approx(1 / 2048)
    assert peak(Buckets(), life) > 50 / 2048


def test_rarefaction_speaks_both_ways(honest: list[Trail], draw: Draw) -> None:
    fitted = Rarefaction().fit(honest)
    life = draw(800, 128)
    narrow = life._replace(asked=[msgspec.structs.replace(query, cell=5) for query in life.asked])
    assert peak(fitted, narrow) > 5.0 > peak(fitted, life)


def test_steps_add_up_as_published(draw: Draw) -> None:
    fast = draw(900, 200, every=1.0)
    assert peak(Steps(), fast) == pytest.approx(0.30)
    asked = [msgspec.structs.replace(query, opening=7, demands_reasoning=True) for query in fast.asked]
    assert peak(Steps(), fast._replace(asked=asked, addresses=[6] * 200)) == pytest.approx(1.05)
    assert peak(Steps(), draw(901, 200)) == 0.0


def test_weights_grow_with_every_signal(draw: Draw) -> None:
    slow, fast = draw(1000, 200), draw(1000, 200, every=1.0)
    asked = [msgspec.structs.replace(query, demands_reasoning=True) for query in fast.asked]
    assert peak(Weights(), slow) < peak(Weights(), fast) < peak(Weights(), fast._replace(asked=asked)) <= 1.0


def test_alarms_count_from_one_and_zero_is_never() -> None:
    scores = running(np.array([-np.inf, 1.0, 0.0, 3.0]))
    assert [alarm(scores, limit) for limit in (1.0, 2.0, 3.0, 3.1)] == [2, 4, 4, 0]
    assert alarm(np.zeros(0), 0.0) == 0
    assert alarm(np.full(3, -np.inf), -np.inf) == 0


def test_nothing_can_be_learnt_from_nobody() -> None:
    for rival in (Discrepancy(), Prada(), Seat(), Mahalanobis()):
        with pytest.raises(ValueError, match="honest"):
            rival.fit([])
