import math
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.base import Harvest
from gateway.decisions import Mode, Standing, Subject, Verdict
from gateway.policies.condition import Condition
from gateway.policies.ladder import Rung, Step, ladder, rank
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


@given(st.lists(st.sampled_from(STEPS)), st.floats(0.0, 25.0))
def test_below_its_least_weight_a_ladder_says_nothing(rungs: list[Rung], weight: float) -> None:
    policy = ladder("p", "r", rungs)
    assert (policy.judge(standing(weight)) is None) == (weight < policy.least)


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


def asking(text: str, one_in: float = 1.0) -> Rung:
    return rung("asks", one_in, "trim", condition=Condition(text))


def test_a_condition_must_hold_as_well() -> None:
    rungs = [rung("look", 1e3, "watch"), asking("'research' in tags", 1e3)]
    held = standing(math.log(1e4))
    assert rule(rungs, held) == "look"
    assert rule(rungs, msgspec.structs.replace(held, tags=("research",))) == "asks"
    assert rule(rungs, msgspec.structs.replace(standing(1.0), tags=("research",))) == ""


def test_a_rule_that_cannot_be_evaluated_touches_nobody_and_is_told_each_time() -> None:
    policy = ladder("p", "r", [rung("look", 1e3, "watch"), asking("1 / (speaking - 1) > 0")])
    told = policy.judgement(standing(20.0))
    assert told.verdict is not None
    assert told.verdict.rule == "look"
    assert [(fault.policy, fault.rule) for fault in told.faults] == [("p", "asks")]
    assert "divide by zero" in told.faults[0].reason
    assert policy.judgement(standing(0.0)).faults == ()  # not asked: no family speaks


def test_of_rules_that_contradict_each_other_the_strictest_decides() -> None:
    rungs = [asking("weight > 5.0"), rung("no", 1, "watch", condition=Condition("weight > 5.0"))]
    assert rule(rungs, standing(6.0)) == rule(rungs[::-1], standing(6.0)) == "asks"


def test_keys_that_conditions_name_are_there_though_nobody_wrote_them() -> None:
    text = "evidence.volume == 0.0 && strikes['p/slow'] == 0"
    policy = ladder("p", "r", [asking(text)], {"evidence": ("volume",), "strikes": ("p/slow",)})
    assert policy.judgement(standing(9.0)).verdict is not None
    assert policy.counts


def test_a_sample_is_a_share_of_the_subjects_and_grows_by_joining() -> None:
    held = [msgspec.structs.replace(standing(50.0), subject=Subject("key", str(n))) for n in range(2000)]
    some, more = ([rung("trim", 1e3, "trim", sample=share).met(one) for one in held] for share in (0.1, 0.4))
    assert 140 < sum(some) < 260
    assert 700 < sum(more) < 900
    assert all(later for early, later in zip(some, more, strict=True) if early)
    assert not any(rung("trim", 1e3, "trim", sample=0.0).met(one) for one in held)
    other = [rung("other", 1e3, "trim", sample=0.1).met(one) for one in held]
    assert other != some


def escalating(mode: Mode = "enforce") -> Rung:
    longer = Verdict(action="trim", severity=2, lasts=600.0, policy="p", rule="trim", mode=mode)
    denied = msgspec.structs.replace(longer, action="deny", severity=5)
    keys = frozenset({"key"})
    first = msgspec.structs.replace(longer, lasts=60.0)
    steps = (Step(2, frozenset({"key", "network"}), longer), Step(4, keys, denied))
    scopes = frozenset({"key", "network"})
    return msgspec.structs.replace(rung("trim", 1e3, "trim", scopes=scopes, steps=steps, within=3600.0), verdict=first)


@pytest.mark.parametrize(
    ("before", "scope", "expected"),
    [
        (0, "key", ("trim", 60.0)),
        (1, "key", ("trim", 60.0)),
        (2, "key", ("trim", 600.0)),
        (3, "key", ("trim", 600.0)),
        (4, "key", ("deny", 600.0)),
        (99, "key", ("deny", 600.0)),
        (99, "network", ("trim", 600.0)),
    ],
)
def test_repetition_makes_a_rung_say_more(before: int, scope: str, expected: tuple[str, float]) -> None:
    held = msgspec.structs.replace(standing(50.0, scope=scope), strikes={"p/trim": before})
    verdict = ladder("p", "r", [escalating()]).judge(held)
    assert verdict is not None
    assert (verdict.action, verdict.lasts) == expected


def test_what_was_only_decided_in_shadow_makes_no_enforced_rung_stricter() -> None:
    held = msgspec.structs.replace(standing(50.0), strikes={"p/trim:shadow": 9})
    enforced, shadow = (ladder("p", "r", [escalating(mode)]).judge(held) for mode in ("enforce", "shadow"))
    assert enforced is not None
    assert shadow is not None
    assert (enforced.action, shadow.action) == ("trim", "deny")


MODES: list[Mode] = ["enforce", "shadow", "off"]
RUNGS = st.builds(
    rung,
    st.sampled_from(["a", "b"]),
    st.sampled_from([1.0, 1e2, 1e4]),
    st.sampled_from(list(SEVERITY)),
    st.sampled_from(MODES),
    families=st.integers(0, 2),
    sample=st.sampled_from([0.0, 0.5, 1.0]),
    condition=st.none() | st.sampled_from([Condition("speaking > 0"), Condition("evidence[scope] > 1.0")]),
)


@given(st.lists(RUNGS, max_size=5), RUNGS, st.floats(0, 30), st.sampled_from("abcd"))
def test_a_rung_tried_in_shadow_never_changes_an_enforced_measure(
    rungs: list[Rung], tried: Rung, weight: float, name: str
) -> None:
    shadow = msgspec.structs.replace(tried, verdict=msgspec.structs.replace(tried.verdict, mode="shadow"))
    held = msgspec.structs.replace(standing(weight), subject=Subject("key", name))
    before, after = ladder("p", "r", rungs).judge(held), ladder("p", "r", [*rungs, shadow]).judge(held)
    if before is not None and before.mode == "enforce" and before.severity >= 2:
        assert after == before
    assert after is None or after.mode == "shadow" or after == before
