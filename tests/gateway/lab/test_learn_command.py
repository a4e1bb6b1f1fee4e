"""The shipped baseline comes from a command, and a baseline that it writes can be weighed with."""

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from detectors.base import Baseline
from detectors.company import CLASSES
from gateway.app.analysing import SHIPPED
from gateway.lab.command import lab


@pytest.mark.slow
def test_a_small_school_teaches_weights_places_means_tails_and_rates(tmp_path: Path) -> None:
    out = tmp_path / "mine.json"
    result = CliRunner().invoke(
        lab, ["learn", "--scale", "0.02", "--jobs", "1", "--out", str(out)], env={"STILLGUARD_PACK": ""}
    )
    assert result.exit_code == 0, result.output
    found = msgspec.json.decode(out.read_bytes(), type=Baseline)
    assert "honest subjects" in found.source
    assert {f"company.{kind}.bias" for kind in CLASSES} <= found.numbers.keys()
    assert found.numbers["likeness.tail.scale"] > 0.0
    assert found.means["departure"]
    assert found.numbers.keys() >= {name for name in _shipped().numbers if name.endswith(("rate", ".tail.from"))}


def test_it_never_writes_where_nobody_told_it_to() -> None:
    before = SHIPPED.read_bytes()
    result = CliRunner().invoke(lab, ["learn"])
    assert result.exit_code == 2
    assert "--out" in result.output
    assert SHIPPED.read_bytes() == before


def _shipped() -> Baseline:
    return msgspec.json.decode(SHIPPED.read_bytes(), type=Baseline)
