from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from detectors.linkage.marks import certain, counted, united

ROOM = 4
streams = st.lists(st.integers(0, 12), max_size=80)


def told(values: list[int]) -> dict[int, int]:
    return {mark.value: mark.count for mark in counted((), values, [float(i) for i in range(len(values))], ROOM)}


@given(streams)
def test_counts_are_bounds_and_nothing_frequent_is_missed(values: list[int]) -> None:
    true = Counter(value for value in values if value)
    found = counted((), values, [0.0] * len(values), ROOM)
    assert len(found) <= ROOM
    assert all(mark.count >= true[mark.value] for mark in found)
    assert sum(mark.count for mark in found) == sum(true.values())
    assert {value for value, count in true.items() if count * ROOM > sum(true.values())} <= {m.value for m in found}


@given(streams, streams)
def test_what_is_certain_was_shown_also_after_a_merge(one: list[int], other: list[int]) -> None:
    a, b = (counted((), values, [0.0] * len(values), ROOM) for values in (one, other))
    true = Counter([*one, *other])
    for value, least in certain(united(a, b, ROOM), ROOM).items():
        assert 0 < least <= true[value]
    assert all(mark.count >= true[mark.value] for mark in united(a, b, ROOM))


@given(streams, streams)
def test_a_merge_is_the_same_either_way_round(one: list[int], other: list[int]) -> None:
    a, b = (counted((), values, [1.0] * len(values), ROOM) for values in (one, other))
    assert united(a, b, ROOM) == united(b, a, ROOM)


@given(streams, st.integers(0, 80))
def test_in_one_piece_or_in_two_is_the_same(values: list[int], cut: int) -> None:
    times = [float(i % 7) for i in range(len(values))]
    first = counted((), values[:cut], times[:cut], ROOM)
    assert counted(first, values[cut:], times[cut:], ROOM) == counted((), values, times, ROOM)


def test_times_are_of_the_first_and_the_last() -> None:
    (mark,) = counted(counted((), [5], [7.0], ROOM), [5, 5], [3.0, 9.0], ROOM)
    assert (mark.count, mark.first_at, mark.last_at) == (3, 3.0, 9.0)


def test_a_newcomer_pushes_the_least_used_out_and_inherits_its_count() -> None:
    assert told([1, 1, 1, 2, 2, 3, 3, 4]) == {1: 3, 2: 2, 3: 2, 4: 1}
    assert told([1, 1, 1, 2, 2, 3, 3, 4, 5]) == {1: 3, 2: 2, 3: 2, 5: 2}
