import pytest

from gateway.by_hand import by_hand
from gateway.decisions import Subject
from gateway.plugins import PluginError
from gateway.slips import MisplacedError

SUBJECT = Subject("key", "aa")


def test_a_decision_by_hand_acts_from_now_until_its_time_is_over() -> None:
    decision = by_hand(SUBJECT, "throttle", {"requests_per_minute": 6}, lasts=60.0, at=1000.0)
    assert (decision.subject, decision.action, decision.severity) == (SUBJECT, "throttle", 3)
    assert (decision.at, decision.until, decision.mode) == (1000.0, 1060.0, "enforce")
    assert decision.parameters == {"requests_per_minute": 6}
    assert (decision.policy, decision.rule) == ("by-hand", "")


def test_in_shadow_it_is_only_recorded() -> None:
    assert by_hand(SUBJECT, "deny", {}, lasts=60.0, at=1000.0, shadow=True).mode == "shadow"


def test_two_decisions_of_one_moment_have_two_ids() -> None:
    first, second = (by_hand(SUBJECT, "deny", {}, lasts=1.0, at=1000.0) for _ in range(2))
    assert first.id != second.id


@pytest.mark.parametrize(("action", "parameters"), [("throttle", {"harder": 1}), ("trim", {"logprobs": "x"})])
def test_parameters_that_the_action_does_not_understand_are_refused(action: str, parameters: dict[str, object]) -> None:
    with pytest.raises(MisplacedError):
        by_hand(SUBJECT, action, parameters, lasts=1.0, at=0.0)


def test_an_action_that_nobody_knows_is_refused() -> None:
    with pytest.raises(PluginError):
        by_hand(SUBJECT, "frown", {}, lasts=1.0, at=0.0)
