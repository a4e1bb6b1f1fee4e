"""Entropies: what a text's bytes tell."""

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.entropy import READ, entropies


@given(st.lists(st.text(alphabet=st.characters(), max_size=200), max_size=5))
def test_each_text_has_the_entropy_of_its_bytes_whatever_stands_beside_it(texts: list[str]) -> None:
    for text, found in zip(texts, entropies(texts), strict=True):
        data = text.encode("utf-8", "surrogatepass")
        shares = [count / len(data) for count in Counter(data).values()]
        assert found == pytest.approx(-sum(share * math.log2(share) for share in shares), abs=1e-9)
        assert [found] == entropies([text])


def test_what_is_beyond_the_first_characters_is_not_read() -> None:
    assert entropies(["a" * READ + "bcd" * READ]) == [0.0]
