import math
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.base import Baseline, Detector, Evidence, Family, Panel
from gateway.fusion import families, log_mean, spoken


@dataclass(frozen=True)
class Saying:
    """Says its state."""

    family: Family = "content"

    def evidence(self, state: float, _baseline: Baseline) -> Evidence:
        if state == 99.0:
            raise OverflowError
        return Evidence(state)


def panel(**kinds: Family) -> Panel:
    return {name: saying(family) for name, family in kinds.items()}


def saying(family: Family) -> Detector[Evidence]:
    detector: Detector[Evidence] = Saying(family)  # type: ignore[assignment]  # it only speaks
    return detector


@given(st.lists(st.floats(0, 5000), min_size=1, max_size=8))
def test_a_mean_of_e_values_lies_between_largest_and_its_share(weights: list[float]) -> None:
    mean = log_mean(weights)
    assert max(0.0, max(weights) - math.log(len(weights))) - 1e-9 <= mean <= max(weights) + 1e-9


def test_silence_is_an_e_value_of_one() -> None:
    assert log_mean([]) == log_mean([0.0, 0.0]) == 0.0
    assert log_mean([math.log(3.0), 0.0]) == pytest.approx(math.log(2.0))


def test_each_family_is_averaged_by_itself() -> None:
    evidence = {"a": Evidence(math.log(3.0)), "b": Evidence(), "c": Evidence(2.0)}
    found = families(panel(a="content", b="content", c="timing"), evidence)
    assert found == pytest.approx({"content": math.log(2.0), "timing": 2.0})


@pytest.mark.parametrize(("state", "weight", "named"), [
    (3.0, 3.0, []), (-2.0, 0.0, []), (math.nan, 0.0, ["a"]), (math.inf, 0.0, ["a"]), (99.0, 0.0, ["a"]),
])  # fmt: skip
def test_what_is_no_number_says_nothing_and_is_named(state: float, weight: float, named: list[str]) -> None:
    faults: list[str] = []
    assert spoken(panel(a="content"), {"a": state}, Baseline(), faults)["a"].weight == weight
    assert faults == named
