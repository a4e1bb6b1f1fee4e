"""Tables: every row has as many cells as its head, and what cannot be told is a dash."""

from collections.abc import Callable, Iterator

import pytest

from detectors.lab.student.curve import Estimate
from gateway.lab.student_alarms import Alarm
from gateway.lab.student_findings import Findings
from gateway.lab.student_tables import at_alarm, curves, nothing, quick, share, shares
from tests.gateway.lab.students import found

FOUND = found(Alarm("evolve", 100.0), Alarm("random_words", 50.0, most=70.0), Alarm("padded_25", None))


@pytest.mark.parametrize("table", [at_alarm, quick, shares, curves])
def test_rows_are_as_wide_as_their_head(table: Callable[[Findings], Iterator[str]]) -> None:
    lines = list(table(FOUND))
    assert len(lines) > 2
    assert len({line.count("|") for line in lines}) == 1


def test_the_alarm_of_each_kind_is_told() -> None:
    rows = {line.split(" | ")[0].removeprefix("| "): line.split(" | ") for line in list(at_alarm(FOUND))[2:]}
    assert rows["evolve"][3:7] == ["100", "100%", "language.own_facts.plain", "67% (67% to 67%)"]
    assert rows["padded_25"][3:7] == ["never", "25%", "language.own_facts.plain", "100% (100% to 100%)"]
    assert rows["random_words"][6] == "-"


def test_quick_thieves_and_those_who_gain_nothing_are_named() -> None:
    assert [line.split(" | ")[0] for line in list(quick(FOUND))[2:]] == ["| language.own_facts.plain"]
    assert list(nothing(FOUND)) == ["- classifier.own_desk.words: agreement 0.300 before, 0.310 after"]


def test_a_share_is_told_with_its_interval() -> None:
    assert share(Estimate(0.5, 0.4, 0.6, 3)) == "50% (40% to 60%)"
    assert share(None) == "-"
