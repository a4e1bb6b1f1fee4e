import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.harvest import HarvestState
from gateway.exemptions.base import Budget
from gateway.exemptions.uses import counted, over, seal, taken, unseal, window
from tests.gateway.exemptions.kit import DAY, START, entitlement, exchange


def used(count: int, tokens: int = 300, payloads: int = 1000) -> HarvestState:
    use = HarvestState()
    for number in range(count):
        use = counted(use, exchange(number % payloads, tokens=tokens))
    return use


@pytest.mark.parametrize(
    ("budget", "within", "beyond"),
    [
        (Budget(exchanges=10), used(10), used(11)),
        (Budget(tokens=3000), used(10), used(11)),
        (Budget(tokens=3000, exchanges=5), used(5), used(6)),
        (Budget(traces=20.5), used(20), used(40)),
    ],
)
def test_the_exchange_that_goes_beyond_a_budget_is_over_it(
    budget: Budget, within: HarvestState, beyond: HarvestState
) -> None:
    assert not over(within, budget)
    assert over(beyond, budget)


def test_short_answers_and_the_same_over_again_are_no_traces() -> None:
    budget = Budget(traces=20)
    assert not over(used(500, tokens=20), budget)
    assert not over(used(500, payloads=1), budget)


def test_what_brings_nothing_home_is_not_counted() -> None:
    assert counted(HarvestState(), exchange(tokens=0)) == HarvestState()


def test_a_use_survives_storage_and_one_that_cannot_be_read_begins_anew() -> None:
    use = used(30)
    assert unseal(seal(use)) == use
    assert taken(use).exchanges == 30
    assert unseal(None) == unseal(b"\xff\x00") == unseal(seal("x")) == HarvestState()


@given(st.integers(0, 1000 * 86400), st.sampled_from([3600.0, DAY, 30 * DAY, float("inf")]))
def test_every_time_lies_in_the_window_that_began_last(after: int, per: float) -> None:
    since = window(entitlement(budget=Budget(exchanges=1, per=per)), START + after)
    assert since <= START + after < since + per
    assert per == float("inf") or (since - START) % per == 0
