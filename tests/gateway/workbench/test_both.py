from pathlib import Path
from typing import NamedTuple

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from detectors.base import Harvest
from gateway.candidate import differs
from gateway.deciding import decide
from gateway.decisions import Decision, Policy, Standing, Subject, Verdict
from gateway.policies.file import load_policy
from gateway.workbench.both import Both, Stretch, enforced
from tests.gateway.workbench.kit import POLICY, write

SUBJECT = Subject("key", "s")
END = 10_000.0


class Steps(NamedTuple):
    """Watches from one weight on and denies from another, each for its time."""

    watch: float
    deny: float
    lasts: float

    def judge(self, standing: Standing) -> Verdict | None:
        for least, action, severity in ((self.deny, "deny", 5), (self.watch, "watch", 1)):
            if standing.weight >= least:
                return Verdict(
                    action=action, severity=severity, lasts=self.lasts, mode="enforce", policy="p", rule=action
                )
        return None


def standing(at: float, weight: float, subject: Subject = SUBJECT) -> Standing:
    return Standing(subject=subject, at=at, weight=weight, families={}, evidence={}, harvest=Harvest())


def alone(policy: Policy, standings: list[Standing]) -> list[tuple[float, Decision | None]]:
    """What stands from when on, if a policy decides by itself."""
    current: Decision | None = None
    found: list[tuple[float, Decision | None]] = [(0.0, None)]
    for one in standings:
        if current is not None and current.until <= one.at:
            found.append((current.until, None))
            current = None
        decision = decide(one, policy.judge(one), current, "")
        if decision is not None:
            current = decision
            found.append((one.at, current))
    if current is not None and current.until <= END:
        found.append((current.until, None))
    return found


def stands(found: list[tuple[float, Decision | None]], at: float) -> Decision | None:
    return [decision for since, decision in found if since <= at][-1]


policies = st.builds(Steps, st.sampled_from([1, 5, 9]), st.sampled_from([3, 6, 9]), st.sampled_from([10, 40, 300]))
walks = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 10)), min_size=1, max_size=30)


@given(policies, policies, walks)
def test_the_stretches_are_where_two_policies_that_decide_alone_would_differ(
    old: Steps, new: Steps, walk: list[tuple[int, int]]
) -> None:
    standings, at = [], 0.0
    for wait, weight in walk:
        at += wait
        standings.append(standing(at, float(weight)))
    both, stretches = Both(old, new), list[Stretch]()
    for seen in standings:
        both.judge(seen)
        both.lapse(seen.at)
        stretches += both.closed()
    both.lapse(END)
    stretches += [*both.closed(), *both.going_on()]
    one, other = alone(old, standings), alone(new, standings)
    for moment in sorted({since for since, _ in (*one, *other)}):
        inside = [stretch for stretch in stretches if stretch.start <= moment < stretch.end]
        assert len(inside) == differs(stands(one, moment), stands(other, moment)), moment
    assert all(stretch.start < stretch.end for stretch in stretches)
    assert both.last(SUBJECT) is None or both.going_on() or stands(one, END) or stands(other, END)


def test_nothing_is_held_of_subjects_on_whom_nothing_stands() -> None:
    both = Both(Steps(5, 9, 10), Steps(5, 9, 10))
    for number in range(1000):
        both.judge(standing(float(number), 6.0, Subject("key", str(number))))
        both.lapse(float(number))
    assert len(both._held) <= 11
    assert len(both._lapses) <= 300


ESCALATING = """policy: p
mode: enforce
rungs:
  - rule: look
    one_in: 2
    action: watch
    for: 10m
    escalate: {within: 7d, steps: [{after: 2, for: 1h}]}
"""


def test_each_policy_counts_its_own_repetition(tmp_path: Path) -> None:
    new = load_policy(write(tmp_path, "p.yaml", ESCALATING))
    both = Both(Steps(99, 99, 10), new)
    lasts = []
    for number in range(4):
        at = 3600.0 * number
        both.judge(msgspec.structs.replace(standing(at, 5.0), families={"content": 5.0}))
        (stretch,) = both.going_on()
        assert stretch.new
        lasts.append(stretch.new.until - at > 1200.0)
    assert lasts == [False, False, True, True]
    assert both.taken[0] == {}


def test_renewals_are_no_new_decisions() -> None:
    both = Both(Steps(5, 9, 100), Steps(1, 6, 100))
    for number in range(50):
        both.judge(standing(10.0 * number, 6.0))
    assert both.taken == ({"p/watch": 1}, {"p/deny": 1})


def test_the_verdict_that_sets_the_pace_lasts_as_the_shorter_lived_one() -> None:
    verdict = Both(Steps(5, 99, 600), Steps(99, 5, 60)).judge(standing(1.0, 6.0))
    assert verdict is not None
    assert (verdict.action, verdict.lasts) == ("deny", 60)
    assert Both(Steps(5, 9, 1), Steps(5, 9, 1)).judge(standing(1.0, 0.0)) is None


def test_all_rungs_can_be_taken_as_enforced(tmp_path: Path) -> None:
    policy = enforced(load_policy(write(tmp_path, "p.yaml", POLICY)))
    loud = msgspec.structs.replace(standing(0.0, 5.0), families={"content": 5.0})
    verdict = policy.judge(loud)
    assert verdict is not None
    assert (verdict.rule, verdict.mode) == ("notice", "enforce")
