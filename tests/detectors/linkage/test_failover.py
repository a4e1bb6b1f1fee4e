import math

import numpy as np
from msgspec.structs import replace

from detectors.base import Baseline
from detectors.linkage.base import HOURS
from detectors.linkage.context import Ban, Context
from detectors.linkage.failover import HOUR, Failover
from tests.detectors.linkage.crowd import DAY, NOW, Dice, Members, fresh, imprint, people, pool, topics

AT = NOW - 5 * DAY


def second_pool(dice: Dice, size: int, after: float) -> Members:
    """Return accounts that begin so many seconds after the ban."""
    members = {}
    for i in range(size):
        times = np.sort(dice.uniform(AT + after, NOW, 40))
        members[f"account:second{i}"] = imprint(times, fresh(dice, 40), topics(dice, 40), network=500 + i)
    return members


def first_pool(dice: Dice, size: int) -> Members:
    members = {}
    for i in range(size):
        times = np.sort(dice.uniform(AT - 6 * DAY, AT, 70))
        members[f"account:first{i}"] = imprint(times, fresh(dice, 70), topics(dice, 70), network=900 + i)
    return members


def weight(members: Members, bans: tuple[Ban, ...]) -> float:
    return Failover().evidence(members, Context(imprints=members, bans=bans), Baseline()).weight


def test_a_second_pool_that_takes_over_within_hours_is_seen() -> None:
    dice = np.random.default_rng(1)
    first = first_pool(dice, 20)
    bans = tuple(Ban(one, AT) for one in first)
    assert weight(first | second_pool(dice, 20, HOUR), bans) > 2.5
    assert weight(first | second_pool(dice, 20, 2 * DAY), bans) < 1.6


def test_refusals_at_any_hour_are_worth_at_most_one_on_average_however_people_come() -> None:
    dice = np.random.default_rng(2)
    values = []
    for _ in range(150):
        members = people(dice, 12)
        ban = Ban("account:0", NOW - dice.uniform(2 * DAY, 12 * DAY))
        values.append(math.exp(weight(members, (ban,))))
    assert np.mean(np.array(values) - 1.0) <= 1.0  # what is below one is said as one
    assert np.mean(np.array(values) >= 50.0) <= 0.02


def test_nobody_refused_or_everybody_says_nothing() -> None:
    members = pool(np.random.default_rng(3), 10)
    assert weight(members, ()) == 0.0
    assert weight(members, tuple(Ban(one, AT) for one in members)) == 0.0
    assert weight(members, (Ban("account:stranger", AT),)) == 0.0


def test_a_refusal_out_of_sight_says_nothing() -> None:
    members = pool(np.random.default_rng(4), 10)
    one = min(members)
    assert weight(members, (Ban(one, NOW - 2 * HOURS * HOUR),)) == 0.0
    assert weight({k: replace(v, hour=0, hours=b"") for k, v in members.items()}, (Ban(one, AT),)) == 0.0
