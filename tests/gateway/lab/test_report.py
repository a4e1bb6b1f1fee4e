"""The report: figures in the agreed shape, a page with its tables, and plots that are there."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.lab import tables
from gateway.lab.findings import Findings
from gateway.lab.report import write


@pytest.fixture
def folder(tmp_path: Path, found: Findings) -> Path:
    write(tmp_path / "new", found, "the command", "Played on few.")
    return tmp_path / "new"


def test_figures_have_the_shape_of_this_project(folder: Path) -> None:
    record = json.loads((folder / "detection.json").read_text(), parse_constant=pytest.fail)
    assert list(record) == ["command", "at", "machine", "figures"]
    keys = ["name", "value", "unit", "op", "must", "aim", "n", "interval"]
    assert all(list(one) == keys for one in record["figures"])
    assert record["command"] == "the command"


def test_the_page_shows_its_plots_and_tables(folder: Path) -> None:
    page = (folder / "detection.md").read_text()
    plots = re.findall(r"!\[[^]]+\]\(([^)]+)\)", page)
    assert len(plots) == 5
    for plot in plots:
        drawn = (folder / plot).read_text()
        assert "<svg" in drawn
        assert len(drawn) < 400_000
    assert "Played on few." in page
    assert "| benign_tenants_alarmed | 0.005 |" in page


def test_plots_are_the_same_each_time(folder: Path, tmp_path: Path, found: Findings) -> None:
    write(tmp_path, found, "the command", "Played on few.")
    for plot in folder.glob("*.svg"):
        assert (tmp_path / plot.name).read_text() == plot.read_text()


def rows(lines: Iterator[str]) -> dict[str, list[str]]:
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    widths = {len(row) for row in cells}
    assert len(widths) == 1
    return {row[0]: row[1:] for row in cells[1:]}


def test_the_tables_count(found: Findings) -> None:
    innocent = rows(tables.innocent(found))
    assert innocent["all"][:5] == ["200", "100", "199", "120000", "1"]
    assert innocent["under contract, not counted above"][4] == "1"
    caught = rows(tables.caught(found))
    assert caught["padded_25"][:3] == ["4", "1.000", "90"]
    assert caught["attack share 1"][0] == "11"
    compared = rows(tables.compared(found))
    assert compared["harvest"] == ["10", "0.90 (66)", "0.50 (never)"]
    assert rows(tables.stretches(found))["meter"] == ["0.00", "-", "0.00", "-"]
    assert rows(tables.stretches(found))["stillguard"] == ["1.00", "-", "1.00", "-"]
    costs = rows(tables.costs(found))
    assert costs["stillguard"][1:3] == ["1 of 200", "1 of 200"]
    assert costs["fused weight alone"][1:4] == ["2 of 200", "2 of 200", "1.000"]
    assert costs["meter"][1] == "2 of 200"
    left_out = rows(tables.left_out(found))
    assert left_out["none"] == left_out["second"] == ["1", "0.900", "66", "1.000", "0.000"]


def test_never_is_written_out(found: Findings) -> None:
    missed = found._replace(outcomes=[one._replace(alarm=0, convinced=0) for one in found.outcomes])
    assert rows(tables.caught(missed))["harvest"][1:6] == ["0.000", "never", "never", "never", "1.00"]
