"""The laboratory's harvesters among its honest accounts: one in twenty moves the numbers hardly, and still alarms."""

import math
import random
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import pytest

from detectors.base import Baseline
from detectors.lab.population import Tenant, population
from gateway.app.analysing import SHIPPED
from gateway.calibration.lives import Growing, Life
from gateway.calibration.work import Task, calibrate
from gateway.decisions import Subject
from gateway.engine import weigh
from gateway.lab.lives import lived
from tests.gateway.calibration import kit

MOST = 120  # exchanges of a life: enough to alarm
ALARM = math.log(1e4)  # nats
KINDS = ("self_instruct", "evolve", "personas", "self_chat", "training_set")
pytestmark = pytest.mark.slow


def life(tenant: Tenant) -> Life:
    growing = Growing(kit.PANEL)
    growing.add([answer for _, answer in lived(tenant, MOST, embedded=False).pairs])
    return growing.life(Subject("key", tenant.account))


class Learnt(NamedTuple):
    """Numbers from honest lives alone, with harvesters sifted, and with harvesters unsifted."""

    clean: Baseline
    sifted: Baseline
    spoilt: Baseline
    theirs: Sequence[Life]


@pytest.fixture(scope="module")
def learnt() -> Learnt:
    everybody = population(None, "judge", 1, 0.12, 0.15)
    honest = [life(one) for one in everybody if one.label == "benign" and not one.contracted]
    thieves = [life(one) for one in everybody if one.kind in KINDS and one.share == 1.0]
    theirs = thieves[: len(honest) // 20]
    mixed = random.Random(1).sample([*honest, *theirs], len(honest) + len(theirs))
    shipped = msgspec.json.decode(SHIPPED.read_bytes(), type=Baseline)
    start = Baseline(shipped.source, shipped.numbers, {}, shipped.means)  # classes are too small here to be moved

    def numbers(lives: Sequence[Life], spoilt: float) -> Baseline:
        task = Task(start, kit.PANEL, kit.POLICY, "key", spoilt)
        return calibrate(task, kit.gathered(list(lives)), kit.nothing).after

    return Learnt(numbers(honest, 0.0), numbers(mixed, 0.05), numbers(mixed, 0.0), theirs)


def raised(a: Baseline, b: Baseline) -> dict[str, float]:
    """Return by how much numbers of all traffic rose from a to b: tails in scales, rates in shares."""
    found = {}
    for name, number in a.numbers.items():
        if name.endswith(".tail.from"):
            found[name] = (b.numbers[name] - number) / a.numbers[name.replace(".from", ".scale")]
        elif name.endswith(".tail.scale"):
            found[name] = math.log(b.numbers[name] / number)
        elif "rate" in name:
            found[name] = b.numbers[name] - number
    return found


def weights(baseline: Baseline, lives: Sequence[Life]) -> list[float]:
    return [
        max(weigh(kit.PANEL, baseline, seen.folio, one.subject, 0.0).standing.weight for seen in one.looks)
        for one in lives
    ]


def test_one_harvester_in_twenty_hardly_moves_the_numbers(learnt: Learnt) -> None:
    assert len(learnt.theirs) >= 4
    assert max(raised(learnt.clean, learnt.sifted).values()) < 0.25


def test_unsifted_they_would_have_moved_them(learnt: Learnt) -> None:
    assert max(raised(learnt.clean, learnt.spoilt).values()) > 0.3


def test_they_are_still_alarmed_as_surely_and_unsifted_far_less(learnt: Learnt) -> None:
    clean, sifted, spoilt = (weights(baseline, learnt.theirs) for baseline in learnt[:3])
    assert sum(weight >= ALARM for weight in clean) >= len(clean) / 2
    assert sum(weight >= ALARM for weight in sifted) >= sum(weight >= ALARM for weight in clean)
    assert sum(sifted) > 0.8 * sum(clean)
    assert sum(spoilt) < 0.6 * sum(clean)
