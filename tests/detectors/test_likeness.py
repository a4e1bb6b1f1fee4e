import math
from random import Random
from typing import Any

import msgspec
import pytest

from detectors.base import AnswerObservation, Baseline, QueryObservation
from detectors.likeness import Likeness, LikenessState
from tests.detectors.bets import NOW, exchange

DETECTOR = Likeness()
WEEKS = 7 * 86_400.0


def life(n: int, at: float = NOW, tokens: int = 300, seed: int = 1, **query: Any) -> LikenessState:
    dice = Random(seed)
    pairs = [exchange(at + i, tokens, **{"payload": dice.getrandbits(64), **query}) for i in range(n)]
    return DETECTOR.fold(DETECTOR.initial(), [o for pair in pairs for o in pair])


def shares(state: LikenessState) -> dict[str, float]:
    return DETECTOR.spans(state, Baseline())[-1][1]


def test_only_single_questions_without_tools_count_as_such() -> None:
    assert shares(life(40))["single"] == 1.0
    for other in ({"turns": 3}, {"tools": 1}, {"tool_results": 1}):
        assert shares(life(40, **other))["single"] == 0.0


def test_the_same_again_is_not_fresh_and_a_sweep_is_wide() -> None:
    assert shares(life(100))["fresh"] > 0.8
    assert shares(life(100, payload=7))["fresh"] < 0.05
    assert shares(life(100, cell=7))["wide"] == 0.0


def test_the_newest_week_and_the_whole_life_are_looked_at() -> None:
    old = life(50, asks=1)
    both = DETECTOR.merge(old, life(20, NOW + 2 * WEEKS, seed=2))
    (newest, now), (whole, ever) = DETECTOR.spans(both, Baseline())
    assert (newest, whole) == (20, 70)
    assert now["marks.0"] == 0.0 < ever["marks.0"]


def test_a_late_question_counts_in_the_life_and_not_in_the_newest_week() -> None:
    late = QueryObservation(at=NOW - 3 * WEEKS)
    (newest, _), (whole, _) = DETECTOR.spans(DETECTOR.update(life(20), late), Baseline())
    assert (newest, whole) == (20, 21)


def test_errors_are_no_answers_and_an_empty_answer_has_no_size() -> None:
    query = QueryObservation(at=NOW)
    failed = AnswerObservation(at=NOW, query=query, status=500, completion_tokens=900)
    assert DETECTOR.update(DETECTOR.initial(), failed).newest.counts == DETECTOR.initial().newest.counts
    empty = DETECTOR.update(DETECTOR.initial(), AnswerObservation(at=NOW, query=query))
    assert shares(empty)["long"] == shares(empty)["expands"] == 0.0


def test_ten_million_queries_are_a_thousand_bytes_and_finite() -> None:
    state = DETECTOR.merge(life(3000), life(3000, NOW + WEEKS, seed=2))
    for _ in range(11):
        state = DETECTOR.merge(state, state)
    assert DETECTOR.spans(state, Baseline())[-1][0] > 10_000_000
    assert len(msgspec.msgpack.encode(state)) <= 1000
    assert all(math.isfinite(share) for share in shares(state).values())


def test_reasons_are_shares_and_no_products_of_them() -> None:
    numbers = {"likeness.single": 9.0, "likeness.tail.scale": 0.1}
    because = DETECTOR.evidence(life(40), Baseline(numbers=numbers)).because
    assert because["queries"] == 40
    assert because["single"] == pytest.approx(1.0)
    assert "fresh.long" not in because
