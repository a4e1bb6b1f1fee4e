"""The plot: the same findings give the same file, with each curve and each alarm in it."""

from pathlib import Path

from gateway.lab.student_alarms import Alarm
from gateway.lab.student_plots import draw
from tests.gateway.lab.students import found


def test_curves_and_alarms_are_drawn_and_the_file_is_repeatable(tmp_path: Path) -> None:
    findings = found(Alarm("evolve", 100.0), Alarm("random_words", None))
    for name in ("a.svg", "b.svg"):
        draw(findings, tmp_path / name)
    drawn = (tmp_path / "a.svg").read_text()
    assert drawn == (tmp_path / "b.svg").read_text()
    assert "own_facts.plain" in drawn
    assert ">evolve<" in drawn
    assert "own_desk.words" not in drawn
    assert ">random_words<" not in drawn
