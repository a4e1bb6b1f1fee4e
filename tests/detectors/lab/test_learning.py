from random import Random

import pytest

from detectors.base import Baseline
from detectors.lab.learning import Row, places, tail, weights
from detectors.stats.likeness import score


def rows(n: int = 200) -> list[Row]:
    """Return adversaries that differ by ``a``, are lower in ``b``, and are alike in ``c``."""
    dice, found = Random(1), []
    for i in range(n):
        adversary = i % 2 == 0
        shares = {
            "a": min(1.0, 0.5 * adversary + 0.5 * dice.random()),
            "b": min(1.0, 0.5 * (not adversary) + 0.5 * dice.random()),
            "c": dice.random(),
        }
        found.append(Row(float(8 << i % 7), shares, adversary, 1.0))
    return found


def test_weights_keep_the_sign_that_their_cause_has() -> None:
    numbers = weights("x", rows(), {"a": 1, "b": 1, "c": 1})
    assert numbers["x.a"] > 1.0
    assert numbers.get("x.b", 0.0) == 0.0  # it speaks the other way, and is not believed
    assert all(value >= 0.0 for name, value in numbers.items() if "bias" not in name)
    assert weights("x", rows(), {"b": 0})["x.b"] < -1.0
    assert weights("x", rows(), {"a": -1}).get("x.a", 0.0) == 0.0


def test_scores_tell_adversaries_from_honest_subjects() -> None:
    some = rows()
    baseline = Baseline(numbers=weights("x", some, {"a": 1, "b": 0, "c": 0}))
    scores = [(score("x", row.shares, row.n, baseline), row.adversary) for row in some]
    right = sum((value > 0.0) == adversary for value, adversary in scores)
    assert right > 0.9 * len(some)


def test_a_tail_is_found_from_the_scores_of_honest_lives() -> None:
    dice = Random(2)
    numbers = tail("x", [dice.expovariate(2.0) for _ in range(4000)])
    assert numbers["x.tail.share"] == 0.2
    assert numbers["x.tail.from"] == pytest.approx(0.80, abs=0.05)  # log(5) / 2
    assert numbers["x.tail.scale"] == pytest.approx(0.5, rel=0.15)


def test_a_few_harvesters_among_the_honest_hardly_move_the_tail() -> None:
    dice = Random(3)
    honest = [dice.expovariate(2.0) for _ in range(950)]
    clean, spoilt = tail("x", honest), tail("x", [*honest, *[50.0] * 50], 0.05)
    assert spoilt["x.tail.from"] == pytest.approx(clean["x.tail.from"], abs=0.05)
    assert spoilt["x.tail.scale"] == pytest.approx(clean["x.tail.scale"], rel=0.2)


@pytest.mark.parametrize("highest", [[1.0], [2.0] * 40])
def test_a_tail_of_few_or_equal_lives_has_a_scale(highest: list[float]) -> None:
    assert tail("x", highest)["x.tail.scale"] >= 0.05


def test_places_tell_the_classes_that_they_were_learnt_from() -> None:
    dice, shares, kinds = Random(4), [], []
    for i in range(90):
        kind = ("chat", "agent", "labelling")[i % 3]
        shares.append({"tooled": float(kind == "agent"), "short": float(kind == "labelling"), "many": dice.random()})
        kinds.append(kind)
    numbers = places(shares, kinds, [1.0] * 90)
    assert numbers["company.agent.tooled"] > 1.0 > numbers["company.chat.tooled"]
    assert numbers["company.labelling.short"] > 1.0
