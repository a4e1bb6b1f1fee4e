import itertools
import math
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from gateway.pace import HOUR, due

NOON = 1_800_000_000.0


class Standing(NamedTuple):
    at: float
    until: float


def weighed(exchanges: int) -> list[int]:
    """Return after which of so many exchanges at one moment a subject is weighed."""
    return [n for n in range(1, exchanges + 1) if due(2 * (n - 1), 2 * n, NOON, NOON)]


def test_every_exchange_from_the_fourth_is_weighed_at_first() -> None:
    assert weighed(32) == list(range(4, 33))


def test_beyond_no_more_than_a_sixteenth_passes_between_two_weighings() -> None:
    found = weighed(20_000)
    assert all(after <= before * 17 / 16 for before, after in itertools.pairwise(found[28:]))
    assert len(found) < 32 + 32 * math.log2(20_000 / 32)


@given(st.lists(st.integers(0, 3), max_size=200), st.lists(st.integers(1, 9), min_size=1))
def test_batches_cut_anywhere_weigh_when_single_exchanges_would(steps: list[int], cuts: list[int]) -> None:
    counts = [sum(steps[:i]) for i in range(len(steps) + 1)]
    singly = [due(a, b, NOON, NOON) for a, b in itertools.pairwise(counts)]
    start = turn = 0
    while start < len(steps):
        end = min(len(steps), start + cuts[turn % len(cuts)])
        assert due(counts[start], counts[end], NOON, NOON) is any(singly[start:end])
        start, turn = end, turn + 1


def test_a_seldom_guest_is_weighed_once_an_hour() -> None:
    assert due(10_002, 10_004, NOON, NOON + HOUR)
    assert not due(10_002, 10_004, NOON, NOON + 60)
    assert not due(0, 2, -math.inf, NOON)


def test_in_the_second_half_of_a_decision_each_sixteenth_of_it_is_weighed() -> None:
    held = Standing(NOON, NOON + 1600)
    assert not due(10_002, 10_004, NOON + 650, NOON + 750, current=held)
    assert due(10_002, 10_004, NOON + 750, NOON + 850, current=held)
    assert not due(10_002, 10_004, NOON + 850, NOON + 890, current=held)
    assert due(10_002, 10_004, NOON + 890, NOON + 910, current=held)


def test_a_clock_that_steps_back_weighs_by_the_count() -> None:
    assert not due(10_002, 10_004, NOON, NOON - 10 * HOUR)
    assert not due(10_002, 10_004, NOON, NOON - 10 * HOUR, current=Standing(NOON, NOON + 60))


def test_a_decision_without_duration_asks_for_nothing() -> None:
    assert not due(10_002, 10_004, NOON, NOON + 1, current=Standing(NOON, NOON))
