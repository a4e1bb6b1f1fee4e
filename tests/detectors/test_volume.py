import math
from random import Random
from typing import Any

import pytest

from detectors.base import Baseline, QueryObservation
from detectors.volume import Volume, VolumeState
from tests.detectors.bets import NOW, exchange

DETECTOR = Volume()
BASELINE = Baseline(numbers={"volume.taken": 1.0, "volume.tail.from": 5.0, "volume.tail.scale": 0.1})


def life(n: int, payloads: int = 2**64, tokens: int = 300, **query: Any) -> VolumeState:
    dice = Random(1)
    pairs = [exchange(NOW + i, tokens, payload=dice.randrange(payloads), **query) for i in range(n)]
    return DETECTOR.fold(DETECTOR.initial(), [o for pair in pairs for o in pair])


def taken(state: VolumeState) -> float:
    return DETECTOR.spans(state, Baseline())[0][1]["taken"]


@pytest.mark.parametrize("n", [1, 30, 3000])
def test_different_answered_questions_are_counted(n: int) -> None:
    assert taken(life(n)) == pytest.approx(math.log1p(n), abs=0.15)


def test_the_same_questions_again_take_nothing_new_home() -> None:
    assert taken(life(3000, payloads=10)) < math.log1p(12)


@pytest.mark.parametrize("query", [{"turns": 3}, {"tools": 1}, {"tool_results": 1}])
def test_conversations_and_agents_do_not_count(query: dict[str, Any]) -> None:
    assert life(50, **query).taken == 0


def test_labels_do_not_count() -> None:
    assert life(50, tokens=3).taken == 0


def test_what_was_not_answered_was_not_taken() -> None:
    refused = exchange(NOW)[1]
    assert DETECTOR.update(DETECTOR.initial(), QueryObservation(at=NOW)) == DETECTOR.initial()
    assert DETECTOR.update(DETECTOR.initial(), refused).answers == 1
    assert DETECTOR.update(DETECTOR.initial(), refused).taken == 0


def test_size_alone_never_says_more_than_the_ceiling() -> None:
    assert DETECTOR.evidence(life(5000), BASELINE).weight == DETECTOR.ceiling
    assert DETECTOR.evidence(life(50), BASELINE).weight == 0.0


def test_ten_million_answers_stay_finite() -> None:
    state = life(3000)
    for _ in range(12):
        state = DETECTOR.merge(state, state)
    assert state.answers > 10_000_000
    assert DETECTOR.evidence(state, BASELINE).weight <= DETECTOR.ceiling
