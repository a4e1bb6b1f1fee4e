import math
from random import Random

import msgspec
import pytest

from detectors.base import Baseline, QueryObservation
from detectors.rhythm import Rhythm, RhythmState
from tests.detectors.bets import DAY, exchange

DETECTOR = Rhythm()
MIDNIGHT = 20_000 * DAY


def fold(*times: float) -> RhythmState:
    return DETECTOR.fold(DETECTOR.initial(), [QueryObservation(at=at) for at in times])


def shares(state: RhythmState) -> dict[str, float]:
    return DETECTOR.spans(state, Baseline())[0][1]


def test_a_clock_is_even_and_chance_is_not() -> None:
    dice, at, chance = Random(1), MIDNIGHT, []
    for _ in range(500):
        at += dice.expovariate(0.1)
        chance.append(at)
    assert shares(fold(*[MIDNIGHT + 10.0 * i for i in range(500)]))["even"] == 1.0
    assert shares(fold(*chance))["even"] < 0.15


def test_a_night_shows_and_its_lack_does() -> None:
    awake = [MIDNIGHT + 900.0 * i for i in range(4 * 24 * 5)]
    sleeper = [at for at in awake if at % DAY >= 9 * 3600]
    assert shares(fold(*sleeper))["awake"] == 0.0
    assert shares(fold(*awake))["awake"] == pytest.approx(1.0)


def test_the_busiest_hour_counts() -> None:
    assert fold(MIDNIGHT, MIDNIGHT + 1, MIDNIGHT + 2, MIDNIGHT + 3601).busiest == (3, 1)


def test_a_clock_that_steps_back_loses_a_gap_and_no_question() -> None:
    state = fold(MIDNIGHT + 100, MIDNIGHT + 50, MIDNIGHT + 110)
    assert (state.queries, sum(state.gaps), state.last) == (3, 1, MIDNIGHT + 110)


@pytest.mark.parametrize("at", [math.nan, math.inf, -math.inf, -1.0, 1e300])
def test_a_time_that_cannot_be_is_not_counted(at: float) -> None:
    assert fold(MIDNIGHT, at, MIDNIGHT + 9) == fold(MIDNIGHT, MIDNIGHT + 9)


def test_one_question_and_none_say_nothing_that_is_no_number() -> None:
    for state in (DETECTOR.initial(), fold(MIDNIGHT), fold(MIDNIGHT, MIDNIGHT)):
        assert all(math.isfinite(share) for share in shares(state).values())


def test_answers_are_not_counted() -> None:
    assert DETECTOR.update(DETECTOR.initial(), exchange(MIDNIGHT)[1]) == DETECTOR.initial()


def test_merging_adds_up_whoever_comes_first() -> None:
    a, b = fold(MIDNIGHT, MIDNIGHT + 10), fold(MIDNIGHT + 5, MIDNIGHT + 7200)
    both = DETECTOR.merge(a, b)
    assert both == DETECTOR.merge(b, a)
    assert (both.queries, both.last) == (4, MIDNIGHT + 7200)


def test_ten_million_questions_are_a_thousand_bytes_and_finite() -> None:
    state = fold(*[MIDNIGHT + 60.0 * i for i in range(2500)])
    for _ in range(12):
        state = DETECTOR.merge(state, state)
    assert state.queries > 10_000_000
    assert len(msgspec.msgpack.encode(state)) <= 1000
    assert all(math.isfinite(share) for share in shares(state).values())
