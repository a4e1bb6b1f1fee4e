import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detectors.linkage.casts import Casts, assigned


def casts(*members: range | list[int], weights: list[float] | None = None) -> Casts:
    own = np.array(weights or [7.0] * len(members))
    numbers = np.repeat(np.arange(len(members)), [len(one) for one in members])
    return Casts(own, np.concatenate([np.array(one, np.int64) for one in members]), numbers, own[numbers])


def groups(found: Casts, how_many: int) -> list[set[int]]:
    of_node = assigned(found, how_many)
    heads = {int(head) for head in of_node if head >= 0}
    return sorted(({int(node) for node in np.flatnonzero(of_node == head)} for head in heads), key=min)


def test_a_pool_that_rotates_its_prompts_is_one_group() -> None:
    assert groups(casts(range(60), range(20, 80), range(40, 100)), 100) == [set(range(100))]


def test_a_few_in_common_do_not_join_two_pools() -> None:
    assert groups(casts(range(50), range(46, 100)), 100) == [set(range(46)), set(range(46, 100))]


def test_a_small_cast_within_two_pools_joins_them_not() -> None:
    found = groups(casts(range(50), range(50, 100), list(range(45, 55))), 100)
    assert found == [set(range(50)), set(range(50, 100))]


def test_a_weak_cast_over_two_strong_ones_swallows_neither() -> None:
    found = groups(casts(range(50), range(50, 100), range(300), weights=[9.0, 9.0, 5.0]), 300)
    assert found == [set(range(50)), set(range(50, 100)), set(range(100, 300))]


def test_a_member_of_two_groups_belongs_to_that_which_binds_it_most() -> None:
    found = groups(casts(range(20), range(15, 40), weights=[9.0, 6.0]), 40)
    assert found == [set(range(20)), set(range(20, 40))]


members = st.lists(st.sets(st.integers(0, 19), min_size=2).map(sorted), min_size=1, max_size=8)


@given(members, st.data())
def test_who_has_a_cast_has_one_group_and_who_has_none_has_none(found: list[list[int]], data: st.DataObject) -> None:
    weights = data.draw(st.lists(st.sampled_from([5.0, 7.0]), min_size=len(found), max_size=len(found)))
    of_node = assigned(casts(*found, weights=weights), 20)
    assert {int(node) for node in np.flatnonzero(of_node >= 0)} == {node for one in found for node in one}
    for node, head in enumerate(of_node.tolist()):
        assert head < 0 or 0 <= head < len(found), node
