"""What is learnt anew, and what stays because too few subjects speak to it."""

from copy import deepcopy

import pytest

from detectors.base import Baseline
from gateway.calibration.learning import changes, learnt, moved, telling
from tests.gateway.calibration import kit

HONEST = kit.honest()


@pytest.fixture(scope="module")
def after() -> Baseline:
    return learnt(kit.TAUGHT, HONEST, kit.PANEL, "a test")


def test_weights_and_places_stay_and_tails_are_learnt(after: Baseline) -> None:
    for name in kit.TAUGHT.numbers:
        if ".tail." not in name:
            assert after.numbers[name] == kit.TAUGHT.numbers[name]
    assert after.numbers["likeness.tail.from"] != kit.TAUGHT.numbers["likeness.tail.from"]
    assert after.source == "a test"


def test_large_classes_have_numbers_of_their_own_and_small_ones_keep_theirs(after: Baseline) -> None:
    assert after.classes.keys() == {"agent", "chat", "labelling"}
    assert after.classes["agent"] == kit.TAUGHT.classes["agent"]
    assert after.class_means["agent"] == kit.TAUGHT.class_means["agent"]
    assert "likeness.tail.from" in after.classes["chat"]


def test_the_numbers_one_starts_from_are_unharmed() -> None:
    before = deepcopy(kit.TAUGHT)
    learnt(kit.TAUGHT, HONEST, kit.PANEL, "a test")
    assert before == kit.TAUGHT


def test_breadth_of_sizes_that_few_reach_is_never_taken_for_narrower_than_it_was() -> None:
    start = Baseline(numbers=kit.TAUGHT.numbers | {"coverage.mean.32": 3.2, "coverage.mean.64": 9.0})
    after = learnt(start, HONEST, kit.PANEL, "a test").numbers
    assert after["coverage.mean.32"] != 3.2
    assert after["coverage.mean.64"] == 9.0
    short = learnt(start, [kit.life(kit.chat, seed, 12) for seed in range(30)], kit.PANEL, "a test").numbers
    assert short["coverage.mean.32"] >= 3.2


def test_all_of_one_class_is_learnt_as_that_class_and_as_all() -> None:
    after = learnt(Baseline(numbers=kit.TAUGHT.numbers), [kit.life(kit.chat, i) for i in range(26)], kit.PANEL, "x")
    assert after.classes.keys() == {"chat"}
    assert after.classes["chat"]["likeness.tail.from"] == after.numbers["likeness.tail.from"]


def test_every_change_is_told_and_nothing_else(after: Baseline) -> None:
    told = {(one.kind, one.name): (one.before, one.after) for one in changes(kit.TAUGHT, after)}
    assert told["", "likeness.tail.from"] == (4.0, after.numbers["likeness.tail.from"])
    assert told["chat", "likeness.tail.from"] == (None, after.classes["chat"]["likeness.tail.from"])
    assert not any(kind == "agent" for kind, _ in told)
    assert list(changes(after, after)) == []
    assert moved(after, after) == {}
    assert moved(kit.TAUGHT, after).keys() == {"departure", "departure/labelling"}


def test_lives_of_a_few_exchanges_say_nothing() -> None:
    lives = [kit.life(kit.chat, 1, 7), kit.life(kit.chat, 2, 8)]
    assert telling(lives) == lives[1:]
