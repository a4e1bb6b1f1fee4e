"""The command, whole, on its small size and without any pack."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli import main


@pytest.mark.slow
def test_the_small_benchmark_runs_on_own_text_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STILLGUARD_PACK", raising=False)
    done = CliRunner().invoke(main, ["lab", "evaluate", "--size", "small", "--out", str(tmp_path), "--jobs", "2"])
    assert done.exit_code == 0, done.output
    record = json.loads((tmp_path / "detection.json").read_text())
    assert record["command"] == "stillguard lab evaluate --seed 0 --size small"
    figures = {one["name"]: one for one in record["figures"]}
    assert figures["benign_tenants_alarmed"]["n"] >= 40
    assert figures["single_key_detected"]["n"] >= 18
    assert "| benign_tenants_alarmed |" in done.output
    assert "own-written text alone" in (tmp_path / "detection.md").read_text()


def test_a_faulty_policy_is_told(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("policy: p\nrungs: 7\n")
    done = CliRunner().invoke(main, ["lab", "evaluate", "--size", "small", "--policy", str(tmp_path / "p.yaml")])
    assert done.exit_code == 1
    assert "p.yaml:2" in done.output


def test_a_baseline_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text("[]")
    done = CliRunner().invoke(main, ["lab", "evaluate", "--size", "small", "--baseline", str(tmp_path / "b.json")])
    assert done.exit_code == 1
    assert "Expected" in done.output
