from hypothesis import given
from hypothesis import strategies as st

from gateway.replay.timeline import AHEAD, LATE, STEPPED, Timeline

NOON = 1_764_849_600.0


def followed(*times: float) -> Timeline:
    timeline = Timeline()
    timeline.follow(times)
    return timeline


def test_time_goes_with_the_lines() -> None:
    assert followed(NOON, NOON + 5, NOON + 3).at == NOON + 5


def test_a_little_disorder_is_no_fault_and_much_is_counted() -> None:
    timeline = followed(NOON, NOON - LATE / 2, NOON - 2 * LATE)
    assert (timeline.at, timeline.late) == (NOON, 1)


def test_one_line_far_ahead_moves_nothing() -> None:
    assert followed(NOON, NOON + 1e9, NOON + 5).at == NOON + 5


def test_a_pause_is_believed_once_a_second_line_confirms_it() -> None:
    assert followed(NOON, NOON + 50 * AHEAD, NOON + 50 * AHEAD + 3).at == NOON + 50 * AHEAD + 3


def test_a_last_line_after_a_pause_is_believed_at_the_end() -> None:
    timeline = followed(NOON, NOON + 2 * 86400)
    assert (timeline.at, timeline.end()) == (NOON, NOON + 2 * 86400)
    assert followed(NOON, NOON + 1e9).end() == NOON


def test_a_clock_that_was_set_back_is_followed() -> None:
    timeline = followed(NOON, *[NOON - 86400 + n for n in range(STEPPED + 10)])
    assert timeline.at == NOON - 86400 + STEPPED + 9
    assert timeline.late == STEPPED


@given(st.lists(st.floats(NOON - 1e8, NOON + 1e8)))
def test_whatever_the_lines_say_time_is_one_of_theirs(times: list[float]) -> None:
    timeline = followed(*times)
    assert timeline.at in {0.0, *times}
    assert timeline.end() in {0.0, *times}
    assert 0 <= timeline.late <= len(times)


@given(st.lists(st.floats(0, 3000), min_size=2))
def test_lines_in_order_are_never_late_and_end_with_the_last(gaps: list[float]) -> None:
    times = [NOON + sum(gaps[: i + 1]) for i in range(len(gaps))]
    timeline = followed(*times)
    assert (timeline.late, timeline.end()) == (0, times[-1])
