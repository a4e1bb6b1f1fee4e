"""Policies read of replayed subjects what they read of live ones: models, tags, and how often a rule was decided."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli import main
from tests.gateway.replay.kit import line, text

POLICY = """
policy: conditioned
rungs:
  - rule: large
    families: 0
    when: '"large" in models && "research" in tags && scope == "key"'
    action: watch
    for: 10m
    escalate:
      within: 7d
      steps:
        - {after: 1, for: 20m}
        - {after: 2, for: 30m}
"""


def folder_with(folder: Path, policy: str) -> Path:
    (folder / "policy.yaml").write_text(policy)
    (folder / "accounts.yaml").write_text("accounts: {acme: {tags: [research]}, other: {}}\n")
    config = folder / "gateway.yaml"
    config.write_text(
        "routes: [{upstream: 'http://127.0.0.1:9'}]\npolicies: policy.yaml\nidentity: {accounts_file: accounts.yaml}\n"
    )
    return config


def lines() -> bytes:
    """Return three spells of exchanges, hours apart, so that decisions lapse between them."""
    found = []
    for spell in range(3):
        for number in range(12):
            at = 10_800.0 * spell + 10.0 * number
            for account, model in (("acme", "large"), ("other", "large"), ("acme", "small")):
                request = line(number)["request"] | {"model": model}
                key = f"{account}-{model}"
                found.append(line(number, at=1_764_849_600.0 + at, account=account, key=key, request=request))
    return text(found)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_models_tags_and_repetition_decide_in_a_replay(tmp_path: Path, jobs: str) -> None:
    config = folder_with(tmp_path, POLICY)
    (tmp_path / "log.jsonl").write_bytes(lines())
    out = tmp_path / "out.jsonl"
    words = ["replay", str(tmp_path / "log.jsonl"), "-c", str(config), "--decisions", str(out), "--jobs", jobs]
    ran = CliRunner().invoke(main, words)
    assert ran.exit_code == 0, ran.output
    taken = [row for row in map(json.loads, out.read_text().splitlines()) if row["severity"]]
    assert {row["subject"]["value"] for row in taken} == {"acme-large"}
    lasted = [(row["until"] - row["at"]) / 60 for row in taken]
    assert lasted == pytest.approx([10, 20, 30], rel=0.05)


def test_an_accounts_file_at_fault_is_told(tmp_path: Path) -> None:
    config = folder_with(tmp_path, POLICY)
    (tmp_path / "accounts.yaml").write_text("accounts: {acme: {tags: [Not a tag]}}\n")
    (tmp_path / "log.jsonl").write_bytes(lines())
    ran = CliRunner().invoke(main, ["replay", str(tmp_path / "log.jsonl"), "-c", str(config)])
    assert ran.exit_code == 1
    assert "accounts.yaml" in ran.output
