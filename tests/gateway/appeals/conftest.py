import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli import main

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "policy.yaml").write_text("policy: p\nrungs: [{rule: notice, one_in: 1e3, action: watch, for: 1h}]\n")
    data = json.dumps(str(tmp_path / "var"))
    (tmp_path / "gateway.yaml").write_text(
        f"routes: [{{upstream: 'http://127.0.0.1:9'}}]\ndata: {data}\npolicies: policy.yaml\nexemptions: who.yaml\n"
    )
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Run:
    def running(*words: str) -> Result:
        return CliRunner().invoke(main, [*words, "-c", str(folder / "gateway.yaml")])

    return running
