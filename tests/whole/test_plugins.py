"""Plug-ins of another package, installed for real, in the guard's own processes; and broken ones that stop nothing."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from detectors.base import Harvest
from tests.packages import EXAMPLE, install, install_example
from tests.whole.conftest import Start
from tests.whole.kit import ROOT, WATCHING, Client, Whole, chat, until

QUORUM = """policy: by-quorum
plugin: quorum
with: {detectors: 1, nats: 2.0, action: curt, parameters: {tokens: 7}}
mode: enforce
single_family: true
"""
BROKEN = """
from dataclasses import dataclass
from detectors.volume import Volume
from gateway.actions.watch import Watch
from gateway.embedding.characters import Characters
from gateway.storage import Sqlite
from gateway.dialects.openai import OpenAI

@dataclass(frozen=True)
class Sensor(Volume):
    name = "sensor"
    def update(self, state, observation): raise AttributeError("never seen such a thing")
    def fold(self, state, observations): raise KeyError("nor these")
    def evidence(self, state, baseline): return super().evidence(state, baseline) if state == self.initial() else "much"

@dataclass(frozen=True)
class Harsh(Watch):
    name, severity = "harsh", 5
    def admit(self, glance, allowances): raise OSError("out of order")

@dataclass(frozen=True)
class Mild(Watch):
    name, severity = "mild", 2
    def charges(self, glance): return "plenty"
    def admit(self, glance, allowances): return None

@dataclass(frozen=True)
class Tongue:
    name = "tongue"
    def claims(self, method, path): raise RecursionError

@dataclass(frozen=True)
class Judge:
    def judge(self, standing): raise ZeroDivisionError
"""
EXPECTED = [
    "2:27: panel.torn: detector torn cannot be imported from torn:Torn",
    "3:17: store.plugin: store torn cannot be imported",
    "4:20: dialects.openai: dialect openai is always there",
    "4:32: dialects.opener: no dialect is called opener",
]
ENTRIES = {
    "detectors.sensor": "Sensor", "actions.harsh": "Harsh", "actions.mild": "Mild", "dialects.tongue": "Tongue",
    "policies.judge": "Judge",
}  # fmt: skip


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the example package is installed."""
    site = tmp_path_factory.mktemp("site")
    install_example(site, tmp_path_factory.mktemp("scratch"))
    return site


