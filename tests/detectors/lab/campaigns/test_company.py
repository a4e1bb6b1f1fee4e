"""The population of campaigns: labelled, in time order, the same whenever it is played."""

from itertools import islice, pairwise

import pytest

from detectors.lab.campaigns import campaigns, innocents
from detectors.lab.campaigns.base import Act
from detectors.lab.campaigns.company import Company, company


@pytest.fixture(scope="module")
def everybody() -> Company:
    return company(None, "judge", 0, "small")


@pytest.fixture(scope="module")
def played(everybody: Company) -> list[Act]:
    return list(everybody.acts())


def test_every_kind_of_campaign_and_of_innocents_is_there(everybody: Company) -> None:
    kinds = {group.kind for group in everybody.groups}

    assert kinds >= set(campaigns.KINDS) | set(innocents.KINDS)


def test_no_two_accounts_share_a_name(everybody: Company) -> None:
    names = [member.account for member in everybody.members()]

    assert len(set(names)) == len(names)


def test_all_is_played_in_time_order_by_the_accounts_that_are_listed(everybody: Company, played: list[Act]) -> None:
    assert all(one.asked.at <= other.asked.at for one, other in pairwise(played))
    assert {act.member for act in played} <= set(everybody.members())


def test_it_is_the_same_whenever_it_is_played(everybody: Company, played: list[Act]) -> None:
    again = company(None, "judge", 0, "small")

    assert list(islice(again.acts(), 2000)) == played[:2000]
    assert list(islice(everybody.acts(), 2000)) == played[:2000]


def test_only_campaigns_attack_and_their_plan_is_about_what_they_take(everybody: Company, played: list[Act]) -> None:
    guilty = {member.account for group in everybody.groups if group.side == "campaign" for member in group.members}
    attacks = [act for act in played if act.asked.attack]

    assert {act.member.account for act in attacks} <= guilty
    for group in everybody.groups:
        taken = sum(act.member.group == group.name and bool(act.asked.choices) for act in attacks)
        assert bool(taken) == (group.side == "campaign")
        assert taken <= 1.6 * group.plan


def test_one_who_learns_is_given_no_campaign() -> None:
    assert {group.side for group in company(None, "learn", 0, "small", campaigned=False).groups} == {"innocent"}
