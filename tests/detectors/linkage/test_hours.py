from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from detectors.linkage.base import HOURS
from detectors.linkage.hours import HOUR, Hours, by_hour, counted, united

times = st.lists(st.floats(0.0, 600 * HOUR) | st.floats(0.0, 1e11), max_size=30)


def expected(at: list[float]) -> dict[int, int]:
    found = Counter(int(one // HOUR) for one in at)
    return {hour: min(255, count) for hour, count in found.items() if hour > max(found) - HOURS}


@given(times)
def test_each_hour_of_the_newest_two_weeks_is_counted_in_any_order(at: list[float]) -> None:
    found = counted(Hours(), at)
    assert by_hour(found) == expected(at)
    assert found == counted(Hours(), sorted(at)) == counted(Hours(), sorted(at, reverse=True))
    assert len(found.counts) <= HOURS


@given(times, times)
def test_merging_is_counting_both(one: list[float], other: list[float]) -> None:
    a, b = counted(Hours(), one), counted(Hours(), other)
    assert united(a, b) == united(b, a) == counted(Hours(), [*one, *other])


def test_a_busy_hour_is_full_and_stays_full() -> None:
    full = counted(Hours(), [0.0] * 1000)
    assert full == Hours(0, b"\xff") == united(full, full) == counted(full, [1.0])


def test_a_clock_far_ahead_leaves_only_its_own_hour() -> None:
    assert by_hour(counted(counted(Hours(), [0.0, HOUR]), [2e11])) == {int(2e11 // HOUR): 1}
