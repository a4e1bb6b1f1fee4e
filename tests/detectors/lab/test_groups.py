import numpy as np
import pytest

from detectors.lab.groups import learnt
from tests.detectors.linkage.crowd import Members, people, pool


def test_the_numbers_are_those_of_the_kinds_that_differ_least() -> None:
    dice = np.random.default_rng(1)
    kinds: dict[str, Members] = {f"kind{i}": people(dice, 40, spread=0.5 + i / 5) for i in range(6)}
    found = learnt(kinds)
    assert 0.3 < found["balance.spread"] < 1.2
    assert found["synchrony.rate"] < 0.25
    mixed = learnt(kinds | {"pool": pool(dice, 40)})
    assert mixed["synchrony.rate"] > found["synchrony.rate"]


@pytest.mark.parametrize("size", [0, 7])
def test_kinds_of_few_teach_nothing(size: int) -> None:
    assert set(learnt({"few": people(np.random.default_rng(2), size)}).values()) == {0.0}
