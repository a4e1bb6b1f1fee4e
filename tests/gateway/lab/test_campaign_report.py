"""The page of the campaigns' benchmark, and its figures as JSON."""

import json
from pathlib import Path

from detectors.lab.traffic import START
from gateway.lab.campaign_findings import Findings
from gateway.lab.campaign_outcome import Ledger
from gateway.lab.campaign_report import NAME, write
from gateway.lab.campaign_rivals import Compared
from tests.gateway.lab.campaigns import CLASS, HOUR, PEOPLE, POOLS, look, trial

RIVALS = (Compared("pools by network", (20, 20), (1, 1), (9, 42), (1, 1)),)


def _written(folder: Path) -> None:
    touching = (look("camp_a", START + 2 * HOUR, [*POOLS[:10], *PEOPLE[:2]]), look("camp_b", START + 5 * HOUR, CLASS))
    write(folder, Findings(Ledger(trial(*touching)), RIVALS), "the command", "Played on few.")


def test_page_figures_and_plots_are_written(tmp_path: Path) -> None:
    _written(tmp_path / "new")

    figures = json.loads((tmp_path / "new" / f"{NAME}.json").read_text())
    page = (tmp_path / "new" / f"{NAME}.md").read_text()
    assert {"found", "keys_attributed", "precision", "harvest_gone", "innocent_groups_named"} <= {
        one["name"] for one in figures["figures"]
    }
    assert "pools by network" in page
    assert "| failover-0 |" in page
    assert all(f"({file.name})" in page for file in (tmp_path / "new").glob("*.svg"))
    assert len(list((tmp_path / "new").glob("*.svg"))) == 4


def test_the_same_findings_give_the_same_files(tmp_path: Path) -> None:
    _written(tmp_path / "a")
    _written(tmp_path / "b")

    for file in (tmp_path / "a").glob("*.svg"):
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()
