"""The writer is killed with SIGKILL again and again: nothing is lost, nothing is there twice, and the chain holds."""

import os
import random
import subprocess
import sys
import threading
from pathlib import Path

from gateway.clock import monotonic
from gateway.decision_log.chronicle import Chronicle
from gateway.decision_log.pages import pages_in
from gateway.decision_log.reading import lines
from gateway.decision_log.signing import signer
from gateway.decision_log.verifying import verify
from gateway.stores.sqlite import SqliteStore
from tests.gateway.decision_log import stranger
from tests.gateway.decision_log.nursery import begin

ROOT = Path(__file__).parents[3]
KILLS = 8


def written(folder: Path) -> int:
    return sum(page.stat().st_size for page in pages_in(folder / "log"))


def work_and_kill(folder: Path, name: str, bytes_more: int) -> None:
    """Let a writer work until the log has grown by so much, and kill it at whatever it is doing."""
    goal = written(folder) + bytes_more
    script = Path(__file__).parent / "busy.py"
    child = subprocess.Popen(
        [sys.executable, script, folder, name], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    deadline, waiting = monotonic() + 60, threading.Event()
    while written(folder) < goal:
        assert child.poll() is None
        assert monotonic() < deadline, "the log grows"
        waiting.wait(0.001)
    child.kill()
    child.wait()


def test_a_writer_that_is_killed_loses_nothing_and_breaks_no_chain(tmp_path: Path) -> None:
    turn = random.Random(11)
    for number in range(KILLS):
        work_and_kill(tmp_path, f"w{number}", turn.randrange(1, 20_000))
    store = SqliteStore(tmp_path)
    log = begin(tmp_path)
    log._signer = signer(tmp_path / "log-key.pem")
    chronicle = Chronicle(log, store.audit)
    chronicle.follow()
    chronicle.close()
    proof = verify(tmp_path / "log", log.public, [])
    assert proof.flaws == []
    assert proof.files > 1
    assert stranger.check(tmp_path / "log", log.public) == ""
    told = list(lines(tmp_path / "log"))
    everything = store.audit.decided(0, 10**6)
    logged = [(line.kind == "lifted", line.body["id"]) for line in told if line.kind in {"decision", "lifted"}]
    assert logged == [(one.lifted, one.decision.id) for one in everything]
    labels = [line.body["id"] for line in told if line.kind == "label"]
    assert len(labels) == len(set(labels)) == store.audit.extent().notes
    store.close()
