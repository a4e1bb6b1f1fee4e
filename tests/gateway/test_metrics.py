import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from gateway import metrics

LABELS = {
    "surface", "dialect", "code", "action", "mode", "error_type", "phase", "direction", "reason", "call", "kind",
    "detector", "policy", "rule", "scope", "version", "le", "outcome", "live", "candidate", "way",
    "name", "state", "pass", "ledger",
}  # fmt: skip
WORKER = """
from gateway import metrics
metrics.REQUESTS.labels("chat", "openai", "200", "none", "none").inc({count})
metrics.INFLIGHT.inc({count})
{more}
"""


def work(folder: Path, count: int, more: str = "") -> int:
    """Let a process of its own count, and return its id."""
    code = WORKER.format(count=count, more=more) + "import os; print(os.getpid())"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PROMETHEUS_MULTIPROC_DIR": str(folder)}, stdout=subprocess.PIPE, check=True
    )
    return int(done.stdout)


def scraped(name: str) -> float:
    families = text_string_to_metric_families(metrics.exposition().decode())
    return sum(sample.value for family in families for sample in family.samples if sample.name == name)


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "metrics"
    metrics.sweep(folder)
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(folder))
    return folder


def test_what_several_processes_counted_adds_up(shared: Path) -> None:
    work(shared, 3)
    work(shared, 4)
    assert scraped("stillguard_requests_total") == 7
    assert scraped("stillguard_inflight_requests") == 7


def test_of_a_process_that_ended_the_counts_stay_and_the_gauges_go(shared: Path) -> None:
    metrics.forget_processes([work(shared, 3)])
    work(shared, 4)
    assert scraped("stillguard_requests_total") == 7
    assert scraped("stillguard_inflight_requests") == 4


@pytest.mark.parametrize("last", [0, 1])
def test_the_last_reload_is_the_analysts_word_whatever_the_others_have_never_said(shared: Path, last: int) -> None:
    work(shared, 1)
    work(shared, 1, f"metrics.RELOAD_OK.set({1 - last}); metrics.RELOAD_OK.set({last})")
    work(shared, 1)
    assert scraped("stillguard_config_last_reload_successful") == last


def test_a_new_run_begins_at_nothing(shared: Path) -> None:
    work(shared, 3)
    metrics.sweep(shared)
    assert scraped("stillguard_requests_total") == 0


def test_every_series_bears_our_name_and_labels_of_a_closed_vocabulary() -> None:
    families = list(REGISTRY.collect())
    ours = [family for family in families if family.name.startswith("stillguard_")]
    assert len(ours) > 20
    collectors = [thing for thing in vars(metrics).values() if hasattr(thing, "_labelnames")]
    assert {name for one in collectors for name in one._labelnames} <= LABELS
    assert all(family.documentation.endswith(".") for family in ours)
