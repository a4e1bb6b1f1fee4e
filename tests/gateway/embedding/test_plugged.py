"""An embedder of another package gives vectors of its width and length one, or none."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from gateway.config import Named
from gateway.embedding.base import Asks, Vector, cell, embedded
from gateway.embedding.chosen import sure
from gateway.embedding.plugged import Mute, Plugged, PluggedAsks
from gateway.isolation.telling import NonsenseError
from gateway.plugins import PluginError


class Odd:
    """Makes what it is told to of a text."""

    name, dims = "odd", 3

    def embed(self, text: str) -> Any:
        made = {"raises": None, "wide": [1.0] * 4, "nan": [float("nan")] * 3, "words": "abc"}.get(text, [3.0, 0.0, 4.0])
        if made is None:
            raise OSError("no vector today")
        return np.array(made)


class Together(Odd):
    def batch(self, texts: Sequence[str]) -> Vector:
        if "raises" in texts:
            raise OSError("none of them")
        return np.ones((len(texts), 3), np.float32)

    def prepare(self, texts: Sequence[str]) -> None:
        raise TimeoutError(texts)


def wrapped(inner: Any, kind: type[Plugged] = Plugged) -> tuple[Plugged, list[Exception]]:
    told: list[Exception] = []
    return kind(inner, "odd", lambda _kind, _name, error: told.append(error)), told


def test_vectors_come_back_at_length_one() -> None:
    embedder, told = wrapped(Odd())
    assert embedder.embed("a").tolist() == pytest.approx([0.6, 0.0, 0.8])
    assert embedder.embed("a").dtype == np.float32
    assert (embedder.name, embedder.dims, told) == ("odd", 3, [])
    assert not isinstance(embedder, Asks)


@pytest.mark.parametrize("text", ["raises", "wide", "words", "nan"])
def test_a_text_that_it_fails_on_has_no_vector(text: str) -> None:
    embedder, told = wrapped(Odd())
    with np.errstate(all="ignore"):
        rows = embedded(embedder, ["a", text, "b"])
    assert rows.shape == (3, 3)
    assert rows.any(axis=1).tolist() == [True, False, True]
    assert cell(rows[1]) == -1
    assert len(told) == (0 if text == "nan" else 1)


def test_where_many_fail_together_they_are_tried_one_by_one() -> None:
    embedder, told = wrapped(Together(), PluggedAsks)
    assert embedded(embedder, ["a", "raises"]).any(axis=1).tolist() == [True, False]
    assert len(told) == 2
    assert isinstance(embedder, Asks)
    embedder.prepare(["a"])
    assert isinstance(told[-1], TimeoutError)
    assert embedded(embedder, []).shape == (0, 3)


@pytest.mark.parametrize("dims", [None, 0, 1, 10**6])
def test_one_that_does_not_say_how_wide_it_is_is_refused(dims: Any) -> None:
    inner = Odd()
    inner.dims = dims
    with pytest.raises(NonsenseError):
        wrapped(inner)


def test_one_that_has_broken_since_it_was_chosen_leaves_texts_without_vectors() -> None:
    assert isinstance(sure(Named(plugin="gone")), Mute)
    assert cell(Mute().embed("a")) == -1
    with pytest.raises(PluginError):
        raise PluginError
