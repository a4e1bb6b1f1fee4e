import math
from collections import Counter
from functools import reduce
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.stats.tally import (
    DAYS,
    GRAINS,
    HOURS,
    LAST,
    Grid,
    Row,
    Tally,
    add,
    add_all,
    before,
    block_of,
    columns,
    common_block,
    merge,
    rows,
    totals,
)

NOW = 1_700_000_000.0
SMALL = Grid(fine=10, fines=4, coarse=3, coarses=3)
times = st.one_of(
    st.floats(0.0, 400.0), st.floats(NOW, NOW + 40 * 86_400.0),
    st.sampled_from([math.nan, math.inf, -math.inf, -1.0, 0.0, LAST, 1e300]),
)  # fmt: skip
trials = st.lists(st.tuples(times, st.sampled_from([0.0, 0.25, 0.5, 1.0])), max_size=50)
grids = st.sampled_from([HOURS, DAYS, SMALL])


def fold(seen: list[tuple[float, float]], grid: Grid) -> Tally:
    return reduce(lambda tally, trial: add(tally, trial[0], trial[1], grid), seen, Tally())


def by_definition(seen: list[tuple[float, float]], grid: Grid) -> list[tuple[int, float]]:
    """Sort all trials into blocks at the end, knowing the newest time, without any folding."""
    newest = max((block_of(at, grid) for at, _ in seen), default=0)
    n: Counter[tuple[int, int]] = Counter()
    k: Counter[tuple[int, int]] = Counter()
    for at, x in seen:
        block = block_of(at, grid)
        place = (2, block)
        if newest - block >= grid.fines:
            coarse = block // grid.coarse
            place = (1, coarse) if newest // grid.coarse - coarse < grid.coarses else (0, 0)
        n[place] += 1
        k[place] += int(x * GRAINS)
    return [(n[place], k[place]) for place in sorted(n)]


@given(trials, grids)
def test_blocks_are_those_that_the_definition_gives(seen: list[tuple[float, float]], grid: Grid) -> None:
    assert [(row.n, row.k) for row in rows(fold(seen, grid), grid)] == by_definition(seen, grid)


@given(trials, trials, grids, st.randoms(use_true_random=False))
def test_merging_is_folding_the_union_in_any_order(
    a: list[tuple[float, float]], b: list[tuple[float, float]], grid: Grid, dice: Random
) -> None:
    union = [*a, *b]
    dice.shuffle(union)
    assert merge(fold(a, grid), fold(b, grid), grid) == fold(union, grid) == merge(fold(b, grid), fold(a, grid), grid)


@given(trials, trials, trials, grids)
def test_merge_is_associative_and_nothing_changes_nothing(
    a: list[tuple[float, float]], b: list[tuple[float, float]], c: list[tuple[float, float]], grid: Grid
) -> None:
    x, y, z = fold(a, grid), fold(b, grid), fold(c, grid)
    assert merge(merge(x, y, grid), z, grid) == merge(x, merge(y, z, grid), grid)
    assert merge(x, Tally(), grid) == x == merge(Tally(), x, grid)


@given(trials, grids)
def test_no_count_is_ever_lost(seen: list[tuple[float, float]], grid: Grid) -> None:
    assert totals(fold(seen, grid)) == (len(seen), sum(x for _, x in seen))


@given(trials, grids)
def test_a_tally_has_few_blocks_of_one_byte_slots(seen: list[tuple[float, float]], grid: Grid) -> None:
    past = fold(seen, grid).past
    assert len(past) // 3 <= grid.fines + grid.coarses + 1
    assert all(slot < 128 for slot in past[::3])


def test_a_clock_that_steps_ahead_coarsens_and_loses_nothing() -> None:
    seen = [(NOW + 3600.0 * i, 1.0) for i in range(5)]
    stepped = fold([*seen, (NOW + 1e9, 0.0), *seen], HOURS)
    assert [(row.n, row.k) for row in rows(stepped)] == [(10, 10 * GRAINS), (1, 0)]
    assert rows(stepped)[0].begins == -1


def test_a_block_tells_when_it_begins() -> None:
    day = int(NOW // 86_400) * 24
    found = rows(fold([((day - 30) * 3600.0, 0.0), ((day - 3) * 3600.0, 0.0), (day * 3600.0, 1.0)], HOURS))
    assert found == [Row(day - 48, 1, 0), Row(day - 3, 1, 0), Row(day, 1, GRAINS)]


@pytest.mark.parametrize("impossible", [math.nan, math.inf, -math.inf, -1.0, LAST + 1.0])
def test_an_impossible_time_is_an_old_one(impossible: float) -> None:
    assert block_of(impossible) == 0


def test_a_third_is_rounded_down_to_the_innocent_side() -> None:
    assert totals(add(Tally(), NOW, 1 / 3))[1] == 21 / 64


@given(trials, grids, st.integers(-1, 500_000))
def test_columns_and_the_cut_before_a_block_say_what_rows_say(
    past: list[tuple[float, float]], grid: Grid, block: int
) -> None:
    tally = fold(past, grid)
    assert columns(tally) == ([row.n for row in rows(tally, grid)], [row.k for row in rows(tally, grid)])
    assert before(tally, block, grid) == sum(row.begins < block for row in rows(tally, grid))


def test_a_busy_fortnight_takes_less_than_three_hundred_bytes() -> None:
    assert len(msgspec.msgpack.encode(fold([(NOW + 60.0 * i, 1.0) for i in range(20_160)], HOURS))) < 300


@given(trials, grids, st.data())
def test_adding_many_is_adding_one_by_one(seen: list[tuple[float, float]], grid: Grid, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(seen)))
    many = Tally()
    for part in (seen[:cut], seen[cut:]):
        many = add_all(many, [at for at, _ in part], [x for _, x in part], grid)
    assert many == fold(seen, grid)


def test_times_of_one_block_are_told_from_others() -> None:
    assert common_block([7200.0, 7201.0, 10_799.9], 3600) == 2
    assert common_block([7199.9, 7200.0], 3600) == -1
    assert common_block([7200.0, float("nan"), 7201.0], 3600) == common_block([-1.0, 5.0], 3600) == -1
