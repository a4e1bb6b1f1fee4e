"""The population as recorded traffic, from the command line."""

import io
import json
from pathlib import Path

import pytest
import zstandard
from click.testing import CliRunner

from detectors.lab.campaigns.company import Company, company
from gateway.lab import traffic_command
from gateway.lab.command import lab


def _few(pack: object, part: str, seed: int, size: str, *, campaigned: bool) -> Company:
    """Return the small population's first accounts alone: writing all of it takes a minute."""
    del pack, part, size
    everybody = company(None, "judge", seed, "small", campaigned=campaigned)
    return everybody._replace(plays=everybody.plays[-3:])


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("traffic") / "out.jsonl.zst"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(traffic_command, "company", _few)
        run = CliRunner().invoke(lab, ["traffic", "--campaigns", "--size", "small", "--out", str(out)])
    assert run.exit_code == 0, run.output
    return out


def test_lines_come_in_time_order_and_every_account_has_a_label(file: Path) -> None:
    stream = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file.open("rb")), "utf-8")
    lines = [json.loads(line) for line in stream]
    labels = json.loads(file.with_name(f"{file.name}.labels.json").read_text())

    assert lines == sorted(lines, key=lambda line: line["at"])
    assert {line["account"] for line in lines} == {one["account"] for one in labels}
    assert {"benign", "adversary"} == {one["label"] for one in labels}
    assert not {"label", "group", "kind"} & set(lines[0])
