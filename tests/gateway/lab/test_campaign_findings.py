"""The figures of the campaigns' benchmark."""

from detectors.lab.traffic import START
from gateway.lab.campaign_findings import Findings, figures
from gateway.lab.campaign_outcome import Ledger
from gateway.lab.campaign_rivals import Compared
from gateway.lab.campaign_watch import Look
from tests.gateway.lab.campaigns import BANNED, CLASS, HOUR, PEOPLE, POOLS, look, trial

RIVALS = (Compared("prada, each key alone", (1, 20), (0, 1), (0, 42), (0, 1)),
          Compared("pools by network", (20, 20), (1, 1), (9, 42), (1, 1)))  # fmt: skip


def _measured(*touching: Look) -> dict[str, float | None]:
    return {one.name: one.value for one in figures(Findings(Ledger(trial(*touching)), RIVALS))}


def test_everything_is_right_when_the_whole_campaign_is_named_and_nobody_else() -> None:
    found = _measured(look("camp_a", START + 2 * HOUR, POOLS[:10]), look("camp_a", BANNED + 2 * HOUR, POOLS))

    assert (found["found"], found["keys_attributed"], found["precision"]) == (1.0, 1.0, 1.0)
    assert found["harvest_gone"] == 10 / 2000
    assert found["second_pool_exchanges"] == 10
    assert (found["innocent_groups_named"], found["individuals_named"]) == (0.0, 0.0)
    assert (found["best_of_single_keys_found"], found["best_of_pools_found"]) == (0.0, 1.0)


def test_whoever_else_is_named_counts_against_precision_and_by_what_it_is() -> None:
    found = _measured(look("camp_a", START + 2 * HOUR, [*POOLS[:12], *PEOPLE[:3], *CLASS[:7]]))

    assert found["precision"] == 12 / 22
    assert found["innocent_groups_named"] == 1.0
    assert (found["innocent_members_named"], found["individuals_named"]) == (7.0, 3.0)


def test_a_campaign_that_is_never_found_is_missing_from_what_needs_one() -> None:
    found = _measured()

    assert (found["found"], found["harvest_gone"]) == (0.0, 1.0)
    assert found["precision"] is None
    assert found["second_pool_exchanges"] is None
