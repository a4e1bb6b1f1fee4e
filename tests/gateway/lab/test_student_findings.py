"""What is kept at an alarm: of the full gain, by attack queries alone, as unsure as the alarm itself."""

import pytest

from gateway.lab.student_alarms import Alarm
from gateway.lab.student_findings import at_alarms
from tests.gateway.lab.students import found


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
