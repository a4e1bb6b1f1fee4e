"""What the baseline is learnt from is what the engine folds, looked at as a life grows."""

from itertools import islice

import pytest

from detectors.base import Baseline
from detectors.lab.population import Tenant, population
from detectors.lab.school import LOOKS
from gateway.engine import begin, fold
from gateway.lab.judging import Bench
from gateway.lab.lives import lived
from gateway.lab.schooling import record, schooled
from gateway.plugins import panel
from gateway.policies.ladder import Ladder

PANEL = panel({})
BENCH = Bench(PANEL, Baseline(), Ladder(name="none", revision="", rungs=()))


@pytest.fixture(scope="module")
def tenants() -> list[Tenant]:
    return population(None, "learn", 3, 0.02, 0.02)


def test_a_life_is_looked_at_as_it_grows_and_at_its_end(tenants: list[Tenant]) -> None:
    tenant = next(one for one in tenants if sum(1 for _ in islice(one.exchanges(), 40)) == 40)
    pairs = lived(tenant, 40, embedded=False).pairs
    found = record(PANEL, pairs, "chat")
    assert [look.exchanges for look in found.looks] == [*[n for n in LOOKS if n < 40], 40]
    folio = fold(PANEL, begin(PANEL), [observation for pair in pairs for observation in pair]).folio
    last = found.looks[-1]
    assert {name: PANEL[name].evidence(state, Baseline()).weight for name, state in last.states.items()} == {
        name: PANEL[name].evidence(state, Baseline()).weight for name, state in folio.states.items()
    }


def test_an_honest_tenant_brings_its_class_and_a_padded_adversary_nothing(tenants: list[Tenant]) -> None:
    honest = next(one for one in tenants if one.label == "benign")
    assert schooled(BENCH, honest).kind == honest.traffic_class
    padded = next(one for one in tenants if one.label == "adversary" and one.share < 1.0)
    assert schooled(BENCH, padded) == ("", True, ())


def test_a_life_without_exchanges_is_no_look() -> None:
    assert record(PANEL, []).looks == []
