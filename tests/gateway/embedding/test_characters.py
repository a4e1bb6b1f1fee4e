"""Texts become unit vectors and cells, whatever they hold."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from detectors.base import CELLS
from gateway.embedding import DIMS, EDGE, Characters, cell, edges

CHARACTERS = Characters()
ODD = [
    "",
    " \n\t",
    "a",
    "\x00" * 50,
    "\ud800\udfff",
    "مرحبا بالعالم",
    "\u202eabc",
    "你好，世界",
    "👩‍👩‍👧",
    "\ufeff",
    "z" * 9000,
]


@given(st.text(alphabet=st.characters(), max_size=600))
@example("\ud83d")
def test_any_text_gives_a_unit_vector_or_nothing_and_a_cell_that_exists(text: str) -> None:
    vector = CHARACTERS.embed(text)
    assert vector.shape == (DIMS,)
    assert vector.dtype == np.float32
    assert np.isfinite(vector).all()
    length = float(np.linalg.norm(vector))
    assert length == pytest.approx(1.0, abs=1e-5) or length == 0.0
    assert cell(vector) in range(-1, CELLS)


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_are_embedded_too(text: str) -> None:
    assert np.isfinite(CHARACTERS.embed(text)).all()


def test_no_text_has_no_direction_and_no_cell() -> None:
    assert not CHARACTERS.embed("   ").any()
    assert cell(CHARACTERS.embed("")) == -1


def test_texts_that_share_wording_are_near_and_others_are_not() -> None:
    near = CHARACTERS.embed("the spinnaker tore in a squall off Vigo")
    also = CHARACTERS.embed("Off Vigo, a squall tore the spinnaker.")
    far = CHARACTERS.embed("quarterly budget of the municipal library")
    assert near @ also > 0.6
    assert abs(near @ far) < 0.3


def test_case_and_outer_space_do_not_matter() -> None:
    assert (CHARACTERS.embed("  Lee SHORE\n") == CHARACTERS.embed("lee shore")).all()


def test_only_the_two_ends_of_a_long_text_are_read() -> None:
    head, tail = "ab " * EDGE, " yz" * EDGE
    assert (CHARACTERS.embed(head + "middle" * 1000 + tail) == CHARACTERS.embed(head + tail)).all()
    assert edges("x" * (2 * EDGE)) == "x" * (2 * EDGE)


@pytest.mark.timeout(30)  # measured: under 0.2 s; anything but linear takes hours
def test_ten_megabytes_cost_what_four_thousand_characters_cost() -> None:
    long = "long story " * 1_000_000
    for _ in range(3000):  # reading it all takes 0.05 s each
        assert CHARACTERS.embed(long).any()


def test_a_batch_is_its_texts_one_by_one() -> None:
    texts = ["one", "", "drei"]
    rows = CHARACTERS.batch(texts)
    assert rows.shape == (3, DIMS)
    for row, text in zip(rows, texts, strict=True):
        assert (row == CHARACTERS.embed(text)).all()
    assert CHARACTERS.batch([]).shape == (0, DIMS)


def test_vectors_and_cells_are_the_same_in_every_release() -> None:
    # Cells are stored: a change here loses what coverage knows of every subject.
    assert [cell(CHARACTERS.embed(text)) for text in ("tidal chart", "你好，世界", "12345")] == [1832, 661, 1055]


def test_unrelated_short_texts_spread_over_the_cells_almost_evenly() -> None:
    dice = np.random.default_rng(5)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz      "))
    cells = {cell(CHARACTERS.embed("".join(dice.choice(letters, 120)))) for _ in range(2000)}
    assert len(cells) > 0.93 * CELLS * (1 - (1 - 1 / CELLS) ** 2000)
