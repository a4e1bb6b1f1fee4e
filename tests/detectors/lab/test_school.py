from random import Random
from typing import Any

import pytest

from detectors.base import Baseline, Panel
from detectors.company import CompanyFold
from detectors.generation import Generation
from detectors.lab.learning import FEWEST
from detectors.lab.school import Look, Record, calibrated, taught
from detectors.likeness import Likeness
from detectors.volume import Volume
from tests.detectors.bets import NOW, exchange

COMPANY = CompanyFold()
PANEL: Panel = {"likeness": Likeness(), "volume": Volume(), "generation": Generation()}


def record(kind: str, seed: int, *, adversary: bool = False, length: int = 64) -> Record:
    """Return a life: adversaries ask for tasks, a labeller gets a word back, people go on talking,
    an app names its users.
    """
    dice, looks = Random(seed), []
    states: dict[str, Any] = {name: detector.initial() for name, detector in PANEL.items()}
    company = COMPANY.initial()
    for i in range(length):
        query: dict[str, Any] = {
            "payload": dice.getrandbits(64),
            "grams": tuple([dice.getrandbits(64) for _ in range(4)]),
        }
        query |= (
            {"asks": 1} if adversary else {"turns": 1 + (kind == "chat") * dice.randrange(6), "named": kind == "app"}
        )
        pair = exchange(NOW + 60.0 * i, 3 if kind == "labelling" else 300, **query)
        for name, detector in PANEL.items():
            for observation in pair:
                states[name] = detector.update(states[name], observation)
        company = COMPANY.fold(company, pair)
        if (i + 1).bit_count() == 1:
            looks.append(Look(i + 1, dict(states), company))
    return Record(kind, adversary, looks)


@pytest.fixture(scope="module")
def honest() -> list[Record]:
    dice = Random(1)
    kinds = ["chat"] * (FEWEST + 5) + ["labelling"] * (FEWEST + 5) + ["app"] * 5
    return [record(kind, seed, length=dice.choice([16, 32, 64])) for seed, kind in enumerate(kinds)]


@pytest.fixture(scope="module")
def baseline(honest: list[Record]) -> Baseline:
    harvesters = [record("", 1000 + seed, adversary=True) for seed in range(20)]
    return taught([*honest, *harvesters], PANEL)


def test_what_is_taught_are_weights_and_places(baseline: Baseline) -> None:
    assert baseline.numbers["volume.taken"] == 1.0
    assert any(name.startswith("company.labelling.") for name in baseline.numbers)
    assert any(name.startswith("likeness.marks.0") and value > 0.0 for name, value in baseline.numbers.items())
    assert not any("tail" in name for name in baseline.numbers)


def test_an_adversary_speaks_against_the_tails_of_honest_lives_and_they_do_not(
    baseline: Baseline, honest: list[Record]
) -> None:
    found = calibrated(baseline, honest, PANEL, "a test")

    def said(one: Record) -> float:
        within = found.within(COMPANY.placed(one.looks[-1].company, found))
        return PANEL["likeness"].evidence(one.looks[-1].states["likeness"], within).weight

    assert said(record("", 77, adversary=True)) > 3.0
    assert sum(said(one) > 3.0 for one in honest) <= 1
    assert found.source == "a test"


def test_a_class_that_is_large_enough_has_numbers_of_its_own(baseline: Baseline, honest: list[Record]) -> None:
    found = calibrated(baseline, honest, PANEL, "a test")
    assert {"likeness.tail.from", "generation.rate"} <= set(found.classes["chat"]) & set(found.classes["labelling"])
    assert found.classes["chat"]["likeness.tail.from"] != found.classes["labelling"]["likeness.tail.from"]
    few = calibrated(baseline, honest[: FEWEST - 1], PANEL, "a test")
    assert "likeness.tail.from" not in few.classes.get("chat", {})


def test_calibration_leaves_what_was_taught_as_it_is(baseline: Baseline, honest: list[Record]) -> None:
    before = dict(baseline.numbers)
    found = calibrated(baseline, honest, PANEL, "a test")
    assert baseline.numbers == before
    assert {name: found.numbers[name] for name in before} == before


def test_subjects_whose_class_nobody_knows_are_placed(baseline: Baseline, honest: list[Record]) -> None:
    found = calibrated(baseline, [one._replace(kind="") for one in honest], PANEL, "a test")
    assert "labelling" in found.classes
