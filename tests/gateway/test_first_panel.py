"""What a check found is told in lines and kept as figures."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.first_panel import Checked, figures, report, told, write
from gateway.rehearsal import Outcome


def outcome(kind: str, strict: int = 0, backed: int = 0) -> Outcome:
    return Outcome(kind, "own", 500, 3, strict, strict, backed, 1, {"repetition": float(strict), "cadence": 0.0})


CHECKED = Checked(
    honest=[outcome("chat"), outcome("app")],
    contracted=[outcome("writer", 40)],
    distillers=[outcome("synthetic", 30, 90), outcome("synthetic", 50), outcome("logits")],
)


def named(checked: Checked) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in figures(checked)}


def test_figures_count_the_innocent_and_the_caught() -> None:
    found = named(CHECKED)
    values = {name: one["value"] for name, one in found.items()}
    assert (values["honest_subjects"], values["honest_subject_days"]) == (2, 6)
    assert values["honest_alarmed_1e6"] == 0
    assert (values["contracted.writer_alarmed_1e6"], values["contracted.writer_backed_1e6"]) == (1, 0)
    assert (values["distillers.detected_1e6"], values["distillers.backed_1e6"]) == (2, 1)
    assert found["distillers.detected_median_queries"]["value"] == pytest.approx(40.0)
    assert found["distillers.detected_median_queries"]["interval"] == (30, 50)
    assert found["synthetic.own.backed_median_queries"]["value"] == pytest.approx(90.0)
    assert found["logits.own.detected_median_queries"]["value"] is None


def test_each_figure_has_the_shape_of_this_project_and_no_bound() -> None:
    keys = ["name", "value", "unit", "op", "must", "aim", "n", "interval"]
    assert all(list(one) == keys and one["must"] is None and one["aim"] is None for one in figures(CHECKED))


def test_the_report_counts_by_kind_and_source() -> None:
    lines = list(report(CHECKED.distillers))
    assert len(lines) == 3
    assert lines[2].split() == [
        "synthetic", "own", "2", "6", "2", "2", "40", "1", "90", "repetition", "50.0",
    ]  # fmt: skip
    assert "  2 at one in 1e+06, 1 backed by a second family" in told(CHECKED)


def test_the_page_says_what_kind_of_figures_these_are(tmp_path: Path) -> None:
    write(tmp_path, CHECKED, "the command")
    record = json.loads((tmp_path / "first_panel.json").read_text())
    assert record.keys() == {"command", "at", "machine", "figures"}
    assert [one["name"] for one in record["figures"]] == list(named(CHECKED))
    page = (tmp_path / "first_panel.md").read_text()
    assert "development figures" in page
    assert "had seen the whole traffic pack" in page
    assert "| distillers.detected_1e6 | 2 | subjects | 3 |" in page
