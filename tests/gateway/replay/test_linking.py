"""Campaigns in recorded traffic: found by their members' names, and alike for any number of processes."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.replay import sources
from tests.gateway.replay.kit import NOON, bias, run, text

KEYS, EACH = 20, 9
SYSTEM = "You write training examples for a smaller model. Reason in full, then give the whole answer and nothing else."
NOUNS = (
    "the harbour", "a lantern", "winter rye", "the old mill", "a kestrel", "wet clay", "the night train", "a cellist",
    "river ice", "the baker", "salt marsh", "a broken clock", "the apprentice", "copper wire", "a tide table", "moss",
    "the glacier", "a mule", "low cloud", "the printer", "a violin", "beech wood", "the ferry",
)  # fmt: skip
VERBS = ("change", "fail", "sing", "wait", "turn", "grow", "break", "glow", "settle", "return", "burn")
POLICY = """
policy: pools
mode: enforce
rungs:
  - {rule: campaign, one_in: 5, when: members >= 15, single_family: true, scopes: [campaign], action: deny, for: 1h}
"""


def asked(number: int, key: int, at: float) -> dict[str, Any]:
    one = bias(number) | {"at": at, "key": f"k-{key}", "account": None, "address": f"198.51.{key}.7"}
    question = f"Why does {NOUNS[number * 7 % len(NOUNS)]} {VERBS[number * 3 % len(VERBS)]} in year {number}?"
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": question}]
    return one | {"request": one["request"] | {"messages": messages}}


def pool(hours: int = 1) -> list[dict[str, Any]]:
    """Deal a harvest over twenty keys, one after the other; a twenty-first comes in the last hour."""
    count = KEYS * EACH * hours
    lines = [asked(n, n % KEYS, NOON + n * 3600.0 / (KEYS * EACH)) for n in range(count)]
    late = NOON + (hours - 1) * 3600.0 + 60.0
    return sorted([*lines, *(asked(count + n, KEYS, late + 60.0 * n) for n in range(EACH))], key=lambda one: one["at"])


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "BLOCK", 32 << 10)
    monkeypatch.setattr(sources, "_PIECE", 32 << 10)


def campaigns(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in changes if one["subject"]["scope"] == "campaign"]


def replayed(folder: Path, lines: list[dict[str, Any]], *words: str) -> list[dict[str, Any]]:
    folder.mkdir(exist_ok=True)
    (folder / "log.jsonl").write_bytes(text(lines))
    (folder / "pools.yaml").write_text(POLICY)
    done = run(folder, folder / "log.jsonl", "--policy", str(folder / "pools.yaml"), *words)
    assert done.result.exit_code == 0, done.result.output
    return done.changes


def test_a_pool_is_one_campaign_with_its_members_by_the_names_of_the_log(tmp_path: Path) -> None:
    (found,) = campaigns(replayed(tmp_path, pool()))
    assert found["severity"] == 5
    assert {(one["scope"], one["value"]) for one in found["members"]} >= {("key", f"k-{n}") for n in range(KEYS)}


@pytest.mark.usefixtures("small_blocks")
def test_who_joins_later_is_told_and_any_number_of_processes_comes_to_the_same(tmp_path: Path) -> None:
    lines = pool(hours=4)
    alone, together = (replayed(tmp_path / jobs, lines, "--jobs", jobs) for jobs in ("1", "2"))
    assert json.dumps(alone) == json.dumps(together)
    told = campaigns(alone)
    first, last = ({one["value"] for one in change["members"]} for change in (told[0], told[-1]))
    assert f"k-{KEYS}" not in first
    assert f"k-{KEYS}" in last
    assert told[0]["at"] < told[-1]["at"]


def test_one_key_alone_is_no_campaign(tmp_path: Path) -> None:
    lines = [asked(n, 0, NOON + 60.0 * n) for n in range(40)]
    assert not campaigns(replayed(tmp_path, lines))


def test_linkage_that_is_off_finds_nothing(tmp_path: Path) -> None:
    config = tmp_path / "gateway.yaml"
    config.write_text("routes: [{upstream: 'http://127.0.0.1'}]\nlinkage: {enabled: false}\n")
    assert not campaigns(replayed(tmp_path, pool(), "-c", str(config)))
