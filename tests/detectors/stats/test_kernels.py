import numpy as np
import pytest

from detectors.stats.kernels import FEATURES, WIDTH, features


def rows(*vectors: list[int]) -> np.ndarray[tuple[int, ...], np.dtype[np.int8]]:
    return np.array(vectors, dtype=np.int8)


def test_each_row_has_length_one_whatever_the_vector() -> None:
    found = features(rows([1, 0, 0, 0], [127, -128, 127, -128], [0, 0, 0, 0]))
    assert found.shape == (3, FEATURES)
    assert np.linalg.norm(found, axis=1) == pytest.approx([1.0, 1.0, 1.0])


def test_only_the_direction_matters() -> None:
    short, long, other = features(rows([1, 2, -3, 0], [10, 20, -30, 0], [0, 2, -3, 1]))
    assert short == pytest.approx(long)
    assert short != pytest.approx(other)


def test_products_come_near_the_gaussian_kernel() -> None:
    dice = np.random.default_rng(5)
    some = dice.integers(-90, 90, (60, 32)).astype(np.int8)
    units = some / np.linalg.norm(some.astype(float), axis=1, keepdims=True)
    apart = ((units[:, None] - units[None]) ** 2).sum(axis=2)
    error = features(some) @ features(some).T - np.exp(-apart / (2 * WIDTH**2))
    assert abs(error.mean()) < 0.05
    assert error.std() < 0.15


def test_features_are_the_same_in_every_release() -> None:
    # Sums of features are stored: a change here makes those kept unlike those to come.
    assert features(rows([10, 20, 30, 40]))[0, :3] == pytest.approx([0.08705152, 0.05172822, 0.06538977], abs=1e-6)


def test_a_row_of_many_is_the_row_of_one() -> None:
    some = np.random.default_rng(6).integers(-127, 127, (300, 96)).astype(np.int8)
    assert features(some) == pytest.approx(np.concatenate([features(row[None, :]) for row in some]), abs=1e-12)
