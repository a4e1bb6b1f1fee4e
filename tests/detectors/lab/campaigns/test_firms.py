"""The honest twin of a relay."""

from detectors.lab.campaigns.crowds import Setting
from detectors.lab.campaigns.firms import balanced
from detectors.lab.library import Library


def test_a_firm_presents_reasoning_across_its_accounts_and_is_honest() -> None:
    group = balanced(Setting("balanced-0", "balanced", "t", Library(None), "judge", 10))
    acts = list(group.plays())
    owner = {act.asked.signature: act.member.account for act in acts}

    foreign = sum(owner[one] != act.member.account for act in acts for one in act.asked.handed)

    assert foreign > 50
    assert not any(act.asked.attack for act in acts)
    assert {act.member for act in acts} == set(group.members)
    assert {one.label for one in group.members} == {"benign"}
    assert len({address.rpartition(".")[0] for one in group.members for address in one.addresses}) <= 2
