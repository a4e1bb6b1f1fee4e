"""Cells of vectors of any dimensions, and vectors of length one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.base import CELLS
from gateway.embedding.base import Vector, _planes, cell, cells, embedded, unit, units

FLOATS = st.floats(width=32)


@given(st.integers(1, 2000), st.integers(0, 2**32 - 1))
def test_a_vector_of_any_dimensions_has_a_cell_and_its_length_does_not_matter(dims: int, seed: int) -> None:
    vector = np.random.default_rng(seed).standard_normal(dims).astype(np.float32)
    assert 0 <= cell(vector) < CELLS
    assert cell(vector) == cell(vector * np.float32(8.0))


@given(st.lists(FLOATS, min_size=1, max_size=40))
def test_a_unit_vector_is_finite_whatever_it_is_made_of(numbers: list[float]) -> None:
    with np.errstate(all="ignore"):
        made = unit(np.array(numbers, np.float32))
    assert np.isfinite(made).all()
    assert float(np.linalg.norm(made)) == pytest.approx(1.0, abs=1e-2) or not made.any()


@pytest.mark.parametrize("dims", [96, 256, 384])
def test_vectors_without_order_spread_evenly_over_the_cells(dims: int) -> None:
    dice = np.random.default_rng(2)
    cells = {cell(vector) for vector in dice.standard_normal((2000, dims)).astype(np.float32)}
    assert len(cells) > 0.9 * CELLS * (1 - (1 - 1 / CELLS) ** 2000)


@given(st.lists(st.lists(FLOATS, min_size=5, max_size=5), min_size=1, max_size=9))
def test_rows_are_made_of_length_one_together_as_one_by_one(numbers: list[list[float]]) -> None:
    rows = np.array(numbers, np.float32)
    with np.errstate(all="ignore"):
        assert (units(rows) == np.stack([unit(row) for row in rows])).all()


@pytest.mark.parametrize("dims", [96, 384])
def test_a_row_has_the_cell_that_it_has_alone_even_on_the_border_between_two(dims: int) -> None:
    rows = units(np.random.default_rng(3).standard_normal((500, dims)).astype(np.float32))
    rows[:100] = units(
        rows[:100] - (rows[:100] @ _planes(dims)[0] / (_planes(dims)[0] @ _planes(dims)[0]))[:, None] * _planes(dims)[0]
    )
    rows[100] = 0.0
    assert cells(rows) == [cell(row) for row in rows]
    assert cells(rows)[100] == -1


def test_an_embedder_without_batches_is_asked_one_by_one() -> None:
    class Lengths:
        name, dims = "lengths", 1

        def embed(self, text: str) -> Vector:
            return np.array([len(text)], np.float32)

    assert embedded(Lengths(), ["a", "bcd"]).tolist() == [[1.0], [3.0]]
    assert embedded(Lengths(), []).shape == (0, 1)
