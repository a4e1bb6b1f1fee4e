import math
from random import Random
from typing import Any

import pytest

from detectors.base import AnswerObservation, Baseline, QueryObservation
from detectors.departure import Departure, DepartureState
from tests.detectors.bets import NOW
from tests.detectors.learnt import ALIKE, APART

DETECTOR = Departure()


def fold(*vectors: bytes, **query: Any) -> DepartureState:
    return DETECTOR.fold(DETECTOR.initial(), [QueryObservation(at=NOW, vector=vector, **query) for vector in vectors])


def shares(state: DepartureState, baseline: Baseline | None = None) -> dict[str, float]:
    return DETECTOR.spans(state, baseline or Baseline())[0][1]


def test_one_content_for_ever_has_no_spread_and_everything_has_much() -> None:
    dice = Random(1)
    assert shares(fold(*[ALIKE] * 50))["spread"] == pytest.approx(0.0, abs=0.03)
    assert shares(fold(*[dice.randbytes(64) for _ in range(200)]))["spread"] > 0.85


def test_two_contents_spread_half_of_what_lies_between_them() -> None:
    assert shares(fold(*[ALIKE, APART] * 50))["spread"] == pytest.approx(0.5, abs=0.12)


def test_a_subject_lies_where_its_class_does_or_apart() -> None:
    reference = tuple(DETECTOR.mean(fold(*[ALIKE] * 50)).tolist())
    baseline = Baseline(means={"departure": reference})
    assert shares(fold(*[ALIKE] * 50), baseline)["apart"] == pytest.approx(0.0, abs=0.03)
    assert shares(fold(*[APART] * 50), baseline)["apart"] > 0.8


def test_only_single_questions_with_contents_count() -> None:
    nothing = DETECTOR.initial()
    assert fold(b"") == fold(ALIKE, turns=3) == fold(ALIKE, tools=1) == fold(ALIKE, tool_results=1) == nothing
    assert DETECTOR.update(nothing, AnswerObservation(at=NOW, query=QueryObservation(at=NOW, vector=ALIKE))) == nothing


@pytest.mark.parametrize(
    "vectors", [(), (ALIKE,), (bytes(8),) * 9, (b"\x80" * 8,) * 9, (ALIKE, b"\x01", b"\x01" * 300)]
)
def test_shares_are_finite_whatever_the_vectors(vectors: tuple[bytes, ...]) -> None:
    assert all(0.0 <= share <= 1.0 for share in shares(fold(*vectors)).values())


def test_the_mean_of_nothing_is_nothing() -> None:
    assert not DETECTOR.mean(DETECTOR.initial()).any()


def test_ten_million_questions_stay_finite() -> None:
    state = fold(*[ALIKE, APART] * 500)
    for _ in range(14):
        state = DETECTOR.merge(state, state)
    assert state.n > 10_000_000
    assert all(math.isfinite(share) for share in shares(state).values())
    assert shares(state)["spread"] == pytest.approx(shares(fold(*[ALIKE, APART] * 500))["spread"], abs=0.01)
