"""What is kept at an alarm: of the full gain, by attack queries alone, as unsure as the alarm itself."""

import pytest

from detectors.lab.student.curve import Curve, Remedy
from gateway.lab.student_alarms import Alarm
from gateway.lab.student_findings import Findings, at_alarms

FACTS, WORDS = "own_facts", "own_desk"
PLAN = (0, 10, 100, 1000)


def curves(family: str, task: str, thief: str, measure: str, whole: tuple[float, ...]) -> list[Curve]:
    """Curves of two alike runs; once trimmed, half of what was still to be gained is."""
    late = tuple((one + whole[-1]) / 2 for one in whole)
    found: list[Curve] = []
    by: dict[Remedy, tuple[float, ...]] = {"refused": whole, "trimmed": whole, "trimmed after": late}
    for remedy, run in by.items():
        found.append(Curve(family, task, thief, remedy, measure, PLAN, (run, run)))
    return found


def found(*alarms: Alarm) -> Findings:
    return Findings(
        [
            *curves("language", FACTS, "plain", "bits", (4.0, 3.0, 2.0, 1.0)),
            *curves("language", FACTS, "plain", "known", (0.0, 0.1, 0.2, 1.0)),
            *curves("classifier", WORDS, "words", "agreement", (0.3, 0.2, 0.2, 0.31)),
        ],
        {("language", FACTS, "bits"): 0.5}, list(alarms),
    )  # fmt: skip


def test_each_kind_keeps_what_its_curve_says_at_its_median() -> None:
    [one] = at_alarms(found(Alarm("evolve", 100.0)))
    assert one.curve == "language.own_facts.plain"
    assert one.refused is not None
    assert one.trimmed is not None
    assert one.known is not None
    assert one.refused.value == pytest.approx(2 / 3)
    assert one.trimmed.value == pytest.approx(5 / 6)
    assert one.known.value == pytest.approx(0.2)
    assert one.late is None


def test_cover_traffic_is_no_harvest() -> None:
    [one] = at_alarms(found(Alarm("padded_10", 100.0, most=1000.0)))
    assert one.refused is not None
    assert one.late is not None
    assert one.refused.value == pytest.approx(1 / 3)
    assert one.late.value == pytest.approx(2 / 3)


def test_never_alarmed_keeps_all() -> None:
    [one] = at_alarms(found(Alarm("evolve", None)))
    assert one.refused is not None
    assert one.refused[:3] == pytest.approx((1.0, 1.0, 1.0))


def test_an_unsure_alarm_makes_an_unsure_share() -> None:
    [one] = at_alarms(found(Alarm("evolve", 100.0, 10.0, 1000.0)))
    assert one.refused is not None
    assert (one.refused.low, one.refused.high) == pytest.approx((1 / 3, 1.0))


def test_a_thief_that_gains_nothing_keeps_no_share() -> None:
    [one] = at_alarms(found(Alarm("random_words", 100.0)))
    assert one.curve == "classifier.own_desk.words"
    assert one.refused is None
    assert one.trimmed is None
    assert one.known is None


def test_kinds_without_a_curve_are_passed_over_and_missing_curves_are_told() -> None:
    assert list(at_alarms(found(Alarm("best_of_n", 10.0)))) == []
    with pytest.raises(LookupError, match="no curve"):
        found().curve("language.own_facts.plain", "refused", "accuracy")
