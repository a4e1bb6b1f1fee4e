import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policies.judging import USUAL
from gateway.stores.base import Taken
from gateway.strikes import counted

HOUR = 3600.0


def taken(name: str, at: float, until: float, rule: str = "slow", mode: str = "enforce") -> Taken:
    return Taken(name, at * HOUR, until * HOUR, "p", rule, mode)


def strikes(*some: Taken, at: float = 100.0, within: float = 100.0) -> dict[str, int]:
    return counted(some, {"p/slow": within * HOUR}, at * HOUR)


def test_each_lapse_is_a_strike() -> None:
    assert strikes(taken("a", 1, 5), taken("b", 10, 14), taken("c", 20, 24)) == {"p/slow": 3}


def test_what_still_stands_is_not_its_own_repetition() -> None:
    held = [taken("a", 1, 5), taken("b", 10, 14)]
    assert strikes(*held, at=9.0) == {"p/slow": 1}
    assert strikes(*held, at=12.0) == {"p/slow": 1}
    assert strikes(*held, at=14.0) == {"p/slow": 2}


def test_a_renewal_is_the_same_episode() -> None:
    assert strikes(taken("a", 1, 5), taken("b", 3.5, 7.5), taken("c", 6, 10)) == {"p/slow": 1}


def test_a_stricter_rule_ends_the_episode_and_is_its_own() -> None:
    held = [taken("a", 1, 5), taken("b", 2, 26, "stop"), taken("c", 30, 34)]
    assert strikes(*held, at=3.0) == {"p/slow": 1}
    assert strikes(*held) == {"p/slow": 2, "p/stop": 1}


@pytest.mark.parametrize("renewed", [False, True])
def test_what_was_lifted_counts_for_nothing(renewed: bool) -> None:
    renewal = [taken("a2", 3.5, 7.5)] if renewed else []
    last = "a2" if renewed else "a"
    lifted = taken(last, 3.5 if renewed else 1, 4)
    assert strikes(taken("a", 1, 5), *renewal, lifted, taken("b", 10, 14)) == {"p/slow": 1}


def test_shadow_counts_apart() -> None:
    assert strikes(taken("a", 1, 5, mode="shadow"), taken("b", 10, 14)) == {"p/slow:shadow": 1, "p/slow": 1}


def test_what_is_too_long_ago_counts_no_more() -> None:
    held = [taken("a", 1, 5), taken("b", 10, 14), taken("c", 1, 5, "other")]
    assert strikes(*held[:2], at=100.0, within=90.0) == {"p/slow": 1}
    assert counted(held[2:], {}, 5 * HOUR + USUAL - 1) == {"p/other": 1}
    assert counted(held[2:], {}, 5 * HOUR + USUAL) == {}


def test_an_operator_s_own_decision_is_no_rule_s() -> None:
    assert strikes(Taken("a", 0.0, HOUR, "by-hand", "", "enforce")) == {}


@given(st.lists(st.builds(taken, st.sampled_from("abc"), st.floats(0, 50), st.floats(0, 50)), max_size=20))
def test_there_are_never_more_strikes_than_decisions(some: list[Taken]) -> None:
    assert sum(strikes(*some).values()) <= len(some)
