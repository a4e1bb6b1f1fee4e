"""The simulated model in a process of its own, and the whole guard in front of it."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.whole.kit import ROOT, WATCHING, Whole

Start = Callable[..., Whole]


@pytest.fixture(scope="session")
def model() -> Iterator[str]:
    command = [sys.executable, "-m", "gateway.demo.model", "--attached"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.stdin.close()


@pytest.fixture
def start(model: str, tmp_path: Path) -> Iterator[Start]:
    """Start the guard: ``start(policy, workers=1, analysis={...})``; whatever it was, it must end well."""
    running: list[Whole] = []

    def begin(
        policy: str = WATCHING, *, workers: int = 1, store_at: Path | None = None, **changed: Mapping[str, object] | str
    ) -> Whole:
        config = {
            "listen": {"port": 0, "workers": workers, "drain": "10s"},
            "admin": {"port": 0},
            "routes": [{"upstream": model}],
            **changed,
        }
        running.append(Whole(tmp_path, config, policy, store_at))
        return running[-1]

    yield begin
    statuses = [whole.stop() for whole in running]
    for whole in running:
        print(*whole.lines, sep="\n")  # noqa: T201 - pytest shows it where a test fails
    assert statuses == [0] * len(running)
    for whole in running:
        assert [line for line in whole.lines if "raw" in line] == [], "every log line is JSON"
