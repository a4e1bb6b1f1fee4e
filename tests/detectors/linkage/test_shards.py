import numpy as np
import pytest

from detectors.base import Baseline
from detectors.linkage.base import Imprint
from detectors.linkage.context import Context
from detectors.linkage.shards import Shards, same_work
from tests.detectors.linkage.crowd import Dice, Members, benchmark_day, classroom, people, pool


def drawing(dice: Dice, size: int, each: int, catalogue: int) -> Members:
    """Return members that each draw from one catalogue by chance."""
    items = np.sort(dice.integers(1, 2**64 - 1, catalogue, dtype=np.uint64))
    chosen = (np.sort(items[dice.choice(catalogue, each, replace=False)])[:64] for _ in range(size))
    return {f"account:{i}": Imprint(exchanges=each, payloads=own.tobytes()) for i, own in enumerate(chosen)}


@pytest.mark.parametrize("same", [classroom, benchmark_day])
def test_a_class_and_a_benchmark_day_do_the_same_work(same: object) -> None:
    assert same_work(same(np.random.default_rng(1), 30))  # type: ignore[operator]


@pytest.mark.parametrize("different", [pool, people])
def test_pools_and_people_do_not(different: object) -> None:
    assert not same_work(different(np.random.default_rng(1), 30))  # type: ignore[operator]


def test_hiding_behind_the_same_work_costs_two_thirds_of_a_harvest() -> None:
    """A pool of twenty whose every prompt is asked by two accounts is not taken for a class; by five, it is."""
    dice = np.random.default_rng(2)
    assert not same_work(drawing(dice, 20, 40, 400))
    assert same_work(drawing(dice, 20, 40, 160))


@pytest.mark.parametrize("each", [20, 60, 500])
def test_drawing_by_chance_is_not_dividing(each: int) -> None:
    dice = np.random.default_rng(3)
    for _ in range(20):
        members = drawing(dice, 30, each, 20_000)
        said = Shards().evidence(members, Context(imprints=members, chance=1 / 20_000), Baseline())
        assert said.weight < 4.6


def test_dividing_is_seen_where_others_topics_would_make_them_meet() -> None:
    members = pool(np.random.default_rng(4), 30)
    context = Context(imprints=members, chance=1 / 20_000)
    assert Shards().evidence(members, context, Baseline()).weight == pytest.approx(4.6)
    assert Shards().evidence(members, Context(imprints=members), Baseline()).weight == 0.0
