"""What became of campaigns and of the honest."""

import math

import pytest

from detectors.lab.traffic import DAY, START
from gateway.lab.campaign_outcome import Ledger
from tests.gateway.lab.campaigns import BANNED, CLASS, HOUR, PEOPLE, POOLS, look, trial


def test_a_campaign_is_found_when_most_of_a_touched_group_is_its_accounts() -> None:
    (one,) = Ledger(trial(look("camp_a", START + 4 * HOUR, [*POOLS[:9], *PEOPLE[:2]]))).campaigns()

    assert one.found_at == START + 4 * HOUR
    assert one.taken == 30  # three exchanges of each of the ten accounts at work
    assert one.gone == 30 / 2000
    assert one.days == pytest.approx(3 * HOUR / DAY)
    assert len(one.named & one.keys) == 9


def test_one_that_is_never_found_has_taken_all() -> None:
    (one,) = Ledger(trial()).campaigns()

    assert (one.found_at, one.gone, one.days) == (0.0, 1.0, math.inf)


def test_a_group_that_is_half_people_is_nobodys() -> None:
    ledger = Ledger(trial(look("camp_a", START + DAY, [*POOLS[:5], *PEOPLE[:5]])))

    assert not ledger.campaigns()[0].found_at
    assert ledger.looks.keys() == {""}


def test_the_second_pool_is_reached_when_most_of_its_accounts_that_work_are_touched() -> None:
    early = look("camp_a", START + 4 * HOUR, POOLS[:10])
    late = look("camp_a", BANNED + 3.5 * HOUR, [*POOLS[:10], *POOLS[10:17]])

    assert Ledger(trial(early, late)).campaigns()[0].second_pool == 30
    assert Ledger(trial(early)).campaigns()[0].second_pool == math.inf


def test_an_honest_group_is_accused_by_a_group_that_is_mostly_it_or_by_most_of_its_members() -> None:
    (group,) = Ledger(trial()).innocents()

    assert not Ledger(trial(look("camp_a", START + DAY, [*POOLS, *CLASS[:2]]))).accused(group)
    assert Ledger(trial(look("camp_a", START + DAY, [*POOLS, *CLASS[:7]]))).accused(group)
    assert Ledger(trial(look("camp_b", START + DAY, CLASS[:3]))).accused(group)
