from detectors.harvest import HarvestState
from gateway.appeals.rows import rows
from gateway.exemptions.base import Budget
from gateway.exemptions.index import Exemptions
from gateway.exemptions.uses import counted, seal
from tests.gateway.exemptions.kit import DAY, START, entitlement, exchange

MONTHLY = entitlement(budget=Budget(exchanges=10, tokens=3000, per=30 * DAY))


def used(count: int) -> bytes:
    use = HarvestState()
    for number in range(count):
        use = counted(use, exchange(number))
    return seal(use)


def test_what_is_used_in_the_window_that_runs_and_what_is_left() -> None:
    uses = {("acme", START): used(30), ("acme", START + 30 * DAY): used(4)}
    [row] = rows(Exemptions([MONTHLY]), uses, START + 31 * DAY)
    assert row.state == "open"
    assert row.spent == {"exchanges": (4, 10, 6), "tokens": (1200, 3000, 1800)}
    assert row.window_ends == START + 60 * DAY


def test_the_states_of_an_entitlement() -> None:
    uses = {("acme", START): used(11)}
    states = [next(rows(Exemptions([MONTHLY]), uses, START + at)).state for at in (-1, 0, 30 * DAY, 100 * DAY)]
    assert states == ["coming", "over budget", "open", "ended"]


def test_a_program_reads_plain_values_with_no_infinity() -> None:
    [row] = rows(Exemptions([entitlement(budget=Budget(traces=5.0))]), {}, START)
    shown = row.builtins()
    assert shown["subjects"] == ["account:acme"]
    assert shown["budget"] == {"traces": 5.0}
    assert shown["spent"] == {"traces": {"used": 0.0, "budget": 5.0, "left": 5.0}}
    assert shown["window_ends"] == START + 100 * DAY
