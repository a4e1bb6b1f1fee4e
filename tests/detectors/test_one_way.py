import math
from random import Random
from typing import Any

import msgspec

from detectors.base import AnswerObservation, Baseline, QueryObservation
from detectors.one_way import SERVED, OneWay, OneWayState
from tests.detectors.bets import DAY, NOW, exchange

DETECTOR = OneWay()


def shares(state: OneWayState) -> dict[str, float]:
    return DETECTOR.spans(state, Baseline())[-1][1]


def life(n: int, at: float = NOW, seed: int = 1, **query: Any) -> OneWayState:
    dice = Random(seed)
    pairs = [exchange(at + i, 300, (dice.getrandbits(64),) * 4, **query) for i in range(n)]
    return DETECTOR.fold(DETECTOR.initial(), [o for pair in pairs for o in pair])


def talk(back: int) -> OneWayState:
    """Hand in so many shingles of each answer with the next question."""
    dice, state = Random(2), DETECTOR.initial()
    before: tuple[int, ...] = ()
    for i in range(40):
        said = tuple([dice.getrandbits(64) for _ in range(4)])
        quotes = (*before[:back], *[dice.getrandbits(64) for _ in range(9)])
        state = DETECTOR.fold(state, exchange(NOW + i, 300, said, payload=i, quotes=quotes))
        before = said
    return state


def test_two_shingles_that_come_back_are_a_return_and_one_is_chance() -> None:
    assert shares(talk(0))["kept"] == shares(talk(1))["kept"] == 1.0
    assert shares(talk(2))["kept"] < 0.05
    assert shares(talk(2))["echoed"] == 0.0
    assert shares(talk(4))["echoed"] > 0.9


def test_a_conversation_and_a_tool_loop_are_no_tap() -> None:
    for query in ({"turns": 4}, {"tool_results": 1}):
        assert shares(life(30, **query))["kept"] == 0.0


def test_only_the_newest_answers_are_remembered() -> None:
    old = tuple(range(1, 5))
    state = DETECTOR.update(DETECTOR.initial(), exchange(NOW, 300, old)[1])
    assert len(state.served) == 16
    for i in range(SERVED):
        state = DETECTOR.update(state, exchange(NOW, 300, (i + 1000,))[1])
    assert len(state.served) == 4 * SERVED
    assert shares(DETECTOR.update(state, QueryObservation(at=NOW, quotes=old)))["kept"] == 1.0


def test_members_of_a_campaign_bring_back_what_another_was_served() -> None:
    answers = DETECTOR.update(DETECTOR.initial(), exchange(NOW, 300, (1, 2, 3))[1])
    both = DETECTOR.merge(answers, life(0))
    assert shares(DETECTOR.update(both, QueryObservation(at=NOW + 1, quotes=(1, 2, 3))))["kept"] == 0.0


def test_a_grid_of_settings_shows() -> None:
    state = DETECTOR.initial()
    for i in range(16):
        state = DETECTOR.update(state, QueryObservation(at=NOW, temperature=i / 10))
    assert shares(state)["settings"] > 0.8
    odd = [QueryObservation(at=NOW, temperature=t, samples=2**70) for t in (math.nan, math.inf, -math.inf, 1e300)]
    assert 0.0 <= shares(DETECTOR.fold(state, odd))["settings"] <= 1.0


def test_weeks_part_and_late_ones_count_as_before() -> None:
    state = DETECTOR.merge(life(10), life(20, NOW + 14 * DAY, seed=2))
    assert [n for n, _ in DETECTOR.spans(state, Baseline())] == [20.0, 30.0]
    late = DETECTOR.update(state, QueryObservation(at=NOW))
    assert [n for n, _ in DETECTOR.spans(late, Baseline())] == [20.0, 31.0]


def test_errors_are_no_answers() -> None:
    failed = AnswerObservation(at=NOW, query=QueryObservation(at=NOW), status=503, shingles=(1, 2, 3))
    assert DETECTOR.update(DETECTOR.initial(), failed).served == b""


def test_ten_million_queries_are_a_thousand_bytes_and_finite() -> None:
    state = DETECTOR.merge(life(3000), life(3000, NOW + 7 * DAY, seed=2))
    for _ in range(11):
        state = DETECTOR.merge(state, state)
    assert DETECTOR.spans(state, Baseline())[-1][0] > 10_000_000
    assert len(msgspec.msgpack.encode(state)) <= 1000
    assert all(math.isfinite(share) for share in shares(state).values())
