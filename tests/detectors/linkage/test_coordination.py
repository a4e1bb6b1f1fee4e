import math

import numpy as np
import pytest

from detectors.base import Baseline, Evidence
from detectors.linkage.base import Facts
from detectors.linkage.context import Context
from detectors.linkage.coordination import COORDINATING, coordination
from detectors.linkage.selection import LEAST
from tests.detectors.linkage.crowd import INNOCENT, Members, people, pool


def said(members: Members, **known: object) -> dict[str, Evidence]:
    return coordination(members, Context(imprints=members, **known), Baseline())  # type: ignore[arg-type]  # by name


def loudest(members: Members) -> float:
    return max(one.weight for one in said(members).values())


@pytest.mark.parametrize("size", [20, 120])
def test_a_pool_that_one_hand_deals_to_is_seen(size: int) -> None:
    found = said(pool(np.random.default_rng(1), size))
    assert found["balance"].weight > 10.0
    assert found["synchrony"].weight > 4.0
    assert found["topics"].weight > 1.0


@pytest.mark.parametrize("kind", INNOCENT)
def test_innocents_who_share_things_are_not_named_one_hand(kind: str) -> None:
    """Of 50 groups of each kind none speaks at one in a hundred."""
    dice = np.random.default_rng(2)
    weights = [loudest(INNOCENT[kind](dice, int(dice.integers(LEAST, 50)))) for _ in range(50)]
    assert max(weights) < math.log(100.0)


@pytest.mark.parametrize("size", range(2, LEAST))
def test_small_groups_say_nothing(size: int) -> None:
    assert loudest(pool(np.random.default_rng(3), size)) == 0.0


def test_the_order_of_members_is_nothing() -> None:
    members = pool(np.random.default_rng(4), 300)
    backwards = dict(reversed(members.items()))
    assert said(members) == said(backwards)


def test_declared_kin_are_one_customer() -> None:
    members = pool(np.random.default_rng(5), 40)
    kin = {one: Facts(kin="house") for one in members}
    assert max(one.weight for one in said(members, facts=kin).values()) == 0.0


def test_padding_with_people_hides_a_pool_from_evenness_only_in_part() -> None:
    """Half of the group are people: the blocks are mixed, so nothing is claimed rather than too much."""
    dice = np.random.default_rng(6)
    assert loudest(pool(dice, 40) | people(dice, 40)) < loudest(pool(dice, 40))


def test_of_a_hundred_thousand_members_a_sample_is_looked_at() -> None:
    """Without one it would take hours and a hundred gigabytes."""
    members = pool(np.random.default_rng(7), 40)
    lives = list(members.values())
    many = {f"account:{i}": lives[i % len(lives)] for i in range(100_000)}
    found = said(many)
    assert set(found) == {one.name for one in COORDINATING}
    assert found["balance"].because["members"] == 100_000.0


def test_weights_are_finite_and_never_below_zero() -> None:
    dice = np.random.default_rng(8)
    for members in (pool(dice, 30), people(dice, 30), {}):
        assert all(0.0 <= one.weight < math.inf for one in said(members).values())
        assert all(math.isfinite(x) for one in said(members).values() for x in one.because.values())
