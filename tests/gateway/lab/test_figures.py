"""Each figure is what was counted, under the name and with the bounds that this project agreed on."""

from collections.abc import Callable

import pytest

from gateway.lab.figures import Figure, figures
from gateway.lab.findings import Findings
from gateway.lab.outcome import Outcome, Who


def named(found: Findings) -> dict[str, Figure]:
    return {one.name: one for one in figures(found)}


def test_names_are_there_once_each(found: Findings) -> None:
    names = [one.name for one in figures(found)]
    assert len(names) == len(set(names))
    agreed = (
        "benign_tenants_alarmed single_key_detected single_key_median_queries share25_window200 share10_window200 "
        "share10_window1500 baselines_beaten_on_every_kind unseen_minus_seen_points hard_negative_kinds_alarmed_twice"
    )
    assert set(agreed.split()) <= set(names)


def test_shares_and_medians_are_counted(found: Findings) -> None:
    values = {name: one.value for name, one in named(found).items()}
    assert values["benign_tenants_alarmed"] == pytest.approx(1 / 200)
    assert values["benign_long_history_alarmed"] == pytest.approx(1 / 200)
    assert values["single_key_detected"] == pytest.approx(0.9)
    assert values["single_key_median_queries"] == pytest.approx(66.0)
    assert values["single_key_harvest_gone"] == pytest.approx(66 / 600)
    assert values["contracted_alarmed"] == pytest.approx(1.0)
    assert values["campaign_shares_detected"] == pytest.approx(0.0)
    assert values["benign_alarmed.class.app"] == pytest.approx(1.0)


def test_false_alarms_are_held_against_the_promise(found: Findings) -> None:
    values = named(found)
    assert values["false_alarms_per_tenant_day_1e6"].value == pytest.approx(1 / 600)
    assert values["false_alarms_per_tenant_day_over_promise"].value == pytest.approx(1e6 / 600)
    assert values["false_alarms_per_tenant_day_over_promise"].verdict == "**missed**"
    assert values["enforced_false_alarms_per_tenant_day"].n == 600


def test_windows_stand_at_a_stated_rate(found: Findings) -> None:
    values = named(found)
    for name in ("share25_window200", "share10_window200"):
        assert values[name].value == pytest.approx(1.0)
        assert values[f"{name}_false_alarms"].value == pytest.approx(0.0)
        assert values[f"{name}_limit_learnt"].value == pytest.approx(1.0)
    assert values["share10_window1500"].value is None  # no honest life is as long
    assert values["share10_window1500"].verdict == "not measured"


def test_rivals_are_held_to_the_same_rate(found: Findings) -> None:
    values = named(found)
    assert values["rival.meter.single_key_detected"].value == pytest.approx(0.5)
    assert values["baselines_beaten_on_every_kind"].value == pytest.approx(1.0)
    assert values["baselines_least_ratio"].value is None  # the rival's median is never


def test_the_least_ratio_is_that_of_the_best_rival(found: Findings) -> None:
    keen = [one for one in found.outcomes if one.who.kind != "harvest" or one.rivals["meter"].peak() > 1.0]
    assert named(found._replace(outcomes=keen))["baselines_least_ratio"].value == pytest.approx(50 / 67)


def test_a_kind_that_nobody_detects_is_no_victory(found: Findings) -> None:
    blind = found._replace(
        outcomes=[one._replace(alarm=0, rivals={"meter": one.rivals["meter"]}) for one in found.honest()]
    )
    missed = [one._replace(alarm=0) for one in found.single() if one.rivals["meter"].peak() < 1.0]
    values = named(blind._replace(outcomes=[*blind.outcomes, *missed]))
    assert values["baselines_beaten_on_every_kind"].value == pytest.approx(0.0)


def test_unseen_sources_are_compared_within_kinds(
    found: Findings, make: Callable[..., Outcome], who: Callable[..., Who]
) -> None:
    # One kind is hard and mostly unseen, the other easy and mostly seen: each does as well on both.
    hard = [make(who(i, "adversary", 1.0, kind="hard", seen=i < 2), 9 * (i % 2)) for i in range(12)]
    easy = [make(who(i, "adversary", 1.0, kind="easy", seen=i >= 2), 9) for i in range(12)]
    values = named(found._replace(outcomes=[*found.honest(), *hard, *easy]))
    assert values["unseen_minus_seen_points"].value == pytest.approx(0.0)
    assert values["unseen_minus_seen_points"].n == 24


@pytest.mark.parametrize(
    ("value", "op", "must", "aim", "verdict"),
    [
        (0.5, ">=", 0.4, 0.6, "must"),
        (0.6, ">=", 0.4, 0.6, "aim"),
        (0.3, ">=", 0.4, 0.6, "**missed**"),
        (0.3, "<=", 0.4, 0.2, "must"),
        (3.0, "<=", None, 0.0, "aim missed"),
        (3.0, "<=", None, None, ""),
        (None, "<=", 1.0, 1.0, "not measured"),
    ],
)
def test_a_verdict_in_a_word(value: float, op: str, must: float, aim: float, verdict: str) -> None:
    assert Figure("x", value, "u", op, must, aim, 1).verdict == verdict


def test_nothing_measured_breaks_nothing() -> None:
    values = named(Findings([], [], {"none": []}, [], 1e5))
    assert values["single_key_detected"].value is None
