"""Figures and page: the shape of this project, and what was not measured is said."""

import json
from pathlib import Path

import pytest

from gateway.lab.student_alarms import Alarm
from gateway.lab.student_report import measured, told, write
from tests.gateway.lab.students import found


def test_each_point_and_each_share_is_a_figure() -> None:
    values = {one.name: one.value for one in measured(found(Alarm("evolve", 100.0)))}
    assert values["bits.language.own_facts.plain.at_10"] == 3.0
    assert values["known.language.own_facts.plain.at_1000"] == 1.0
    assert values["kept_bits.language.own_facts.plain.refused_at_100"] == pytest.approx(2 / 3, abs=1e-5)
    assert values["kept_bits.language.own_facts.plain.trimmed_at_100"] == pytest.approx(5 / 6, abs=1e-5)
    assert values["kept_at_alarm.evolve.refused"] == pytest.approx(2 / 3, abs=1e-5)
    assert values["kept_at_alarm.evolve.knowledge"] == pytest.approx(0.2)
    assert values["kept_at_alarm.evolve.refused_within90"] is None
    assert values["kept_agreement.classifier.own_desk.words.refused_at_100"] is None


def test_no_figure_has_a_bound_and_no_name_is_there_twice() -> None:
    figures = list(measured(found(Alarm("evolve", 100.0))))
    assert all(one.must is None and one.aim is None for one in figures)
    assert len({one.name for one in figures}) == len(figures)


@pytest.mark.parametrize("alarms", [[], [Alarm("evolve", 100.0, 50.0, 300.0, 400.0, 1.0, 9), Alarm("logits", None)]])
def test_the_page_says_what_was_measured(tmp_path: Path, alarms: list[Alarm]) -> None:
    write(tmp_path / "deep", found(*alarms), "the command")
    record = json.loads((tmp_path / "deep" / "student.json").read_text())
    assert record.keys() == {"command", "at", "machine", "figures"}
    keys = ["name", "value", "unit", "op", "must", "aim", "n", "interval"]
    assert all(list(one) == keys for one in record["figures"])
    page = (tmp_path / "deep" / "student.md").read_text()
    assert "Measured by `the command`" in page
    assert ("No figures of `stillguard lab evaluate` were there" in page) == (not alarms)
    assert ("| evolve | 9 | 100% | 100 |" in page) == bool(alarms)
    assert "- classifier.own_desk.words: agreement 0.300 before, 0.310 after" in page


def test_a_terminal_shows_alarms_or_else_fixed_numbers() -> None:
    assert "queries to alarm" in next(told(found(Alarm("evolve", 100.0))))
    assert "refused at 100" in next(told(found()))
