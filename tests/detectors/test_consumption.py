from random import Random
from typing import Any

import pytest

from detectors.base import AnswerObservation, Baseline, QueryObservation
from detectors.consumption import Consumption, ConsumptionState
from tests.detectors.bets import NOW, exchange

DETECTOR = Consumption()


def life(n: int, tokens: int = 300, payloads: int = 2**64, **query: Any) -> ConsumptionState:
    dice, state = Random(1), DETECTOR.initial()
    for i in range(n):
        for observation in exchange(NOW + i, tokens, payload=dice.randrange(payloads), **query):
            state = DETECTOR.update(state, observation)
    return state


def weight(state: ConsumptionState) -> float:
    return DETECTOR.evidence(state, Baseline()).weight


@pytest.mark.parametrize("other", [
    {"turns": 4}, {"tools": 2}, {"tool_results": 1}, {"tokens": 5}, {"payloads": 8},
], ids=["a conversation", "tools offered", "a tool loop", "labels", "the same again"])  # fmt: skip
def test_who_interacts_or_takes_a_word_or_asks_again_is_silent(other: dict[str, Any]) -> None:
    assert weight(life(300, **other)) == 0.0 < weight(life(300))


def test_a_batch_alone_never_says_more_than_its_ceiling() -> None:
    assert weight(life(3000)) == DETECTOR.ceiling


def test_where_the_model_did_not_count_letters_do() -> None:
    query = QueryObservation(at=NOW)
    long = AnswerObservation(at=NOW, query=query, text_chars=4 * 48)
    assert DETECTOR.update(DETECTOR.initial(), long).kept == 1
    several = AnswerObservation(at=NOW, query=query, text_chars=4 * 48, choices=2)
    assert DETECTOR.update(DETECTOR.initial(), several).kept == 0


def test_errors_are_no_trials() -> None:
    failed = AnswerObservation(at=NOW, query=QueryObservation(at=NOW), status=500, completion_tokens=900)
    assert DETECTOR.update(DETECTOR.initial(), failed) == DETECTOR.initial()


def test_the_statistic_is_the_share_that_calibration_compares() -> None:
    assert DETECTOR.statistic(DETECTOR.initial()) == {}
    assert DETECTOR.statistic(life(200, tokens=5)) == {"consumption.rate": 0.0}
    assert 0.7 < DETECTOR.statistic(life(200))["consumption.rate"] <= 1.0
