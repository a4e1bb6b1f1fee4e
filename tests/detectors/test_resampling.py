from random import Random
from typing import Any

import pytest

from detectors.base import AnswerObservation, Baseline, QueryObservation
from detectors.resampling import REMEMBERED, Resampling, ResamplingState
from tests.detectors.bets import NOW

DETECTOR = Resampling()


def fold(*queries: dict[str, Any]) -> ResamplingState:
    state = DETECTOR.initial()
    for i, query in enumerate(queries):
        state = DETECTOR.update(state, QueryObservation(at=NOW + i, **query))
    return state


def weight(state: ResamplingState) -> float:
    return DETECTOR.evidence(state, Baseline()).weight


def draws(items: int, each: int, **query: Any) -> ResamplingState:
    return fold(*[{"payload": 1 + i // each, **query} for i in range(items * each)])


def test_an_answer_that_cannot_differ_is_not_drawn_anew() -> None:
    assert draws(5, 2).again == draws(5, 2, temperature=0.9).again == 5
    assert draws(5, 2, temperature=0.0).again == draws(5, 2, temperature=0.2).again == 0


def test_a_question_is_found_again_among_the_newest_only() -> None:
    others = [{"payload": 100 + i} for i in range(REMEMBERED)]
    assert fold({"payload": 1}, *others[1:], {"payload": 1}).again == 1
    assert fold({"payload": 1}, *others, {"payload": 1}).again == 0


def test_a_pair_in_another_order_is_swapped_and_the_same_again_is_not() -> None:
    assert fold({"payload": 1, "bag": 9}, {"payload": 2, "bag": 9}).swapped == 1
    assert fold({"payload": 1, "bag": 9}, {"payload": 1, "bag": 9}).swapped == 0
    assert fold({"payload": 1}, {"payload": 2}).swapped == 0  # no bag at all


def test_many_samples_count_when_they_can_differ() -> None:
    assert fold({"samples": 8}).sampled == 1
    assert fold({"samples": 8, "temperature": 0.0}).sampled == fold({"samples": 3}).sampled == 0


@pytest.mark.parametrize("query", [{"turns": 3}, {"tools": 1}, {"tool_results": 1}])
def test_conversations_and_agents_are_trials_without_success(query: dict[str, Any]) -> None:
    state = draws(10, 8, samples=9, **query)
    assert (state.again, state.sampled, state.queries.n) == (0, 0, 80)


def test_a_load_test_with_few_questions_never_speaks_and_a_harvest_does() -> None:
    assert weight(draws(1, 500)) == weight(draws(2, 250)) == 0.0
    assert weight(draws(40, 8)) == Resampling.speaks


def test_an_empty_payload_is_no_question() -> None:
    assert fold({"payload": 0}, {"payload": 0}).again == 0


def test_answers_are_not_counted() -> None:
    answer = AnswerObservation(at=NOW, query=QueryObservation(at=NOW))
    assert DETECTOR.update(DETECTOR.initial(), answer) == DETECTOR.initial()


def test_merging_adds_the_counts_and_keeps_the_newest_of_both() -> None:
    dice = Random(1)
    a, b = draws(30, 8), fold(*[{"payload": dice.getrandbits(32)} for _ in range(60)])
    both = DETECTOR.merge(a, b)
    assert both == DETECTOR.merge(b, a)
    assert (both.again, both.queries.n) == (a.again, 300)
    assert len(both.payloads) == REMEMBERED
    assert set(both.payloads) & set(a.payloads)
    assert set(both.payloads) & set(b.payloads)


def test_the_statistic_is_the_share_that_calibration_compares() -> None:
    assert DETECTOR.statistic(DETECTOR.initial()) == {}
    assert DETECTOR.statistic(draws(200, 2))["resampling.rate"] == pytest.approx(0.5)
