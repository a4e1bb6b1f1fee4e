import io
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from detectors.base import Harvest
from gateway.clock import now
from gateway.config import Route
from gateway.decisions import Decision, Subject
from gateway.demo import story
from gateway.demo.cast import ROLES
from gateway.demo.clients import Player
from gateway.demo.watcher import Watcher
from gateway.dialects.known import Dialects
from gateway.policies.file import load_policies
from gateway.upstream import Upstream

HONEST, HARVESTER = ROLES[0], ROLES[-1]
NOWHERE = Upstream(Route(upstream="http://127.0.0.1:9"))


@pytest.fixture
def players() -> list[Player]:
    return [Player(role, [], NOWHERE, Dialects()) for role in (HONEST, HARVESTER)]


@pytest.fixture
def watcher() -> Watcher:
    return Watcher(NOWHERE, {Subject("key", role.name): role.name for role in (HONEST, HARVESTER)})


def decide(watcher: Watcher, name: str, action: str, severity: int, answers: int) -> None:
    decision = Decision(
        id="dec_1", subject=Subject("key", name), action=action, severity=severity, at=now(), until=now() + 60,
        mode="enforce", harvest=Harvest(exchanges=answers),
    )  # fmt: skip
    watcher.take([], [decision])


def told(players: list[Player], watcher: Watcher) -> tuple[int, str]:
    out = io.StringIO()
    return story._account(players, watcher, Console(file=out, width=300)), out.getvalue()


def test_all_is_well_if_the_harvester_was_slowed_and_nobody_else_touched(
    players: list[Player], watcher: Watcher
) -> None:
    decide(watcher, HONEST.name, "watch", 1, 5)
    decide(watcher, HARVESTER.name, "trim", 2, 30)
    decide(watcher, HARVESTER.name, "throttle", 3, 80)
    code, text = told(players, watcher)
    assert code == 0
    assert "none of them was touched" in text
    assert "trimmed after 30 answers, throttled after 80 answers" in text


def test_a_harvester_that_was_only_trimmed_got_away(players: list[Player], watcher: Watcher) -> None:
    decide(watcher, HARVESTER.name, "trim", 2, 30)
    code, text = told(players, watcher)
    assert code == 1
    assert f"Got away: {HARVESTER.name}." in text


@pytest.mark.parametrize("met", ["throttled", "denied", "failed"])
def test_an_honest_client_that_was_turned_away_is_a_failure(players: list[Player], watcher: Watcher, met: str) -> None:
    decide(watcher, HARVESTER.name, "deny", 5, 120)
    setattr(players[0].tally, met, 1)
    code, text = told(players, watcher)
    assert code == 1
    assert f"touched: {HONEST.name}" in text


def test_an_honest_client_that_was_trimmed_is_a_failure(players: list[Player], watcher: Watcher) -> None:
    decide(watcher, HARVESTER.name, "deny", 5, 120)
    decide(watcher, HONEST.name, "trim", 2, 30)
    assert told(players, watcher)[0] == 1


def test_the_demos_policy_has_no_faults_and_denies_on_two_families_only() -> None:
    load_policies(story.POLICY)
    stop = next(line for line in story.POLICY.read_text().splitlines() if "action: deny" in line)
    assert "families: 2" in stop


def test_the_guard_is_set_up_on_free_ports(tmp_path: Path) -> None:
    config = story.settings("http://127.0.0.1:9", tmp_path)
    assert (config.listen.port, config.admin.port) == (0, 0)
    assert config.data.parent == tmp_path


@pytest.mark.slow
def test_the_demo_catches_every_harvester_and_touches_nobody_else() -> None:
    command = [sys.executable, "-c", "from gateway.cli import main; main()", "demo", "--seconds", "30", "--plain"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=150)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "7 honest clients" in done.stdout
    assert done.stdout.count("throttled after") == 4
    assert done.stderr == ""
