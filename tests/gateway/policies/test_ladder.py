import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.base import Harvest
from gateway.decisions import Mode, Standing, Subject, Verdict
from gateway.policies.ladder import Rung, ladder, rank
from gateway.policies.reading import SPEAKS

SEVERITY = {"watch": 1, "trim": 2, "throttle": 3, "deny": 5}


def rung(rule: str, one_in: float, action: str, mode: Mode = "enforce", **more: Any) -> Rung:
    verdict = Verdict(action=action, severity=SEVERITY[action], lasts=60.0, rule=rule, mode=mode)
    usual: dict[str, Any] = {"families": 1, "floor": Harvest(), "scopes": frozenset({"key"})}
    return Rung(weight=math.log(one_in), verdict=verdict, **{**usual, **more})


def standing(weight: float, scope: str = "key", harvest: Harvest | None = None, **families: float) -> Standing:
    return Standing(
        subject=Subject(scope, "s"),
        at=0.0,
        weight=weight,
        families=families or {"content": weight},
        evidence={},
        harvest=harvest or Harvest(),
    )


def rule(rungs: list[Rung], held: Standing) -> str:
    verdict = ladder("p", "r", rungs).judge(held)
    return verdict.rule if verdict else ""


STEPS = [
    rung("look", 1e3, "watch"),
    rung("trim", 1e5, "trim"),
    rung("slow", 1e6, "throttle"),
    rung("stop", 1e8, "deny"),
]


@pytest.mark.parametrize(
    ("one_in", "expected"),
    [
        (1, ""),
        (999, ""),
        (1e3, "look"),
        (1e5, "trim"),
        (0.999e6, "trim"),
        (1e6, "slow"),
        (1e8, "stop"),
        (1e300, "stop"),
    ],
)
def test_the_strictest_rung_that_is_met_wins(one_in: float, expected: str) -> None:
    assert rule(STEPS[::-1], standing(math.log(one_in))) == expected


def test_one_family_is_not_two_however_loud() -> None:
    two = [rung("stop", 1e3, "deny", families=2)]
    assert rule(two, standing(100.0, content=100.0)) == ""
    assert rule(two, standing(100.0, content=100.0, timing=SPEAKS - 1e-9)) == ""
    assert rule(two, standing(100.0, content=100.0, timing=SPEAKS)) == "stop"


@pytest.mark.parametrize("field", Harvest.__struct_fields__)
def test_every_number_of_the_floor_must_be_reached(field: str) -> None:
    floor = Harvest(exchanges=10, prompt_tokens=10, completion_tokens=10, reasoning_tokens=10, traces=10)
    floored = [rung("stop", 1, "deny", floor=floor)]
    short = {name: 9 if name == field else 10 for name in Harvest.__struct_fields__}
    assert rule(floored, standing(50.0, harvest=floor)) == "stop"
    assert rule(floored, standing(50.0, harvest=Harvest(**short))) == ""


def test_a_rung_says_nothing_of_other_scopes() -> None:
    assert rule(STEPS, standing(50.0, scope="network")) == ""


def test_rungs_that_are_off_do_not_exist() -> None:
    assert rule([rung("look", 1e3, "watch"), rung("stop", 1e3, "deny", mode="off")], standing(50.0)) == "look"


def test_of_two_alike_the_one_that_takes_more_evidence_wins() -> None:
    assert rule([rung("slow", 1e3, "throttle"), rung("slower", 1e6, "throttle")], standing(50.0)) == "slower"


def test_a_rung_in_shadow_does_not_lift_a_measure_in_force() -> None:
    assert rule([rung("trim", 1e3, "trim"), rung("stop", 1e6, "deny", mode="shadow")], standing(50.0)) == "trim"


def test_watching_in_force_does_not_hide_the_shadow() -> None:
    assert rule([rung("look", 1e3, "watch"), rung("stop", 1e6, "deny", mode="shadow")], standing(50.0)) == "stop"


def test_at_equal_severity_what_is_enforced_ranks_higher() -> None:
    for severity in range(1, 6):
        shadow, enforced = (Verdict(action="a", severity=severity, lasts=1, mode=m) for m in ("shadow", "enforce"))
        assert rank(enforced) > rank(shadow)


@settings(deadline=None)
@given(
    weight=st.floats(0, 100), more=st.floats(0, 100), traces=st.floats(0, 1e6), timing=st.floats(0, 50),
    floors=st.lists(st.sampled_from([0.0, 10.0, 1000.0]), min_size=4, max_size=4),
)  # fmt: skip
def test_more_evidence_never_makes_a_verdict_milder(
    weight: float, more: float, traces: float, timing: float, floors: list[float]
) -> None:
    rungs = [
        rung(
            step.verdict.rule,
            math.exp(step.weight),
            step.verdict.action,
            floor=Harvest(traces=floor),
            families=1 + i % 2,
        )
        for i, (step, floor) in enumerate(zip(STEPS, floors, strict=True))
    ]
    harvest = Harvest(traces=traces)
    policy = ladder("p", "r", rungs)
    less = policy.judge(standing(weight, harvest=harvest, content=weight, timing=timing))
    surer = policy.judge(standing(weight + more, harvest=harvest, content=weight + more, timing=timing))
    assert (surer.severity if surer else 0) >= (less.severity if less else 0)
