"""Framing: marks can be copied, networks shared, prompts replayed. What that gets an attacker, and what it costs us."""

import numpy as np
import pytest
from msgspec.structs import replace

from detectors.linkage.base import Facts, Group, Id, Imprint, Link, Mark, Partner, Reason
from detectors.linkage.fit import fit
from tests.detectors.linkage.crowd import DAY, NOW, Dice, Members, fresh, imprint, pool, topics


def group(members: Members, links: tuple[Link, ...] = ()) -> Group:
    return Group(tuple(sorted(members)), links)


def victim(dice: Dice, since: float, scaffold: int = 7, n: int = 60) -> Imprint:
    """Return an honest customer with the pool's scaffold, network and topic, that began so many days ago."""
    times = np.sort(NOW - dice.uniform(0.0, since * DAY, n))
    times[0] = NOW - since * DAY
    return imprint(times, fresh(dice, n), topics(dice, n), network=1, scaffold=scaffold)


@pytest.mark.parametrize("days", [13.5, 14.0, 40.0])
def test_who_used_the_scaffold_days_before_the_pool_is_spared_and_told_why(days: float) -> None:
    dice = np.random.default_rng(1)
    found = fit(group(both := pool(dice, 60) | {"account:victim": victim(dice, days)}), both)
    assert found.spared == {"account:victim": "first"}
    assert len(found.members) == 60


def test_colleagues_whose_scaffold_is_copied_are_spared_together() -> None:
    dice = np.random.default_rng(2)
    office = {f"account:office{i}": victim(dice, 14.0) for i in range(3)}
    found = fit(group(both := pool(dice, 100) | office), both)
    assert set(office) <= set(found.spared)


def test_one_whose_prompts_are_replayed_is_spared_by_its_own_age() -> None:
    dice = np.random.default_rng(3)
    both = pool(dice, 60) | {"account:victim": victim(dice, 30.0, scaffold=4242)}
    assert fit(group(both), both).spared == {"account:victim": "first"}


def test_one_that_was_robbed_of_its_reasoning_is_spared_and_the_presenter_is_not() -> None:
    dice = np.random.default_rng(4)
    thief = replace(victim(dice, 9.0), partners=(Partner(5, "reasoning", 9, NOW),))
    both = pool(dice, 30) | {"account:robbed": victim(dice, 9.0), "account:thief": thief}
    reason = (Reason("reasoning", 5, 9.0, 2),)
    links = tuple(Link(one, "account:thief", 9.0, reason) for one in ("account:robbed",))
    scaffolds = Link("account:0", "account:thief", 9.0, (Reason("scaffold", 7, 9.0, 30),))
    found = fit(group(both, (*links, scaffolds)), both)
    assert found.spared == {"account:robbed": "served"}


def test_one_that_only_shares_a_network_and_a_client_is_never_bound() -> None:
    dice = np.random.default_rng(5)
    both = pool(dice, 30)
    names = sorted(both)
    strong, weak = (Reason("scaffold", 7, 9.0, 30),), (Reason("network", 1, 5.0, 3), Reason("client", 2, 4.0, 9))
    links = (*(Link(names[0], one, 9.0, strong) for one in names[1:-1]), Link(names[0], names[-1], 9.0, weak))
    assert fit(group(both, links), both).spared == {names[-1]: "network"}


def test_one_that_does_other_things_is_spared() -> None:
    dice = np.random.default_rng(6)
    n = 60
    agent = replace(victim(dice, 9.0), tools=n, single=0, talks=n)
    writer = replace(victim(dice, 9.0), taken=(9.0 * n, 81.5 * n))
    elsewhere = imprint(np.sort(NOW - dice.uniform(0.0, 9 * DAY, n)), fresh(dice, n), -topics(dice, n), network=4)
    odd: Members = {"account:agent": agent, "account:writer": writer, "account:elsewhere": elsewhere}
    both = pool(dice, 60) | odd
    assert fit(group(both), both).spared == dict.fromkeys(sorted(odd), "unlike")


def test_a_shared_payment_binds_whatever_is_shown_but_only_to_one_that_is_bound() -> None:
    dice = np.random.default_rng(7)
    both = pool(dice, 30)
    victims = {"account:v1": victim(dice, 14.0), "account:v2": victim(dice, 14.0)}
    one = min(both)
    both |= victims
    apart = {"account:v1": Facts(payment=1), "account:v2": Facts(payment=1)}
    assert set(fit(group(both), both, apart).spared) == set(victims)
    paying = {"account:v1": Facts(payment=1), one: Facts(payment=1)}
    assert set(fit(group(both), both, paying).spared) == {"account:v2"}


def test_one_without_an_imprint_is_unknown() -> None:
    both = pool(np.random.default_rng(8), 10)
    found = fit(Group((*sorted(both), "account:zz")), both)
    assert found.spared == {"account:zz": "unknown"}


@pytest.mark.parametrize("joining", [0.0, 5.0, 12.0])
def test_the_defence_costs_a_campaign_few_of_its_members(joining: float) -> None:
    """Whether its accounts begin at once or over twelve days: at least 95 of 100 stay bound."""
    dice = np.random.default_rng(9)
    members: dict[Id, Imprint] = {}
    for i in range(200):
        n, since = 40, 13.0 - dice.uniform(0.0, joining)
        times = np.sort(NOW - dice.uniform(0.0, since * DAY, n))
        members[f"account:{i}"] = imprint(times, fresh(dice, n), topics(dice, n), network=i)
    assert len(fit(group(members), members).members) >= 190


def test_the_order_of_members_is_nothing() -> None:
    dice = np.random.default_rng(10)
    both = pool(dice, 40) | {"account:victim": victim(dice, 14.0)}
    assert fit(group(both), both) == fit(group(both), dict(reversed(both.items())))


def test_a_mark_that_few_share_is_nobodys_onset() -> None:
    dice = np.random.default_rng(11)
    both = pool(dice, 40)
    own = {one: replace(life, openings=(Mark(1000 + i, 3, 0.0, NOW),)) for i, (one, life) in enumerate(both.items())}
    assert fit(group(own), own).spared == {}
