"""What counts as somebody else's reasoning, and who is framed by none of it."""

from typing import Any

import pytest

from detectors.base import Baseline, QueryObservation, Taking
from detectors.handed_in import HandedIn, HandedInState
from detectors.recirculation import Recirculation
from tests.detectors.bets import NOW

DETECTOR = HandedIn()


def life(n: int, **taking: Any) -> HandedInState:
    state = DETECTOR.initial()
    for i in range(n):
        given: dict[str, Any] = {"kind": "reasoning", "what": i, "owner": 9, "elsewhere": True} | taking
        query = QueryObservation(at=NOW + 60.0 * i, presented=(i,), takings=(Taking(**given),))
        state = DETECTOR.update(state, query)
    return state


def weight(state: HandedInState) -> float:
    return DETECTOR.evidence(state, Baseline()).weight


def test_blobs_of_others_in_other_conversations_count() -> None:
    state = life(20)
    assert state.handed == 20
    assert DETECTOR.statistic(state) == {"handed_in.rate": 1.0}
    assert weight(state) == DETECTOR.ceiling


@pytest.mark.parametrize("taking", [{"elsewhere": False}, {"kind": "recirculation"}], ids=["moved", "an answer"])
def test_a_conversation_that_moved_and_an_answer_are_no_such_thing(taking: dict[str, Any]) -> None:
    assert life(500, **taking).handed == 0
    assert weight(life(500, **taking)) == 0.0


def test_one_blob_again_and_again_is_one() -> None:
    assert weight(life(500, what=7)) == 0.0


def test_a_few_among_many_are_silence() -> None:
    state = DETECTOR.fold(life(2), [QueryObservation(at=NOW + i, presented=(10**6 + i,)) for i in range(200)])
    assert weight(state) == 0.0


def test_who_presents_nothing_is_no_trial() -> None:
    state = DETECTOR.fold(DETECTOR.initial(), [QueryObservation(at=NOW)])
    assert state == DETECTOR.initial()
    assert DETECTOR.statistic(state) == {}


def framed(n: int, planted: int) -> float:
    """Return what recirculation says of an innocent in whose questions so many planted answers are found, in turn."""
    detector = Recirculation()
    state = detector.initial()
    for i in range(n):
        taking = Taking("recirculation", what=i % planted, owner=9)
        state = detector.update(state, QueryObservation(at=NOW + 60.0 * i, payload=i, takings=(taking,)))
    return detector.evidence(state, Baseline()).weight


def test_an_innocents_scaffold_that_somebody_had_the_model_say_first_frames_nobody() -> None:
    """Whoever knows the fixed part of an innocent's questions can plant its few shingles, and no more than these."""
    assert framed(2000, planted=6) == 0.0


def test_an_innocents_questions_that_were_all_planted_stop_at_the_ceiling_of_a_habit() -> None:
    assert framed(2000, planted=2000) == Recirculation().ceiling
