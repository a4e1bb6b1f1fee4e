"""Calibration plays clients through what runs live, learns numbers, and reports on others."""

import json
import os
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from detectors.base import Baseline
from detectors.lab import adversaries, benign
from detectors.lab.pack import CALIBRATION, HELD_OUT
from detectors.lab.traffic import Client
from gateway import calibrate
from gateway.calibrate import DEFAULT, check, described, learn, main
from gateway.first_panel import told
from gateway.plugins import panel
from gateway.rehearsal import MOST, exchange, judge, live, observed

PANEL = panel({})
SHIPPED = msgspec.json.decode(DEFAULT.read_bytes(), type=Baseline)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LEARNT", "CHECKED", "PACK_LEARNT", "PACK_CHECKED", "PACK_THEIRS"):
        monkeypatch.setattr(calibrate, name, 1)


def one(kind: str, seed: int = 2000) -> Client:
    return Client(kind, "own", seed, *(benign.KINDS | benign.ENTITLED | adversaries.KINDS)[kind])


def test_an_exchange_reads_as_the_gateway_would_have_read_it() -> None:
    asked = one("agent").exchanges()[5]
    query, answer, entry = exchange(asked)
    assert (query.system, query.tools, len(query.turns)) == (asked.system, asked.tools, len(asked.turns))
    assert (len(answer.text), answer.usage.completion_tokens) == (asked.answer_chars, asked.answer_tokens)
    assert (entry.at, entry.took, entry.status) == (asked.at, asked.took, 200)


def test_every_exchange_is_observed() -> None:
    pairs = list(observed(one("labelling"), most=40))
    assert len(pairs) == 40
    assert all(answer.query is query for query, answer in pairs)


def test_a_life_is_looked_at_to_its_end() -> None:
    life = live(one("chat"), PANEL)
    assert 0 < life.exchanges <= MOST
    assert life.looks.keys() == PANEL.keys()
    assert all(len(states) == life.exchanges // 32 + 1 for states in life.looks.values())
    assert all(value <= size for size, value in life.cells.items())


def test_learning_is_deterministic_and_fills_every_number_that_the_panel_reads() -> None:
    clients = [one(kind) for kind in benign.KINDS]
    baseline = learn(clients, PANEL, "a test")
    assert baseline == learn(clients, PANEL, "a test")
    asked = {name for detector in PANEL.values() for name in getattr(detector, "nulls", ())}
    assert asked
    assert baseline.numbers.keys() == asked
    assert baseline.source.startswith(f"{len(clients)} honest subjects, ")


def test_the_shipped_baseline_says_what_it_was_learnt_from_and_fills_every_number() -> None:
    asked = {name for detector in PANEL.values() for name in getattr(detector, "nulls", ())}
    assert SHIPPED.numbers.keys() == asked
    assert all(name in SHIPPED.source for name in (*benign.KINDS, *CALIBRATION, "seeds 0 to 23"))
    assert not any(name in SHIPPED.source for name in HELD_OUT)
    assert all(0.0 < value < 1.0 for name, value in SHIPPED.numbers.items() if "rate" in name)
    assert "public prompts" not in described(None)


@pytest.mark.parametrize("kind", benign.KINDS)
def test_honest_clients_nobody_learnt_from_raise_no_alarm_under_the_shipped_baseline(kind: str) -> None:
    outcome = judge(one(kind), PANEL, SHIPPED)
    assert outcome.exchanges > 0
    assert outcome.days >= 1
    assert (outcome.lax, outcome.strict) == (0, 0)


@pytest.mark.parametrize(("kind", "by"), [("logits", 64), ("reasoning_paraphrased", 64)])
def test_plain_distillers_alarm_soon_under_the_shipped_baseline(kind: str, by: int) -> None:
    outcome = judge(one(kind), PANEL, SHIPPED)
    assert 0 < outcome.lax <= outcome.strict <= by
    assert outcome.families >= 1


@pytest.mark.parametrize("kind", ["synthetic", "logits"])
def test_a_second_family_backs_the_alarm_of_a_harvester_that_never_pauses(kind: str) -> None:
    outcome = judge(one(kind), PANEL, SHIPPED)
    assert 0 < outcome.strict <= outcome.backed <= outcome.exchanges


def test_a_harvester_that_draws_its_pauses_by_chance_alarms_on_its_contents_alone() -> None:
    outcome = judge(one("instructions_unhurried"), PANEL, SHIPPED)
    assert outcome.strict
    assert not outcome.backed


def test_a_laboratory_never_lowers_a_detectors_own_null() -> None:
    numbers = learn([one("chat")], PANEL, "a test").numbers
    own = {name: low for d in PANEL.values() for name, low in getattr(d, "nulls", {}).items() if "rate" in name}
    assert own
    assert all(numbers[name] >= low for name, low in own.items())


@pytest.mark.usefixtures("few")
def test_the_command_writes_a_baseline_and_checks_it(tmp_path: Path) -> None:
    out = tmp_path / "base.json"
    done = CliRunner().invoke(main, ["--out", str(out)], env={"STILLGUARD_PACK": ""})
    assert done.exit_code == 0, done.output
    learnt = msgspec.json.decode(out.read_bytes(), type=Baseline)
    assert learnt.source.startswith(f"{len(benign.KINDS)} honest subjects")
    checked = check(None, PANEL, learnt)
    assert [one.kind for one in checked.honest] == list(benign.KINDS)
    assert [one.kind for one in checked.distillers] == list(adversaries.KINDS)
    command = ["--out", str(out), "--check", "--figures", str(tmp_path)]
    done = CliRunner().invoke(main, command, env={"STILLGUARD_PACK": ""})
    assert done.exit_code == 0, done.output
    assert done.output.splitlines() == list(told(checked))
    assert json.loads((tmp_path / "first_panel.json").read_text())["command"].endswith("--check --figures DIR")


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("STILLGUARD_PACK"), reason="STILLGUARD_PACK names no traffic pack")
def test_learning_anew_gives_the_shipped_baseline(tmp_path: Path) -> None:
    out = tmp_path / "base.json"
    assert CliRunner().invoke(main, ["--out", str(out)]).exit_code == 0
    assert out.read_bytes() == DEFAULT.read_bytes()
