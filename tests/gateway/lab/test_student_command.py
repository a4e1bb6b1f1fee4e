"""The command, whole, on its small size and without any pack."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli import main

FIGURES = [
    {"name": "median_queries.kind.code_harvest", "value": 90.0, "n": 10, "interval": [60, 120]},
    {"name": "detected.kind.code_harvest", "value": 1.0, "n": 10},
    {"name": "median_queries.kind.padded_10", "value": None, "n": 10, "interval": None},
]


def ran(folder: Path, detection: Path) -> Result:
    words = ["lab", "student", "--size", "small", "--out", str(folder), "--detection", str(detection)]
    return CliRunner().invoke(main, words, env={"STILLGUARD_PACK": None})


@pytest.mark.slow
def test_students_are_measured_at_the_alarms(tmp_path: Path) -> None:
    detection = tmp_path / "detection.json"
    detection.write_text(json.dumps({"figures": FIGURES}))
    done = ran(tmp_path / "out", detection)
    assert done.exit_code == 0, done.output
    record = json.loads((tmp_path / "out" / "student.json").read_text())
    assert record["command"] == "stillguard lab student --seed 0 --size small"
    found = {one["name"]: one["value"] for one in record["figures"]}
    assert 0.0 < found["kept_at_alarm.code_harvest.refused"] < 1.0
    assert found["kept_at_alarm.padded_10.refused"] == 1.0
    assert found["bits.language.own_code.plain.at_0"] > found["bits.language.own_code.plain.at_200"]
    assert "| code_harvest | 10 | 100% | 90 | 100% | language.own_code.plain |" in done.output
    assert (tmp_path / "out" / "student.svg").exists()


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "d.json").write_text("[]")
    done = ran(tmp_path, tmp_path / "d.json")
    assert done.exit_code == 1
    assert "d.json" in done.output
