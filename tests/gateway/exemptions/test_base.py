import pytest

from gateway.decisions import Mode, Verdict
from gateway.exemptions.base import meaning, softened, verdict_under
from tests.gateway.exemptions.kit import entitlement

DENY = Verdict(action="deny", severity=5, lasts=60.0, parameters={"appeal": "a@b"}, policy="p", rule="stop")


@pytest.mark.parametrize("mode", ["shadow", "enforce"])
def test_within_its_budget_a_policy_may_at_most_watch_and_the_decision_says_why(mode: Mode) -> None:
    verdict = Verdict(action="deny", severity=5, lasts=60.0, policy="p", rule="stop", mode=mode)
    found = verdict_under(verdict, meaning(entitlement(), over=False))
    assert found is not None
    assert (found.action, found.severity, found.parameters, found.exempt) == ("watch", 1, {}, "acme")
    assert (found.policy, found.rule, found.lasts, found.mode) == ("p", "stop", 60.0, mode)


def test_beyond_its_budget_the_policy_decides_and_knows_it() -> None:
    exempt = meaning(entitlement(tags=("synthetic",)), over=True)
    assert verdict_under(DENY, exempt) == DENY
    assert exempt.tags == ("synthetic", "over-budget")
    assert meaning(entitlement(tags=("synthetic",)), over=False).tags == ("synthetic", "exempt")


def test_an_entitlement_may_say_that_nobody_is_touched_beyond_its_budget_either() -> None:
    found = verdict_under(DENY, meaning(entitlement(over_budget="watch"), over=True))
    assert found is not None
    assert found.action == "watch"


def test_what_touches_nobody_stays_as_it_is() -> None:
    watch = Verdict(action="watch", severity=1, lasts=60.0, rule="notice")
    assert verdict_under(watch, meaning(entitlement(), over=False)) == watch
    assert softened(watch, "acme").exempt == ""
    assert verdict_under(None, meaning(entitlement(), over=False)) is None
    assert verdict_under(DENY, None) == DENY
