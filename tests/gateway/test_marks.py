from collections.abc import Sequence
from typing import Any

import pytest

from detectors.linkage import directions
from detectors.linkage.base import TOPIC
from gateway.exchange import Entry, Query
from gateway.marks import MOST_BLOBS, Marker
from gateway.scaffold import Fingerprints

MARKER = Marker(Fingerprints(b"salt"))
SHAPE = "model messages temperature"


def entry(subjects: Sequence[tuple[str, str]] = (), **known: Any) -> Entry:
    whole: dict[str, Any] = {"id": "e", "at": 1.8e9, "took": 1.0, "surface": "openai.chat", "model": "m", "status": 200}
    return Entry(**{**whole, "request": b"", "subjects": tuple(subjects), **known})


def test_what_is_not_known_is_nought() -> None:
    assert MARKER.of(Query(), entry(model="")) == (0, 0, 0, 0, 0, ())


def test_network_software_and_model_are_told_apart() -> None:
    one = MARKER.of(Query(model="a"), entry([("key", "k"), ("network", "192.0.2.0/24")], client="c", tls="t"))
    other = MARKER.of(Query(model="b"), entry([("key", "k"), ("network", "198.51.100.0/24")], client="d", tls="u"))
    assert all(x and y and x != y for x, y in zip(one[:4], other[:4], strict=True))


def test_another_key_makes_other_marks() -> None:
    known = Query(model="a", shape=SHAPE, reasoning_blobs=(b"digest",)), entry([("network", "n")], client="c", tls="t")
    one, other = MARKER.of(*known), Marker(Fingerprints(b"pepper")).of(*known)
    assert all(x and x != y for x, y in zip(one, other, strict=True))


def test_the_model_in_the_path_counts_where_the_body_names_none() -> None:
    assert MARKER.of(Query(), entry(model="a")).model == MARKER.of(Query(model="a"), entry(model="")).model


@pytest.mark.parametrize(
    ("query", "surface"),
    [
        (Query(shape="messages model temperature"), "openai.chat"),
        (Query(shape=SHAPE, temperature=0.7), "openai.chat"),
        (Query(shape=SHAPE, max_tokens=512), "openai.chat"), (Query(shape=SHAPE, stream=True), "openai.chat"),
        (Query(shape=SHAPE), "anthropic.messages"),
    ],
)  # fmt: skip
def test_a_habit_is_order_parameters_and_surface(query: Query, surface: str) -> None:
    plain = MARKER.of(Query(shape=SHAPE), entry()).habit
    assert plain
    assert MARKER.of(query, entry(surface=surface)).habit not in {0, plain}


def test_the_newest_sealed_pieces_are_marked_once_each() -> None:
    digests = [b"%d" % (i % 500) for i in range(10_000)]
    marked = MARKER.sealed(digests)
    assert len(marked) == MOST_BLOBS
    assert marked == MARKER.sealed(digests[-MOST_BLOBS:])
    assert len(MARKER.sealed([b"same"] * 9)) == 1


def test_paraphrases_of_a_fixed_part_point_alike() -> None:
    one = MARKER.frame("translate the travel agency s messages into english and keep their tone")
    same = MARKER.frame("render every message of the travel agency in english with the same tone")
    other = MARKER.frame("write sqlite queries for the schema below and nothing else")
    assert len(one) == TOPIC
    assert directions.cosine(one, same) > 0.5
    assert directions.cosine(one, other) < 0.4


@pytest.mark.parametrize("fixed", ["", "\x1f"])
def test_no_words_have_no_frame(fixed: str) -> None:
    assert MARKER.frame(fixed) == b""
