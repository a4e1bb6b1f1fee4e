import math
from typing import ClassVar

import pytest

from detectors.base import Harvest
from gateway.decisions import Judgement, Mode, RuleFault, Standing, Subject, Verdict
from gateway.policies.judging import least
from gateway.policies.ladder import Rung, ladder
from gateway.policies.several import Several

HELD = Standing(subject=Subject("key", "k"), at=0, weight=9, families={}, evidence={}, harvest=Harvest())


LOOK = Rung(
    weight=4.6, families=1, floor=Harvest(), scopes=frozenset({"key"}),
    verdict=Verdict(action="watch", severity=1, lasts=1.0, rule="look"),
)  # fmt: skip


class Says:
    def __init__(self, verdict: Verdict | None) -> None:
        self.verdict = verdict

    def judge(self, standing: Standing) -> Verdict | None:
        assert standing is HELD
        return self.verdict


def verdict(policy: str, severity: int, mode: Mode, lasts: float = 1) -> Verdict:
    return Verdict(action="a", severity=severity, lasts=lasts, mode=mode, policy=policy)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([verdict("mild", 2, "enforce"), verdict("strict", 5, "enforce")], "strict"),
        ([verdict("in-force", 2, "enforce"), verdict("tried", 5, "shadow")], "in-force"),
        ([verdict("watching", 1, "enforce"), verdict("tried", 5, "shadow")], "tried"),
        ([verdict("tried", 3, "shadow"), verdict("harder", 5, "shadow")], "harder"),
        ([verdict("short", 3, "enforce", 1), verdict("long", 3, "enforce", 9)], "long"),
        ([verdict("first", 3, "enforce"), verdict("second", 3, "enforce")], "first"),
    ],
)
def test_one_verdict_decides(verdicts: list[Verdict], expected: str) -> None:
    found = Several([Says(None), *map(Says, verdicts), Says(None)]).judge(HELD)
    assert found is not None
    assert found.policy == expected


def test_policies_that_say_nothing_say_nothing_together() -> None:
    assert Several([Says(None), Says(None)]).judge(HELD) is None


class Tells:
    counts = False
    windows: ClassVar[dict[str, float]] = {"b/r": 60.0}

    def judge(self, standing: Standing) -> Verdict | None:
        return self.judgement(standing).verdict

    def judgement(self, standing: Standing) -> Judgement:
        assert standing is HELD
        return Judgement(verdict("b", 2, "enforce"), (RuleFault("b", "r", "divide by zero"),))


def test_faults_of_any_policy_are_told_though_another_decides() -> None:
    told = Several([Tells(), Says(verdict("a", 5, "enforce"))]).judgement(HELD)
    assert told.verdict is not None
    assert (told.verdict.policy, told.faults) == ("a", (RuleFault("b", "r", "divide by zero"),))


def test_strikes_count_if_any_policy_reads_them_or_does_not_say() -> None:
    assert not Several([Tells(), Tells()]).counts
    assert Several([Tells(), Says(None)]).counts
    assert Several([Tells(), Says(None)]).windows == {"b/r": 60.0}


def test_several_may_speak_where_one_of_them_may_and_one_that_does_not_say_may_always() -> None:
    silent, loud = ladder("silent", "r", []), ladder("loud", "r", [LOOK])
    assert least(Several([])) == least(Several([silent])) == math.inf
    assert least(Several([silent, loud])) == LOOK.weight
    assert least(Several([loud, Says(None)])) == -math.inf
