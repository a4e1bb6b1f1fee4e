import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.linkage.base import TOPIC
from detectors.linkage.directions import added, cosine, direction, narrowed, united

vectors = st.lists(st.binary(min_size=TOPIC, max_size=TOPIC), max_size=8)


@given(vectors, vectors)
def test_sums_are_exact_in_any_order_and_merge(one: list[bytes], other: list[bytes]) -> None:
    whole = added(b"", [*one, *other])
    assert united(added(b"", one), added(b"", other)) == whole == united(added(b"", other), added(b"", one))
    steps = b""
    for vector in [*other, *one]:
        steps = added(steps, [vector])
    assert np.array_equal(direction(steps), direction(whole))
    expected = sum([np.frombuffer(v, np.int8).astype(np.float64) for v in [*one, *other]], np.zeros(TOPIC)) / 128
    assert np.array_equal(direction(whole), expected)


@given(st.lists(st.binary(min_size=1, max_size=500), min_size=1, max_size=5))
def test_vectors_of_any_width_are_summed_as_the_narrowed_ones_are(given: list[bytes]) -> None:
    expected = sum([np.frombuffer(v + bytes(-len(v) % TOPIC), np.int8).reshape(-1, TOPIC).sum(0) for v in given])
    assert direction(added(b"", given)) == pytest.approx(np.asarray(expected) / 128)
    assert all(len(narrowed(vector)) == TOPIC for vector in given)


def test_a_hundred_million_vectors_stay_finite() -> None:
    topic = added(b"", [b"\x7f" * TOPIC])
    for _ in range(100):
        topic = united(topic, topic)
    assert np.isfinite(direction(topic)).all()


def test_likeness_of_directions() -> None:
    one, other = bytes([1] * 48 + [0] * 48), bytes([0] * 48 + [1] * 48)
    assert cosine(one, one) == pytest.approx(1.0)
    assert cosine(one, other) == cosine(b"", b"") == cosine(bytes(96), one) == 0.0
