"""What counts as an answer handed in again, and what is a conversation or a coincidence."""

from typing import Any

import pytest

from detectors.base import AnswerObservation, Baseline, Observation, QueryObservation
from detectors.recirculation import SERVED, Recirculation, RecirculationState
from tests.detectors.bets import NOW

DETECTOR = Recirculation()


def life(n: int, returns: int = 3, **query: Any) -> RecirculationState:
    state = DETECTOR.initial()
    for i in range(n):
        quotes = tuple(4 * i - 4 + j for j in range(returns)) if i else ()
        asked = QueryObservation(**{"at": NOW + i, "payload": i + 1, "quotes": quotes, **query})
        said = AnswerObservation(at=NOW + i, query=asked, shingles=tuple(4 * i + j for j in range(4)))
        both: tuple[Observation, ...] = (asked, said)
        for observation in both:
            state = DETECTOR.update(state, observation)
    return state


def test_each_answer_that_comes_back_as_a_question_counts() -> None:
    state = life(50)
    assert state.fed == 49
    assert DETECTOR.statistic(state) == {"recirculation.rate": pytest.approx(0.98)}
    assert DETECTOR.evidence(state, Baseline()).weight == DETECTOR.ceiling


OTHERS: dict[str, dict[str, Any]] = {
    "a common phrase": {"returns": 1}, "nothing": {"returns": 0}, "tools offered": {"tools": 1},
    "a tool loop": {"tool_results": 2}, "something else": {"quotes": (-5, -6)},
}  # fmt: skip


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_what_does_not_hand_an_answer_in_is_silent(other: dict[str, Any]) -> None:
    assert life(200, **other).fed == 0
    assert DETECTOR.evidence(life(200, **other), Baseline()).weight == 0.0


def test_the_same_answer_handed_in_again_and_again_is_one_question() -> None:
    assert DETECTOR.evidence(life(200, quotes=(0, 1, 2), payload=7), Baseline()).weight == 0.0


def test_an_answer_older_than_those_remembered_is_forgotten() -> None:
    state = life(SERVED)
    late = QueryObservation(at=NOW + 999.0, payload=5, quotes=(0, 1, 2, 3))
    assert DETECTOR.update(state, late).fed == state.fed
