"""The command, whole, on its small size and without any pack; and its figures, tables and plot."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gateway.cli import main

FIGURES = [
    {"name": "median_queries.kind.code_harvest", "value": 90.0, "n": 10, "interval": [60, 120]},
    {"name": "detected.kind.code_harvest", "value": 1.0, "n": 10},
    {"name": "median_queries.kind.padded_10", "value": None, "n": 10, "interval": None},
]


def ran(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(
        main, ["lab", "student", "--size", "small", "--out", str(folder), *words], env={"STILLGUARD_PACK": None}
    )


def figures(folder: Path) -> dict[str, dict[str, Any]]:
    record = json.loads((folder / "student.json").read_text())
    assert record.keys() == {"command", "at", "machine", "figures"}
    return {one["name"]: one for one in record["figures"]}


@pytest.mark.slow
def test_students_are_measured_at_the_alarms_and_the_same_each_time(tmp_path: Path) -> None:
    detection = tmp_path / "detection.json"
    detection.write_text(json.dumps({"figures": FIGURES}))
    done = ran(tmp_path / "a", "--detection", str(detection))
    assert done.exit_code == 0, done.output
    found = figures(tmp_path / "a")
    keys = ["name", "value", "unit", "op", "must", "aim", "n", "interval"]
    assert all(list(one) == keys for one in found.values())
    assert 0.0 < found["kept_at_alarm.code_harvest.refused"]["value"] < 1.0
    assert found["kept_at_alarm.padded_10.refused"]["value"] == 1.0
    assert found["bits.language.own_code.plain.at_0"]["value"] > found["bits.language.own_code.plain.at_300"]["value"]
    page = (tmp_path / "a" / "student.md").read_text()
    assert "| code_harvest | 10 | 100% | 90 | 100% | language.own_code.plain |" in page
    assert "| padded_10 | 10 |  | never |" in page
    assert (tmp_path / "a" / "student.svg").read_text().count("<svg") == 1
    assert ran(tmp_path / "b", "--detection", str(detection)).exit_code == 0
    assert figures(tmp_path / "b") == found
    assert (tmp_path / "a" / "student.svg").read_text() == (tmp_path / "b" / "student.svg").read_text()


@pytest.mark.slow
def test_without_alarms_students_are_shown_at_fixed_numbers_and_that_is_said(tmp_path: Path) -> None:
    done = ran(tmp_path, "--detection", str(tmp_path / "none.json"))
    assert done.exit_code == 0, done.output
    assert "tells of no alarms" in done.output
    assert not [name for name in figures(tmp_path) if name.startswith("kept_at_alarm")]
    assert "No figures of `stillguard lab evaluate` were there" in (tmp_path / "student.md").read_text()


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "d.json").write_text("[]")
    done = ran(tmp_path, "--detection", str(tmp_path / "d.json"))
    assert done.exit_code == 1
    assert "d.json" in done.output
