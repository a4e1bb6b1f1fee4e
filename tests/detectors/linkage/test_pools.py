"""Pools: who works alike is told from whom a mark only brings along."""

from collections.abc import Mapping

import numpy as np
import pytest

from detectors.linkage.base import TOPIC, Group, Id, Imprint, Link, Reason
from detectors.linkage.pools import Pools
from detectors.linkage.profiles import alike, known, neighbours, profiles
from detectors.linkage.shown import Shown

SCAFFOLD = Shown("scaffold", 7, 9, 0.0)
OTHER = Shown("client", 3, 9, 0.0)


def life(dice: np.random.Generator, own: np.ndarray, n: int = 30, *, asked: float = 4.0, single: int = 30) -> Imprint:
    rows = dice.standard_normal((n, TOPIC)) + own
    topic = (rows / np.linalg.norm(rows, axis=1)[:, None]).sum(axis=0).astype("<f4").tobytes()
    sizes = (asked * n, (asked * asked + 1.0) * n)
    return Imprint(exchanges=n, vectors=n, topic=topic, asked=sizes, taken=sizes, single=min(single, n))


def pool(name: str, count: int, seed: int = 1) -> dict[Id, Imprint]:
    dice = np.random.default_rng(seed)
    own = 0.5 * dice.standard_normal(TOPIC)
    return {f"key:{name}{i}": life(dice, own) for i in range(count)}


def people(count: int, seed: int = 2) -> dict[Id, Imprint]:
    dice = np.random.default_rng(seed)
    return {f"key:p{i}": life(dice, 0.7 * dice.standard_normal(TOPIC)) for i in range(count)}


def linked(*members: Mapping[Id, Imprint]) -> Group:
    names = sorted(one for some in members for one in some)
    tie = (Reason("scaffold", 7, 6.0, len(names)),)
    return Group(tuple(names), tuple(Link(names[0], one, 6.0, tie) for one in names[1:]), tie)


def sorted_into(
    groups: list[Group], lives: Mapping[Id, Imprint], marks: Mapping[Id, Shown] | None = None
) -> list[set[Id]]:
    pools = Pools()
    pools.update(lives)
    shown = marks or {}
    found = pools.sorted(groups, lambda one: (shown.get(one, SCAFFOLD),))
    members = [one for group in found for one in group.members]
    assert len(members) == len(set(members))
    for group in found:
        assert len(group.links) == len(group.members) - 1 or group in groups
        assert {end for link in group.links for end in (link.one, link.other)} == set(group.members)
    return [set(group.members) for group in found]


def test_a_pool_stays_whole() -> None:
    lives = pool("a", 20)
    assert sorted_into([linked(lives)], lives) == [set(lives)]


def test_two_pools_under_one_mark_are_told_apart() -> None:
    one, other = pool("a", 12, 1), pool("b", 9, 5)
    found = sorted_into([linked(one, other)], {**one, **other})
    assert sorted(found, key=len) == [set(other), set(one)]


def test_pieces_of_one_pool_are_put_together_if_they_share_any_mark() -> None:
    lives = pool("a", 20)
    names = sorted(lives)
    halves = [linked({one: lives[one] for one in names[:12]}), linked({one: lives[one] for one in names[12:]})]
    assert sorted_into(halves, lives) == [set(lives)]
    apart = {one: SCAFFOLD if one in names[:12] else OTHER for one in names}
    assert sorted(sorted_into(halves, lives, apart), key=len) == [set(names[12:]), set(names[:12])]


def test_whoever_works_as_the_pool_does_and_shares_a_mark_is_taken_in_and_nobody_else() -> None:
    lives, stray, crowd = pool("a", 21), people(1, 9), people(30)
    late = max(lives)
    group = linked({one: life for one, life in lives.items() if one != late})
    assert sorted_into([group], {**lives, **stray, **crowd}) == [set(lives)]


def test_people_who_share_a_mark_stay_one_group_and_are_no_pool() -> None:
    crowd = people(30)
    assert sorted_into([linked(crowd)], crowd) == [set(crowd)]


def test_of_a_mixed_group_the_pool_is_taken_out_and_people_are_left() -> None:
    crowd, lives = people(15), pool("a", 10)
    found = sorted_into([linked(crowd, lives)], {**crowd, **lives})
    assert set(lives) in found
    assert all(not one & set(lives) for one in found if one != set(lives))


@pytest.mark.parametrize("seed", range(5))
def test_order_and_portions_change_nothing(seed: int) -> None:
    lives = {**pool("a", 12, 1), **pool("b", 9, 5), **people(10)}
    groups = [linked(lives)]
    dice = np.random.default_rng(seed)
    names = sorted(lives)
    dice.shuffle(names)
    pools = Pools()
    for one in names:
        pools.update({one: lives[one]})
    whole = Pools()
    whole.update(lives)
    shown = lambda _: (SCAFFOLD,)  # noqa: E731
    assert pools.sorted(groups, shown) == whole.sorted(groups, shown)


def test_who_is_gone_is_taken_in_no_more() -> None:
    lives = pool("a", 20)
    late = max(lives)
    pools = Pools()
    pools.update(lives)
    pools.update({}, [late])
    group = linked({one: life for one, life in lives.items() if one != late})
    assert late not in pools.sorted([group], lambda _: (SCAFFOLD,))[0].members


def test_those_of_whom_little_is_known_stay_where_their_marks_put_them() -> None:
    lives = {f"key:{i}": Imprint(exchanges=3) for i in range(12)}
    assert not any(map(known, lives.values()))
    assert sorted_into([linked(lives)], lives) == [set(lives)]


def test_lengths_and_manner_tell_members_apart_too() -> None:
    dice = np.random.default_rng(3)
    own = 0.5 * dice.standard_normal(TOPIC)
    lives = {f"key:{i}": life(dice, own, asked=4.0 if i < 10 else 6.0) for i in range(20)}
    lives |= {f"key:{20 + i}": life(dice, own, single=2) for i in range(5)}
    found = profiles(lives, list(lives))
    assert alike(found, found.rows(range(10))).sum() == 10
    assert not neighbours(found)[0, 10:].any()
