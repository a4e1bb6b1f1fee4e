"""Which decisions of a client's subjects count, and what is remembered of actions."""

import contextlib
from typing import Any

import msgspec
import pytest

from gateway.actions.base import Action, Allowance, Charge
from gateway.decisions import Decision, Mode, Subject
from gateway.exchange import Glance, Usage
from gateway.gate import UNTOUCHED, AdmissionRefused, Gate
from gateway.plugins import action_of

USER, KEY, ACCOUNT = Subject("user", "u"), Subject("key", "k"), Subject("account", "a")
EVERYBODY = (USER, KEY, ACCOUNT)


def decision(subject: Subject, action: str, severity: int, mode: Mode = "enforce", **how: Any) -> Decision:
    until = how.pop("until", 100.0)
    return Decision(
        id=f"dec_{subject.scope}", subject=subject, action=action, severity=severity, at=0, until=until, mode=mode,
        parameters=how,
    )  # fmt: skip


class Held:
    """A link that holds these decisions; its meters allow all, or nothing to some subjects."""

    def __init__(self, *decisions: Decision, empty: tuple[Subject, ...] = ()) -> None:
        self.standing = {each.subject: each for each in decisions}
        self.campaigns: dict[Subject, tuple[Subject, ...]] = {}
        self.empty = empty
        self.given: list[tuple[Subject, str, float]] = []

    def post(self, _: object) -> bool:
        return True

    async def take(self, subject: Subject, charges: Any) -> list[Allowance]:
        allowed = subject not in self.empty
        return [Allowance(meter=c.meter, allowed=allowed, limit=c.burst, remaining=0, retry_after=1) for c in charges]

    def give(self, subject: Subject, charges: Any) -> None:
        self.given += [(subject, charge.meter, charge.amount) for charge in charges]


def chosen(*decisions: Decision, at: float = 50.0) -> list[str]:
    return [each.action for each in Gate(Held(*decisions), action_of, "").standing(EVERYBODY, at)]


def test_enforced_decisions_count_strictest_first() -> None:
    trim, deny = decision(USER, "trim", 2), decision(ACCOUNT, "deny", 5)
    assert chosen(trim, decision(KEY, "throttle", 3), deny) == ["deny", "throttle", "trim"]


def test_shadow_counts_only_where_nothing_is_enforced_and_then_one_of_it() -> None:
    shadows = (decision(USER, "deny", 5, "shadow"), decision(KEY, "trim", 2, "shadow"))
    assert chosen(*shadows) == ["deny"]
    assert chosen(*shadows, decision(ACCOUNT, "watch", 1)) == ["watch"]


def test_what_is_off_or_has_lapsed_does_not_count() -> None:
    assert chosen(decision(USER, "deny", 5, "off"), decision(KEY, "trim", 2, until=50.0)) == []
    assert chosen() == []


async def admitted(held: Held) -> Any:
    gate = Gate(held, action_of, "")
    return gate, await gate.admit(gate.standing(EVERYBODY, 50.0), Glance(), lambda: "print")


async def test_shadow_is_labelled_and_touches_nothing() -> None:
    _, shadow = await admitted(Held(decision(KEY, "throttle", 3, "shadow", requests_per_minute=1.0), empty=(KEY,)))
    assert shadow == UNTOUCHED._replace(action="throttle", mode="shadow")


async def test_each_throttle_charges_and_settles_its_own_subject() -> None:
    held = Held(decision(KEY, "throttle", 3, concurrent=2), decision(ACCOUNT, "throttle", 3, concurrent=9))
    gate, both = await admitted(held)
    assert held.given == []
    gate.settle(both, Glance(), Usage())
    assert sorted(held.given) == [(ACCOUNT, "slots", -1.0), (KEY, "slots", -1.0)]


async def test_the_second_throttle_refuses_and_the_first_gets_back_what_it_took() -> None:
    first = decision(KEY, "throttle", 3, concurrent=2, payloads_per_day=5, until=101.0)
    held = Held(first, decision(ACCOUNT, "throttle", 3, requests_per_minute=1.0), empty=(ACCOUNT,))
    with pytest.raises(AdmissionRefused) as refused:
        await admitted(held)
    assert refused.value.refuse.decision == "dec_account"
    assert refused.value.admitted.carried == ()
    assert held.given == [(KEY, "slots", -1.0)]


