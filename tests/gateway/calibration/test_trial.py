"""False alarms are counted on subjects that had no part in the numbers."""

import math

import pytest

from detectors.base import Harvest
from gateway.calibration import learning, trial
from gateway.calibration.lives import Life
from gateway.calibration.trial import Verdicts, crossed, expected, rungs
from gateway.decisions import Verdict
from gateway.policies.ladder import Ladder, Rung
from gateway.policies.several import Several
from tests.gateway.calibration import kit

HONEST = kit.honest()


def rung(one_in: float, *scopes: str, traces: float = 0.0) -> Rung:
    verdict = Verdict(action="trim", severity=2, lasts=60.0, rule=f"r{one_in:.0f}")
    floor = Harvest(traces=traces)
    return Rung(weight=math.log(one_in), families=1, floor=floor, scopes=frozenset(scopes), verdict=verdict)


def test_the_rungs_of_all_policies_that_apply_are_judged() -> None:
    one = Ladder(name="one", revision="", rungs=(rung(1e6, "key"), rung(1e3, "network")))
    two = Ladder(name="two", revision="", rungs=(rung(1e2, "key", "account"),))
    found = rungs(Several([one, two]), "key")
    assert [(name, round(math.exp(each.weight))) for name, each in found] == [("one", 1_000_000), ("two", 100)]


def test_honest_subjects_hardly_ever_alarm_and_a_harvester_among_them_does() -> None:
    lives = [*HONEST, kit.life(kit.harvest, 1)]
    judged = [rung(1e4, "key"), rung(1e4, "key", traces=1e9)]
    found = crossed(kit.TAUGHT, lives, {len(HONEST)}, kit.PANEL, judged, kit.nothing)
    assert found is not None
    assert found[-1] == Verdicts((True, False), (True, True))
    assert sum(one.convinced[0] for one in found[:-1]) <= 1


def test_nobody_is_judged_by_numbers_it_had_a_part_in(monkeypatch: pytest.MonkeyPatch) -> None:
    taught: list[set[str]] = []
    learnt = learning.learnt

    def spied(baseline: object, lives: list[Life], *rest: object) -> object:
        taught.append({life.subject.value for life in lives})
        return learnt(baseline, lives, *rest)  # type: ignore[arg-type] # passed on as they came

    monkeypatch.setattr(trial, "learnt", spied)
    crossed(kit.TAUGHT, HONEST, {3}, kit.PANEL, [rung(1e4, "key")], kit.nothing)
    names = [life.subject.value for life in HONEST]
    assert taught == [set(names[1::2]) - {names[3]}, set(names[0::2])]


def test_too_few_to_learn_from_half_of_them_are_not_judged() -> None:
    assert crossed(kit.TAUGHT, HONEST[:40], set(), kit.PANEL, [rung(1e4, "key")], kit.nothing) is None


def test_alarms_are_told_by_subject_day_with_and_without_those_left_out() -> None:
    lives = [life._replace(days=4) for life in HONEST[:50]]
    verdicts = [Verdicts((i < 3,), (i < 5,)) for i in range(50)]
    (one,) = expected([("p", rung(1e4, "key"))], lives, verdicts, {0, 1})
    assert (one.alarmed, one.kept, one.convinced, one.subjects, one.days) == (3, 1, 5, 50, 200)
    assert one.expected == pytest.approx(3 / 200)
    assert one.kept_expected == pytest.approx(1 / 192)
    assert one.promise == pytest.approx(1e4)
    assert one.expected < one.at_most < 10 / 200
    assert one.kept_expected < one.kept_at_most < one.at_most
