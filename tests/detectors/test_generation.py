from typing import Any

import pytest

from detectors.base import AnswerObservation, Baseline, QueryObservation
from detectors.generation import (
    BOTH_SIDES,
    CLEAN,
    COMPARE,
    HARDER,
    SCORE,
    SPIN,
    TASKS,
    Generation,
    GenerationState,
    plainly,
)
from tests.detectors.bets import NOW

DETECTOR = Generation()


def life(n: int, asks: int, payloads: int = 10**9, **query: Any) -> GenerationState:
    state = DETECTOR.initial()
    for i in range(n):
        state = DETECTOR.update(state, QueryObservation(at=NOW + i, asks=asks, payload=1 + i % payloads, **query))
    return state


def weight(state: GenerationState) -> float:
    return DETECTOR.evidence(state, Baseline()).weight


@pytest.mark.parametrize(("asks", "x"), [
    (0, 0.0), (TASKS, 0.5), (SPIN, 0.5), (CLEAN, 0.5), (TASKS | SPIN, 1.0), (TASKS | SPIN | CLEAN, 1.0), (HARDER, 1.0),
    (BOTH_SIDES, 1.0), (SCORE | COMPARE, 0.0), (1 << 40, 0.0), (-1, 1.0),
])  # fmt: skip
def test_a_question_is_worth_how_plainly_it_asks(asks: int, x: float) -> None:
    assert plainly(asks) == x


@pytest.mark.parametrize("query", [{"turns": 5}, {"tools": 3}])
def test_in_a_conversation_or_with_tools_nothing_is_asked_for_training(query: dict[str, Any]) -> None:
    assert weight(life(200, HARDER, **query)) == 0.0 < weight(life(200, HARDER))


def test_verdicts_are_told_and_never_bet_on() -> None:
    assert weight(life(500, SCORE | COMPARE)) == 0.0
    because = DETECTOR.evidence(life(100, HARDER | SCORE), Baseline()).because
    assert (because["harder"], because["score"]) == (1.0, 1.0)


def test_the_same_again_counts_less() -> None:
    assert weight(life(100, HARDER, payloads=3)) == 0.0
    assert weight(life(100, HARDER, payloads=50)) < weight(life(100, HARDER))


def test_answers_are_not_counted() -> None:
    answer = AnswerObservation(at=NOW, query=QueryObservation(at=NOW, asks=HARDER))
    assert DETECTOR.update(DETECTOR.initial(), answer) == DETECTOR.initial()


def test_the_statistic_is_the_mean_that_calibration_compares() -> None:
    assert DETECTOR.statistic(DETECTOR.initial()) == {}
    assert DETECTOR.statistic(life(8, TASKS))["generation.rate"] == pytest.approx(0.5, abs=0.05)
    assert DETECTOR.statistic(life(8, 0)) == {"generation.rate": 0.0}


def test_ten_million_questions_stay_finite() -> None:
    state = life(3000, TASKS)
    for _ in range(12):
        state = DETECTOR.merge(state, state)
    assert 0.0 <= weight(state) < 1e9
