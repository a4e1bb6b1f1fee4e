"""Who is a member: what a pass found against what is kept."""

from hypothesis import given
from hypothesis import strategies as st

from detectors.linkage.base import Group, Link
from gateway.campaigns import Campaign, Member, subject_of
from gateway.enrolment import NEW, enrolled
from tests.gateway.linked import NOW, SHARED, group, keys


def test_new_groups_are_numbered_in_the_order_of_their_names() -> None:
    found = enrolled({}, {}, {"camp_b": group(keys(2)), "camp_a": group(keys(2, 5))}, 7, NOW)
    assert [(one.id, one.born) for one in found.campaigns.values()] == [("camp_a", 8), ("camp_b", 9)]


def test_whoever_joined_is_tied_towards_those_who_were_there() -> None:
    known = Member(campaign="camp_a", subject=subject_of("key:1"), since=NOW - 9)
    chain = (Link("key:1", "key:2", 5.0, (SHARED,)), Link("key:2", "key:3", 4.0, (SHARED,)))
    now = Group(("key:1", "key:2", "key:3"), chain)
    found = enrolled({}, {"camp_a": {"key:1": known}}, {"camp_a": now}, 0, NOW)
    members = found.members["camp_a"]
    assert members["key:1"] is known
    assert [(members[one].to, members[one].weight, members[one].spared) for one in ("key:2", "key:3")] == [
        ("key:1", 5.0, NEW), ("key:2", 4.0, NEW),
    ]  # fmt: skip


def test_a_campaign_that_is_found_no_more_lets_its_members_go() -> None:
    known = Member(campaign="camp_a", subject=subject_of("key:1"), since=NOW)
    campaign = Campaign(id="camp_a", born=1, at=NOW)
    found = enrolled({"camp_a": campaign}, {"camp_a": {"key:1": known}}, {}, 1, NOW)
    assert (found.campaigns, found.members) == ({}, {})
    assert [one.subject.value for one in found.gone] == ["1"]


def test_a_campaign_that_did_not_change_is_not_written_until_an_hour_has_passed() -> None:
    first = enrolled({}, {}, {"camp_a": group(keys(3))}, 0, NOW)
    soon = enrolled(first.campaigns, first.members, {"camp_a": group(keys(3))}, 1, NOW + 60)
    assert soon == first
    late = enrolled(first.campaigns, first.members, {"camp_a": group(keys(3))}, 1, NOW + 3600)
    assert late.campaigns["camp_a"].seen == NOW + 3600


names = st.sets(st.sampled_from(keys(9)), min_size=1)


@given(st.lists(st.dictionaries(st.sampled_from(["camp_a", "camp_b"]), names), max_size=6))
def test_after_any_passes_the_members_are_those_of_the_last_and_who_stayed_was_not_touched(
    passes: list[dict[str, set[str]]],
) -> None:
    campaigns: dict[str, Campaign] = {}
    members: dict[str, dict[str, Member]] = {}
    for number, found in enumerate(passes):
        before = {name: set(of) for name, of in members.items()}
        groups = {name: group(sorted(of)) for name, of in found.items()}
        now = enrolled(campaigns, members, groups, 2, NOW + number)
        assert {name: set(of) for name, of in now.members.items()} == found
        left = {(one.campaign, str(one.subject)) for one in now.gone}
        assert left == {(name, one) for name, of in before.items() for one in of - found.get(name, set())}
        for name, of in now.members.items():
            assert all(of[one] is members[name][one] for one in of if one in before.get(name, set()))
        campaigns, members = now.campaigns, now.members
