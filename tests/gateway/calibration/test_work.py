"""A whole calibration on synthetic lives: who is left out, what is said, and what is refused."""

import pytest

from gateway.calibration.lives import Life
from gateway.calibration.work import TooFewError, calibrate
from tests.gateway.calibration import kit

HONEST = kit.honest()
THEIRS = [kit.life(kit.harvest, seed) for seed in range(3)]


def test_harvesters_are_left_out_and_move_nothing_and_without_the_share_they_would() -> None:
    clean = calibrate(kit.task(0.0), kit.gathered(HONEST), kit.nothing).after
    sifted = calibrate(kit.task(0.05), kit.gathered([*HONEST, *THEIRS]), kit.nothing)
    spoilt = calibrate(kit.task(0.0), kit.gathered([*HONEST, *THEIRS]), kit.nothing)
    assert sifted.left.out == {len(HONEST), len(HONEST) + 1, len(HONEST) + 2}
    assert sifted.after.numbers == clean.numbers
    assert sifted.after.classes == clean.classes
    assert spoilt.left.out == set()
    assert spoilt.after.numbers["likeness.tail.from"] > clean.numbers["likeness.tail.from"]


def test_honest_traffic_loses_nobody_to_the_share() -> None:
    found = calibrate(kit.task(0.05), kit.gathered(HONEST), kit.nothing)
    assert found.left.out == set()
    assert found.after.numbers == calibrate(kit.task(0.0), kit.gathered(HONEST), kit.nothing).after.numbers


def test_who_is_there_is_told_twice_for_the_progress() -> None:
    told: list[int] = []
    calibrate(kit.task(), kit.gathered(HONEST), lambda: told.append(1))
    assert len(told) == 2 * len(HONEST)


@pytest.mark.parametrize("lives", [[], HONEST[:1], HONEST[:24], [kit.life(kit.chat, n, 7) for n in range(30)]])
def test_too_few_are_refused(lives: list[Life]) -> None:
    with pytest.raises(TooFewError, match="25 such are needed"):
        calibrate(kit.task(), kit.gathered(lives), kit.nothing)


def test_few_are_learnt_from_and_not_judged() -> None:
    found = calibrate(kit.task(), kit.gathered(HONEST[:30]), kit.nothing)
    assert found.expected is None
    assert found.after.numbers != kit.TAUGHT.numbers


def test_the_source_says_what_it_was_learnt_from() -> None:
    source = calibrate(kit.task(), kit.gathered([*HONEST, *THEIRS]), kit.nothing).after.source
    assert source.startswith("70 subjects (scope key), 4380 exchanges of recorded traffic; 3 of 73 subjects left out")
    assert source.endswith("is from: a test's teaching")