async def test_an_action_that_cannot_be_built_leaves_the_others() -> None:
    held = Held(decision(KEY, "from_a_newer_release", 5), decision(ACCOUNT, "trim", 2))
    _, done = await admitted(held)
    assert (done.action, done.decision, done.trimming.logprobs) == ("trim", "dec_account", True)


async def test_an_action_is_built_once_for_a_decision() -> None:
    built: list[str] = []

    def counted(standing: Decision) -> Action:
        built.append(standing.id)
        return action_of(standing)

    gate = Gate(Held(decision(KEY, "trim", 2)), counted, "")
    for _ in range(3):
        await gate.admit(gate.standing(EVERYBODY, 50.0), Glance(), str)
    assert built == ["dec_key"]


def test_only_a_denial_that_cuts_halts_what_is_under_way() -> None:
    for standing, halts in (
        (decision(KEY, "deny", 5, cut=True), True),
        (decision(KEY, "deny", 5), False),
        (decision(KEY, "deny", 5, "shadow", cut=True), False),
        (decision(KEY, "throttle", 3, requests_per_minute=1.0), False),
    ):
        gate = Gate(Held(standing), action_of, "mailto:appeal@example.org")
        refuse = gate.halt(EVERYBODY, 50.0)
        assert (refuse is not None) is halts
        assert refuse is None or (refuse.decision, refuse.appeal) == ("dec_key", "mailto:appeal@example.org")


async def test_a_charge_names_a_payload_only_where_payloads_are_counted() -> None:
    asked: list[Charge] = []

    class Reading(Held):
        async def take(self, subject: Subject, charges: Any) -> list[Allowance]:
            asked.extend(charges)
            return await super().take(subject, charges)

    await admitted(Reading(decision(KEY, "throttle", 3, concurrent=2, payloads_per_day=5)))
    assert {charge.meter: charge.payload for charge in asked} == {"slots": "", "payloads": "print"}


async def test_what_a_lone_decision_does_to_all_alike_is_asked_once() -> None:
    held = Held(decision(KEY, "trim", 2, samples=2))
    gate, first = await admitted(held)
    assert gate.known(gate.standing(EVERYBODY, 50.0)) is first
    assert first.trimming.samples == 2
    again = msgspec.structs.replace(decision(KEY, "trim", 2, samples=3), id="dec_other")
    assert gate.known((again,)) is None
    assert gate.known((*held.standing.values(), again)) is None
    assert gate.known(()) is None


@pytest.mark.parametrize(
    ("action", "how"), [("throttle", {"requests_per_minute": 1.0}), ("tag", {}), ("tarpit", {}), ("verify", {})]
)
async def test_what_differs_from_query_to_query_is_asked_each_time(action: str, how: dict[str, Any]) -> None:
    gate = Gate(Held(decision(KEY, action, 3, **how)), action_of, "")
    decisions = gate.standing(EVERYBODY, 50.0)
    with contextlib.suppress(AdmissionRefused):
        await gate.admit(decisions, Glance(), lambda: "print")
    assert gate.known(decisions) is None


async def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.gate._ACTIONS_KEPT", 3)
    gate = Gate(Held(), action_of, "")
    for number in range(9):
        mode: Mode = "shadow" if number % 2 else "enforce"
        one = msgspec.structs.replace(decision(KEY, "watch", 1, mode), id=f"dec_{number}")
        await gate.admit((one,), Glance(), lambda: "print")
        assert gate.known((one,)) is not None
    assert len(gate._known) <= 3


async def test_a_campaigns_budget_is_one_for_all_its_members() -> None:
    campaign = Subject("campaign", "camp_1")
    held = Held(decision(campaign, "throttle", 3, concurrent=2))
    held.campaigns = {ACCOUNT: (campaign,)}
    gate, one = await admitted(held)
    assert (one.decision, one.action) == ("dec_campaign", "throttle")
    gate.settle(one, Glance(), Usage())
    assert held.given == [(campaign, "slots", -1.0)]


def test_a_denial_of_a_campaign_cuts_what_its_member_has_under_way() -> None:
    campaign = Subject("campaign", "camp_1")
    held = Held(decision(campaign, "deny", 5, cut=True))
    gate = Gate(held, action_of, "")
    assert gate.halt(EVERYBODY, 50.0) is None
    held.campaigns = {KEY: (campaign,)}
    refuse = gate.halt(EVERYBODY, 50.0)
    assert refuse is not None
    assert refuse.decision == "dec_campaign"
    assert gate.memberships(EVERYBODY) == {campaign: KEY}
