"""The table: it finds what was entered and nothing else, forgets by age and load, and is never wrong."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.linkage.ledger import LONGEST, NOTES, SLOT, STRETCH, WAYS, Entered, Table, Words

NOW = 1_800_000_000.0
HOUR = 3600.0


def slots(buckets: int = 64) -> Words:
    return np.zeros((WAYS * buckets, 2), np.uint64)


def prints(*values: int) -> Words:
    return np.array(values, np.uint64)


def enter(table: Table, served: dict[int, int], at: float = NOW, note: int = 0) -> Entered:
    return table.enter(
        prints(*served),
        prints(*served.values()),
        np.full(len(served), note, np.int64),
        np.full(len(served), at, np.float64),
    )


def owners(table: Table, *wanted: int, at: float = NOW) -> list[int]:
    whose: list[int] = table.find(prints(*wanted), np.full(len(wanted), at)).owners.tolist()
    return whose


fingerprints = st.integers(0, 2**64 - 1) | st.integers(0, 9) | st.integers(0, 2**20 - 1).map(lambda n: n << 44)
marks = st.integers(1, 2**64 - 1)


@given(st.dictionaries(fingerprints, marks, max_size=40), st.lists(fingerprints, max_size=40))
def test_what_was_entered_is_found_and_nothing_else(served: dict[int, int], others: list[int]) -> None:
    table = Table(slots(512), keep=24)
    assert enter(table, served) == Entered(len(served), 0)
    wanted = [*served, *others]
    assert owners(table, *wanted) == [served.get(one, 0) for one in wanted]


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 3)), max_size=30), st.integers(1, 30))
def test_what_several_were_served_is_common_in_whichever_batches_it_comes(
    served: list[tuple[int, int]], size: int
) -> None:
    table = Table(slots(), keep=24)
    for start in range(0, len(served), size):
        some = served[start : start + size]
        table.enter(
            prints(*[one for one, _ in some]),
            prints(*[owner for _, owner in some]),
            np.zeros(len(some), np.int64),
            np.full(len(some), NOW),
        )
    by_print: dict[int, list[int]] = {}
    for one, owner in served:
        by_print.setdefault(one, []).append(owner)
    found = table.find(prints(*by_print), np.full(len(by_print), NOW))
    assert found.owners.tolist() == [whose[0] for whose in by_print.values()]
    assert found.common.tolist() == [len(set(whose)) > 1 for whose in by_print.values()]


def test_a_note_is_found_beside_the_owner() -> None:
    table = Table(slots(), keep=24)
    enter(table, {1: 5}, note=NOTES - 1)
    enter(table, {2: 5}, note=0)
    assert table.find(prints(1, 2), np.full(2, NOW)).notes.tolist() == [NOTES - 1, 0]


@pytest.mark.parametrize("keep", [1, 24, LONGEST])
def test_what_is_older_than_is_kept_is_forgotten(keep: int) -> None:
    table = Table(slots(), keep)
    enter(table, {1: 5})
    assert owners(table, 1, at=NOW + keep * HOUR) == [5]
    assert owners(table, 1, at=NOW + (keep + 1) * HOUR) == [0]


def test_what_is_served_again_is_kept_again() -> None:
    table = Table(slots(), keep=24)
    enter(table, {1: 5})
    enter(table, {1: 5}, at=NOW + 20 * HOUR)
    assert owners(table, 1, at=NOW + 40 * HOUR) == [5]


def test_a_clock_that_steps_back_two_days_forgets_nothing() -> None:
    table = Table(slots(), keep=24)
    enter(table, {1: 5})
    assert owners(table, 1, at=NOW - 47 * HOUR) == [5]


@pytest.mark.parametrize("at", [float("nan"), float("inf"), -1.0, 1e300])
def test_a_time_that_cannot_be_is_no_failure(at: float) -> None:
    table = Table(slots(), keep=24)
    assert enter(table, {1: 5}, at=at).new == 1
    assert owners(table, 1, at=at) == [5]


def test_what_is_too_old_is_emptied_stretch_by_stretch_and_counted() -> None:
    table = Table(slots(2 * STRETCH), keep=24)
    enter(table, dict.fromkeys(range(1, 1001), 5))
    enter(table, dict.fromkeys(range(2001, 2501), 5), at=NOW + 30 * HOUR)
    for _ in range(2):
        table.tend(NOW + 30 * HOUR)
    assert table.used == 500
    assert owners(table, 1, at=NOW) == [0]


def test_a_full_bucket_loses_what_was_served_longest_ago() -> None:
    table = Table(slots(1), keep=1000)
    for one in range(1, WAYS + 1):
        assert enter(table, {one: 5}, at=NOW + one * HOUR) == Entered(1, 0)
    enter(table, {1: 5}, at=NOW + 20 * HOUR)  # served again: not the oldest any more
    assert enter(table, {100: 6}, at=NOW + 21 * HOUR) == Entered(1, 1)
    later = NOW + 22 * HOUR
    assert owners(table, *range(1, WAYS + 1), at=later) == [5, 0, 5, 5, 5, 5, 5, 5]
    assert owners(table, 100, at=later) == [6]


def test_more_at_once_than_a_bucket_holds_is_counted_as_lost() -> None:
    table = Table(slots(1), keep=24)
    assert enter(table, dict.fromkeys(range(1, 21), 5)) == Entered(WAYS, 20 - WAYS)


@pytest.mark.parametrize(("load", "most"), [(0.5, 0.012), (1.0, 0.15)])
def test_no_more_is_pushed_out_than_is_stated(load: float, most: float) -> None:
    table, dice = Table(slots(4096), keep=24), np.random.default_rng(7)
    count, evicted = int(load * len(table)), 0
    for _ in range(16):
        served = dice.integers(1, 2**64, count // 16, dtype=np.uint64)
        evicted += table.enter(served, served, np.zeros(len(served), np.int64), np.full(len(served), NOW)).evicted
    assert evicted / count <= most


def test_forgetting_an_owner_empties_its_slots_and_no_others() -> None:
    memory = slots()
    table = Table(memory, keep=24)
    enter(table, {1: 5, 2: 6, 3: 5})
    assert table.forget(5) == 2
    assert owners(table, 1, 2, 3) == [0, 6, 0]
    assert 5 not in memory[:, 1]


@given(st.data())
def test_half_written_slots_are_forgotten_and_never_another_owners(data: st.DataObject) -> None:
    """Any mixture of the words of two states, word by word, as a power cut may leave them on disk."""
    before, after = slots(1), slots(1)
    enter(Table(before, keep=24), dict.fromkeys(range(1, 9), 5))
    after[:] = before
    enter(Table(after, keep=24), dict.fromkeys(range(11, 19), 6), at=NOW + HOUR)
    picks = data.draw(st.lists(st.booleans(), min_size=2 * WAYS, max_size=2 * WAYS))
    torn = np.where(np.array(picks).reshape(-1, 2), after, before)
    found = owners(Table(torn, keep=24), *range(1, 9), *range(11, 19), at=NOW + HOUR)
    assert set(found[:8]) <= {0, 5}
    assert set(found[8:]) <= {0, 6}


@given(st.binary(min_size=WAYS * SLOT, max_size=WAYS * SLOT), st.lists(fingerprints, max_size=20))
def test_any_bytes_are_a_table(content: bytes, wanted: list[int]) -> None:
    table = Table(np.frombuffer(content, np.uint64).reshape(-1, 2).copy(), keep=24)
    owners(table, *wanted)
    enter(table, dict.fromkeys(wanted, 5))
    table.tend(NOW)


def test_equal_batches_leave_equal_tables() -> None:
    one, other = slots(4), slots(4)
    dice = np.random.default_rng(3)
    for _ in range(5):
        served = dict.fromkeys(dice.integers(1, 2**64, 40, dtype=np.uint64).tolist(), 5)
        enter(Table(one, keep=24), served)
        enter(Table(other, keep=24), served)
    assert (one == other).all()


@pytest.mark.parametrize(
    ("memory", "keep"),
    [(slots(1)[:3], 24), (np.zeros((8, 3), np.uint64), 24), (slots()[:0], 24), (slots(), 0), (slots(), LONGEST + 1)],
)
def test_what_is_no_table_is_refused(memory: Any, keep: int) -> None:
    with pytest.raises(ValueError, match=r"ledger keeps|slots come"):
        Table(memory, keep)


def test_within_an_hour_a_full_table_keeps_some_of_all_and_not_only_the_first() -> None:
    table = Table(slots(256), keep=24)
    batches = [dict.fromkeys(range(10_000 * n, 10_000 * n + 1024), n) for n in range(1, 9)]
    for served in batches:
        enter(table, served)
    kept = [sum(owner > 0 for owner in owners(table, *served)) for served in batches]
    assert kept[-1] > kept[4] > kept[0] > 0


@given(st.lists(st.integers(1, 2**64 - 1), unique=True, max_size=WAYS), st.floats(0.0, 9.0))
def test_what_comes_to_one_bucket_at_once_takes_slots_of_its_own(served: list[int], late: float) -> None:
    table = Table(slots(1), keep=24)
    at = np.linspace(NOW, NOW + late * HOUR, len(served))  # over several hours
    table.enter(prints(*served), np.full(len(served), 5, np.uint64), np.zeros(len(served), np.int64), at)
    assert owners(table, *served, at=NOW + late * HOUR) == [5] * len(served)
