"""What every embedder promises.

@pytest.mark.parametrize("embedder", [Letters()], ids=["letters"])
class TestLetters(EmbedderContract): ...
"""

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from detectors.base import CELLS
from gateway.embedding.base import Embedder, cell, embedded

tried = settings(deadline=None, suppress_health_check=[HealthCheck.differing_executors])
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


class EmbedderContract:
    """The promises."""

    def test_says_what_it_is_called_and_how_wide_its_vectors_are(self, embedder: Embedder) -> None:
        assert embedder.name
        assert 2 <= embedder.dims <= 8192

    @tried
    @given(st.text(alphabet=st.characters(), max_size=600))
    @example("\ud83d")
    def test_any_text_gives_a_unit_vector_or_nothing_and_a_cell_that_exists(
        self, embedder: Embedder, text: str
    ) -> None:
        vector = embedder.embed(text)
        assert vector.shape == (embedder.dims,)
        assert vector.dtype == np.float32
        assert np.isfinite(vector).all()
        length = float(np.linalg.norm(vector))
        assert length == pytest.approx(1.0, abs=1e-4) or length == 0.0
        assert cell(vector) in range(-1, CELLS)

    @pytest.mark.parametrize("text", ODD)
    def test_odd_texts_are_embedded_too(self, embedder: Embedder, text: str) -> None:
        assert np.isfinite(embedder.embed(text)).all()

    def test_no_text_has_no_direction_and_no_cell(self, embedder: Embedder) -> None:
        assert not embedder.embed("").any()
        assert cell(embedder.embed("")) == -1

    def test_the_same_text_has_the_same_vector_alone_and_among_others(self, embedder: Embedder) -> None:
        texts = ["the spinnaker tore in a squall", "quarterly budget of the library", "", "a"]
        rows = embedded(embedder, texts)
        assert rows.shape == (len(texts), embedder.dims)
        assert np.allclose(rows, np.stack([embedder.embed(text) for text in texts]), atol=1e-5)
        assert (embedder.embed(texts[0]) == embedder.embed(texts[0])).all()
