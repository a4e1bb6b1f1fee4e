"""The scheduler of a pool."""

from collections import Counter
from itertools import pairwise
from random import Random

import pytest

from detectors.lab.campaigns.dealing import HOURS, Dealing, Hours, begun, times
from detectors.lab.campaigns.persons import spread
from detectors.lab.traffic import DAY, START


@pytest.mark.parametrize("hours", HOURS)
def test_it_deals_in_time_order_within_its_span_about_as_much_as_it_says(hours: Hours) -> None:
    dealing = Dealing(per_day=10.0, hours=hours, first=START + DAY, last=START + 11 * DAY)
    starts = begun(Random(1), dealing, 40)

    dealt = list(times(Random(2), dealing, starts))

    assert all(one <= other for (one, _), (other, _) in pairwise(dealt))
    assert all(max(starts[i], dealing.first) <= at < dealing.last for at, i in dealt)
    assert 0.9 * 4000 < len(dealt) < 1.1 * 4000


def test_a_quota_gives_every_account_the_same_to_one_exchange() -> None:
    dealing = Dealing(per_day=5.6, quota=True)

    counts = Counter(i for _, i in times(Random(3), dealing, [START] * 30))

    assert max(counts.values()) - min(counts.values()) <= 1


def test_who_joins_later_begins_later_and_nobody_works_while_the_pool_stands_still() -> None:
    dealing = Dealing(per_day=20.0, ramp=4.0, still=(START + 6 * DAY, START + 7 * DAY))
    starts = begun(Random(4), dealing, 60)

    dealt = list(times(Random(5), dealing, starts))

    assert max(starts) - min(starts) > DAY
    assert not [at for at, _ in dealt if START + 6 * DAY <= at < START + 7 * DAY]


def test_people_who_stay_ask_as_much_in_fewer_sittings() -> None:
    def gaps(stays: float) -> list[float]:
        beat = spread("random", 400, START, stays=stays)(Random(6))
        openings = [beat.open() for _ in range(400)]
        return [later - one for one, later in pairwise(openings)]

    alone, several = gaps(1.0), gaps(4.0)

    assert sum(gap > 1800.0 for gap in several) < sum(gap > 1800.0 for gap in alone) / 2
    assert 0.6 < sum(several) / sum(alone) < 1.5
