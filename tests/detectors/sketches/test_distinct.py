from random import Random

import pytest
from datasketches import hll_sketch, hll_union, tgt_hll_type
from hypothesis import given
from hypothesis import strategies as st

from detectors.sketches.distinct import Count, add, add_all, add_each, count, union

anything = st.lists(st.integers(-(2**70), 2**70), max_size=60)
LGK = 8


def fold(items: list[int], lgk: int = LGK) -> bytes:
    sketch = b""
    for item in items:
        sketch = add(sketch, item, lgk)
    return sketch


def test_nothing_seen_is_no_bytes_and_counts_zero() -> None:
    assert fold([]) == b""
    assert count(b"") == Count(0.0, 0.0, 0.0)


@given(anything)
def test_seeing_again_changes_nothing(items: list[int]) -> None:
    assert count(fold(items + items)) == count(fold(items))


@pytest.mark.parametrize("lgk", [6, 7, 8, 9])
@pytest.mark.parametrize("n", [1, 5, 40, 300, 5000])
def test_the_bounds_hold_the_truth(lgk: int, n: int) -> None:
    dice = Random(7)
    found = count(fold([dice.getrandbits(64) for _ in range(n)], lgk))
    assert found.low - 1e-3 <= n <= found.high + 1e-3
    assert found.low <= found.mid <= found.high


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200))
def test_a_union_counts_what_either_saw_in_any_order(only: int, shared: int, other: int) -> None:
    left, right = list(range(only + shared)), list(range(only, only + shared + other))
    both = union(fold(left), fold(right), LGK)
    assert both == union(fold(right), fold(left), LGK)
    whole = count(fold(sorted({*left, *right})))
    assert count(both).mid == pytest.approx(whole.mid, rel=0.1, abs=0.5)


@pytest.mark.parametrize("n", [30, 200, 5000])
def test_the_count_is_the_one_the_library_gives_a_merged_sketch(n: int) -> None:
    sketch = fold(list(range(n)), 7)
    merged = hll_union(7)
    merged.update(hll_sketch.deserialize(sketch))
    merged.update(hll_sketch.deserialize(sketch))
    result = merged.get_result(tgt_hll_type.HLL_4)
    assert count(sketch).mid == pytest.approx(result.get_estimate(), rel=1e-12)
    assert count(sketch).low == pytest.approx(result.get_lower_bound(3), rel=1e-12)


def test_the_order_of_arrival_leaves_no_trace_in_the_count() -> None:
    assert count(fold(list(range(900)))) == count(fold(list(reversed(range(900)))))


@pytest.mark.parametrize(("lgk", "most"), [(6, 80), (7, 116), (8, 184), (9, 320)])
def test_a_sketch_stays_as_small_as_it_says(lgk: int, most: int) -> None:
    dice = Random(8)
    assert len(fold([dice.getrandbits(64) for _ in range(20_000)], lgk)) <= most


def test_large_fingerprints_are_told_apart() -> None:
    assert count(fold([2**64 - 1, 2**64 - 2, 2**63 + 1, 2**62])).mid == pytest.approx(4.0, abs=0.01)


@given(st.lists(st.integers(-(2**70), 2**70), max_size=300), st.integers(0, 300))
def test_a_batch_leaves_the_very_sketch_that_its_things_leave_one_by_one(items: list[int], cut: int) -> None:
    one_by_one = b""
    for item in items:
        one_by_one = add(one_by_one, item, 7)
    assert add_all(add_all(b"", items[:cut], 7), items[cut:], 7) == one_by_one


@given(st.integers(0, 2**32), st.integers(0, 200), st.integers(0, 200), st.sampled_from([5, 7, 9]))
def test_adding_each_is_adding_one_by_one_to_the_last_byte(seed: int, many: int, cut: int, lgk: int) -> None:
    dice = Random(seed)
    items = [dice.getrandbits(64) for _ in range(many)]
    assert add_each(add_each(b"", items[:cut], lgk), items[cut:], lgk) == fold(items, lgk)
