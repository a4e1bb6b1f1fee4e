from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.linkage.base import SAMPLE
from detectors.linkage.least import added, distinct, overlap, union, values

prints = st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 40), max_size=150)


@given(prints)
def test_the_least_different_ones_are_kept_however_they_come(items: list[int]) -> None:
    least = tuple(sorted(set(items) - {0})[:SAMPLE])
    one_by_one = b""
    for item in items:
        one_by_one = added(one_by_one, [item])
    assert values(added(b"", items)) == least == values(one_by_one)


@given(prints, prints)
def test_a_union_is_the_sample_of_both(one: list[int], other: list[int]) -> None:
    a, b = added(b"", one), added(b"", other)
    assert union(a, b) == union(b, a) == added(b"", [*one, *other])


@given(st.sets(st.integers(1, 500), max_size=SAMPLE - 1), st.sets(st.integers(1, 500), max_size=SAMPLE - 1))
def test_of_few_questions_all_is_exact(one: set[int], other: set[int]) -> None:
    a, b = added(b"", [*one]), added(b"", [*other])
    found = overlap(a, b)
    assert (found.one, found.other, found.both, found.share) == (len(one), len(other), len(one & other), 1.0)
    assert found.common == len(one & other)
    assert found.jaccard == (len(one & other) / len(one | other) if one | other else 0.0)
    assert distinct(a) == len(one)


@pytest.mark.parametrize(("each", "shared"), [(2000, 0), (2000, 500), (20_000, 20_000), (50, 40)])
def test_estimates_are_near_the_truth(each: int, shared: int) -> None:
    estimates, counts = [], []
    for seed in range(40):
        dice = Random(seed)
        items = [dice.getrandbits(64) for _ in range(2 * each - shared)]
        a, b = added(b"", items[:each]), added(b"", items[each - shared :])
        estimates.append(overlap(a, b).common)
        counts.append(distinct(a))
    assert sum(estimates) / 40 == pytest.approx(shared, rel=0.2)
    assert sum(counts) / 40 == pytest.approx(each, rel=0.1)


@given(prints, prints)
def test_an_overlap_is_the_same_either_way_round(one: list[int], other: list[int]) -> None:
    a, b = added(b"", one), added(b"", other)
    there, back = overlap(a, b), overlap(b, a)
    assert (there.one, there.other, there.both, there.share) == (back.other, back.one, back.both, back.share)
    assert 0.0 <= there.jaccard <= 1.0
    assert 0.0 < there.share <= 1.0