@pytest.fixture
def path(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let processes find the packages of a folder."""

    def on(site: Path) -> None:
        monkeypatch.setenv("PYTHONPATH", str(site))

    return on


def command(*words: str | Path) -> "subprocess.CompletedProcess[str]":
    line = [sys.executable, "-m", "gateway.cli", *map(str, words)]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)


def decide(whole: Whole, key: str, action: str, *options: str) -> None:
    adding = whole.command("decisions", "add", *whole.key(key), action, *options)
    assert adding.communicate()
    assert adding.returncode == 0
    until(lambda: [d for d in whole.decisions() if d.action == action], f"{action} stands")


def asked(client: Client, key: str, seen: Callable[[], bool], status: int) -> bytes:
    """Ask until something is seen; return the last answer's body, which has the status."""
    until(lambda: client.ask(key, chat("Hello.")).whole and seen(), f"{key} is decided on")
    answer = client.ask(key, chat("Hello."))
    assert answer.status == status
    return answer.body


def test_the_example_keeps_its_promises_where_it_is_installed(example: Path, path: Any) -> None:
    path(example)
    suites = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", str(EXAMPLE / "tests")]
    done = subprocess.run(suites, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


def test_what_is_installed_is_listed_with_who_brings_it(example: Path, path: Any) -> None:
    path(example)
    done = command("plugins", "list", "-o", "json")
    assert done.returncode == 0, done.stdout
    ours = {row["kind"]: row for row in json.loads(done.stdout) if row["distribution"] == "stillguard-example"}
    assert set(ours) == {"detector", "policy", "action", "dialect", "embedder", "store"}
    assert {(row["version"], row["fault"]) for row in ours.values()} == {("1.2.3", "")}
    assert ours["detector"]["fields"] == ["most", "ceiling"]


def test_the_guard_works_with_a_plug_in_of_each_kind(example: Path, path: Any, start: Start, tmp_path: Path) -> None:
    path(example)
    apart = tmp_path / "var" / "elsewhere"
    whole = start(
        QUORUM,
        store={"plugin": "apart", "with": {"folder": "elsewhere"}},
        dialects={"echo": {"path": "/v1/echo"}},
        panel={"shipped": {}, "greedy": {"ceiling": 9.0}},
        analysis={"embedding": {"plugin": "letters", "with": {"alphabet": "etaoinshr"}}},
        store_at=apart,
    )
    client = Client(whole.url)
    for number in range(60):
        client.ask("sk-reader", chat(f"What is {number} times {number}?", temperature=0, max_tokens=300))
        if number % 20 == 19:
            whole.folded()
    assert client.ask("sk-reader", json.dumps({"model": "m", "say": "tides"}).encode(), "/v1/echo").status == 404
    whole.settled(61)
    assert whole.metric("requests_total", surface="echo.say", dialect="echo") == 1
    taken = [d for d in whole.decisions() if d.subject == whole.key("sk-reader")]
    assert [(d.action, d.policy, d.rule, d.severity) for d in taken] == [("curt", "by-quorum", "agreed", 2)]
    assert taken[0].evidence["greedy"].weight > 2.0
    assert taken[0].evidence["greedy"].because["greedy_share"] == 1.0

    def is_curt() -> bool:
        client.ask("sk-reader", chat("Is the tide in?"))
        return whole.metric("requests_total", action="curt", mode="enforce") > 0

    until(is_curt, "the proxy hears of the decision")
    assert whole.metric("plugin_seconds_total", kind="detector", name="greedy") > 0
    assert whole.metric("plugin_errors_total") == 0
    assert list(apart.glob("*.sqlite*"))
    assert list((tmp_path / "var").glob("*.sqlite*")) == []


def test_broken_plug_ins_are_counted_and_told_once_and_stop_neither_relay_nor_analyst(
    path: Any, start: Start, tmp_path: Path
) -> None:
    install(tmp_path / "site", "broken", BROKEN, ENTRIES)
    path(tmp_path / "site")
    whole = start(
        "policy: bad\nplugin: judge\nmode: enforce\n",
        dialects={"tongue": {}},
        panel={"shipped": {}, "sensor": {}},
    )
    client = Client(whole.url)
    for _ in range(40):
        assert client.ask("sk-reader", chat("Hello.")).status == 200
    whole.settled(40)
    assert whole.cases()[whole.key("sk-reader")] != Harvest()
    for kind, name in (("detector", "sensor"), ("policy", "judge"), ("dialect", "tongue")):
        assert whole.metric("plugin_errors_total", kind=kind, name=name) >= 1, kind
    decide(whole, "sk-mild", "mild")
    asked(client, "sk-mild", lambda: whole.metric("plugin_errors_total", name="mild") > 0, 200)
    decide(whole, "sk-harsh", "harsh")
    refused = asked(client, "sk-harsh", lambda: whole.metric("plugin_errors_total", name="harsh") > 0, 403)
    assert b"out of order" not in refused
    assert whole.metric("plugin_errors_total", kind="action", name="harsh") >= 1
    told = [(line["plugin"], line["fault"]) for line in whole.logged("a plug-in failed")]
    assert len(set(told)) == len(told), "one line a kind of fault and process"
    assert ("detector sensor", "AttributeError") in told
    assert whole.logged("started analyst")[1:] == []
    assert whole.logged("started proxy")[1:] == []


def test_what_cannot_be_loaded_is_refused_with_its_place(path: Any, tmp_path: Path) -> None:
    install(tmp_path / "site", "torn", "import nothing_of_the_kind", {"detectors.torn": "Torn", "stores.torn": "Torn"})
    install(tmp_path / "site", "twin_a", BROKEN, {"actions.twin": "Mild"})
    install(tmp_path / "site", "twin_b", BROKEN, {"actions.twin": "Mild", "detectors.volume": "Sensor"}, version="2.0")
    path(tmp_path / "site")
    file = tmp_path / "gateway.yaml"
    file.write_text(
        'routes: [{upstream: "http://127.0.0.1:1"}]\n'
        "panel: {volume: {}, torn: {}}\n"
        "store: {plugin: torn}\n"
        "dialects: {openai: {}, opener: {}}\n"
        "policies: policy.yaml\n"
    )
    (tmp_path / "policy.yaml").write_text(WATCHING)
    done = command("check", "config", file)
    assert done.returncode == 1
    told = [line.removeprefix(f"{file}:") for line in done.stderr.splitlines()]
    assert [words in line for words, line in zip(EXPECTED, told, strict=True)] == [True] * 4, told

    listed = command("plugins", "list")
    assert listed.returncode == 1
    assert "the name is in dispute: twin_a 1.0 and twin_b 2.0" in listed.stdout
    assert "the name is stillguard 0.1.0's" in listed.stdout
    assert "ModuleNotFoundError" in listed.stdout
