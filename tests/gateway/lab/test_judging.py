"""A tenant is judged as the analyst would judge it, and windows as if there were nothing else."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.base import Baseline
from detectors.lab.rivals.rate_limit import RateLimit
from gateway.decisions import Standing, Verdict
from gateway.lab.ablation import ablations, alarm, recalled
from gateway.lab.judging import Bench, judge, schedule, windowed
from gateway.lab.lives import lived
from gateway.plugins import panel


class From(NamedTuple):
    """Touches whoever has taken so many answers, in a family or not."""

    taken: int
    families: int = 0

    def judge(self, standing: Standing) -> Verdict | None:
        speaking = sum(weight > 0.0 for weight in standing.families.values())
        met = standing.harvest.exchanges >= self.taken and speaking >= self.families
        return Verdict(action="trim", severity=2 if met else 1, lasts=1.0)


@dataclass(frozen=True)
class Counting:
    """Says a nat for every ten queries."""

    name: str = "counting"
    family: str = "timing"

    def initial(self) -> int:
        return 0

    def update(self, state: int, observation: object) -> int:
        del observation
        return state + 1

    def evidence(self, state: int, baseline: Baseline) -> Any:
        del baseline
        return panel({})["cadence"].evidence(panel({})["cadence"].initial(), Baseline()).__class__(state / 20.0)


def bench(policy: Any, **other: Any) -> Bench:
    return Bench({"counting": Counting(), "still": Counting("still", "content")}, Baseline(), policy, **other)  # type: ignore[dict-item] # enough of one


@given(st.integers(0, 5000))
def test_looks_are_rare_but_never_late(count: int) -> None:
    looks = schedule(count)
    assert looks[-1:] == ([count] if count else [])
    assert all(0 < b - a <= max(1, a // 16) for a, b in pairwise([0, *looks]))
    assert len(looks) <= 140


def test_the_alarm_is_the_look_at_which_the_policy_first_touches(player: Any) -> None:
    outcome = judge(bench(From(12)), player(label="adversary", share=0.25, plan=20, most=60))
    assert (outcome.alarm, outcome.convinced) == (12, 1)
    assert outcome.taken == 3
    assert outcome.gone == pytest.approx(3 / 20)
    assert (outcome.exchanges, outcome.attacks, outcome.days) == (60, 15, 1)
    assert judge(bench(From(1000)), player(most=60)).alarm == 0


def test_the_trace_holds_what_was_said_at_each_look(player: Any) -> None:
    trace = judge(bench(From(12)), player(most=60)).trace
    assert trace.at.tolist() == schedule(60)
    assert trace.weights[:, 0] == pytest.approx(trace.at / 10)
    assert trace.fused[-1] == pytest.approx(12.0)
    assert trace.harvests[-1][0] == 60


def test_rivals_see_the_same_life(player: Any) -> None:
    outcome = judge(bench(From(12), rivals=(RateLimit(),)), player(most=60))
    assert outcome.rivals["rate_hour"].peak() == pytest.approx(4.0)


def test_windows_forget_what_came_before(player: Any) -> None:
    tools = bench(From(12), rivals=(RateLimit(),), sizes={20: 3, 100: 2})
    found = list(windowed(tools, lived(player(label="adversary", share=0.25, most=90))))
    assert [(one.size, one.first) for one in found] == [(20, 0), (20, 40), (20, 60)]
    assert all(one.weight == pytest.approx(4.0) and one.attack == pytest.approx(0.25) for one in found)
    assert found[0].rivals == {"rate_hour": 4.0}


def test_a_harvester_that_hides_nothing_has_no_windows(player: Any) -> None:
    tools = bench(From(12), sizes={20: 3})
    assert judge(tools, player(label="adversary", share=1.0)).windows == ()
    assert len(judge(tools, player()).windows) == 2


def test_what_is_played_back_alarms_where_the_panel_did_and_less_without_a_part(player: Any) -> None:
    tools = bench(From(12, families=2))
    outcomes = [judge(tools, player(most=60)), judge(tools, player(most=8))]
    found = ablations(outcomes, tools.panel, tools.policy)
    assert [number for _, number in found["none"]] == [one.alarm for one in outcomes] == [12, 0]
    assert [number for _, number in found["counting"]] == [0, 0]
    assert alarm(outcomes[0], recalled(tools.panel), From(30), list(tools.panel)) == 30
