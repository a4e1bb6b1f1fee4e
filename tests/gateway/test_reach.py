"""Which decisions reach a client: its own, and those of the campaigns that it is a member of."""

from gateway.decisions import Decision, Mode, Subject
from gateway.reach import memberships, reaching

KEY, ACCOUNT, NETWORK = Subject("key", "k"), Subject("account", "a"), Subject("network", "n")
ONE, TWO = Subject("campaign", "camp_1"), Subject("campaign", "camp_2")


def decision(subject: Subject, severity: int, mode: Mode = "enforce", until: float = 100.0) -> Decision:
    return Decision(id=f"dec_{subject}", subject=subject, action="x", severity=severity, at=0, until=until, mode=mode)


def reached(*decisions: Decision, of: dict[Subject, tuple[Subject, ...]], now: float = 50.0) -> list[Subject]:
    held = {one.subject: one for one in decisions}
    return [one.subject for one in reaching((KEY, ACCOUNT, NETWORK), held, of, now)]


def test_what_is_decided_on_a_campaign_reaches_its_member_and_nobody_else() -> None:
    on_campaign = decision(ONE, 5)
    assert reached(on_campaign, of={}) == []
    assert reached(on_campaign, of={Subject("key", "other"): (ONE,)}) == []
    assert reached(on_campaign, of={KEY: (ONE,)}) == [ONE]
    assert reached(on_campaign, of={ACCOUNT: (ONE,)}) == [ONE]


def test_a_member_by_account_and_by_key_is_reached_once() -> None:
    assert reached(decision(ONE, 5), of={ACCOUNT: (ONE,), KEY: (ONE,)}) == [ONE]


def test_of_two_campaigns_and_its_own_the_strictest_goes_first() -> None:
    decisions = decision(ONE, 3), decision(TWO, 5), decision(KEY, 4)
    assert reached(*decisions, of={ACCOUNT: (ONE, TWO)}) == [TWO, KEY, ONE]


def test_a_campaigns_shadow_hides_behind_what_is_enforced() -> None:
    shadow = decision(ONE, 5, "shadow")
    assert reached(shadow, of={KEY: (ONE,)}) == [ONE]
    assert reached(shadow, decision(KEY, 2), of={KEY: (ONE,)}) == [KEY]


def test_what_has_lapsed_or_is_off_reaches_nobody() -> None:
    assert reached(decision(ONE, 5, until=50.0), decision(TWO, 5, "off"), of={KEY: (ONE, TWO)}) == []


def test_the_member_of_each_campaign_is_told() -> None:
    assert memberships((KEY, ACCOUNT), {ACCOUNT: (ONE, TWO), KEY: ()}) == {ONE: ACCOUNT, TWO: ACCOUNT}
    assert memberships((KEY,), {}) == {}
