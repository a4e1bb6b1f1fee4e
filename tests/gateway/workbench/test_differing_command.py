import json
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.workbench.kit import POLICY, run, write


def differences(folder: Path, new: str, old: str = POLICY) -> dict[str, Any]:
    done = run("diff", write(folder, "old.yaml", old), write(folder, "new.yaml", new), "-o", "json")
    assert done.exit_code == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("was", "is_now", "rule", "key", "way"),
    [
        ("one_in: 1e4", "one_in: 1e3", "trim", "one_in", "stricter"),
        ("one_in: 1e4", "one_in: 1e5", "trim", "one_in", "milder"),
        ("traces: 100}", "traces: 50}", "slow", "harvest.traces", "stricter"),
        ("traces: 100}", "traces: 50, exchanges: 9}", "slow", "harvest.exchanges", "milder"),
        ("action: deny, for: 24h", "action: deny, for: 2h", "stop", "for", "milder"),
        ("families: 2, action: trim", "families: 3, action: trim", "trim", "families", "milder"),
        ("families: 2, action: trim", "families: 1, single_family: true, action: trim", "trim", "families", "stricter"),
        ("action: watch, for: 1h", "action: trim, single_family: true, for: 1h", "notice", "action", "stricter"),
        ("mode: shadow", "mode: enforce", "notice", "mode", "stricter"),
        ("mode: shadow", "mode: off", "notice", "mode", "milder"),
        ("for: 24h", "for: 24h, scopes: [key]", "stop", "scopes", "milder"),
        ("for: 24h", "for: 24h, scopes: [key, network]", "stop", "scopes", "changed"),
        ("for: 24h", "for: 24h, sample: 0.1", "stop", "sample", "milder"),
        ("for: 24h", "for: 24h, when: hour < 6", "stop", "when", "changed"),
        ("for: 2h, with", "for: 2h, escalate: {within: 7d, steps: [{after: 2, for: 4h}]}, with", "slow", "escalate",
         "changed"),
        ("requests_per_minute: 6", "requests_per_minute: 60", "slow", "with.requests_per_minute", "milder"),
        ("requests_per_minute: 6", "requests_per_minute: 6, tokens_per_minute: 9", "slow", "with.tokens_per_minute",
         "stricter"),
        ("requests_per_minute: 6", "requests_per_minute: 6, reasoning: true", "slow", "with.reasoning", "stricter"),
        ("requests_per_minute: 6", "requests_per_minute: 6, estimate: 7", "slow", "with.estimate", "changed"),
    ],
)  # fmt: skip
def test_each_change_is_told_with_its_way(tmp_path: Path, was: str, is_now: str, rule: str, key: str, way: str) -> None:
    assert was in POLICY
    found = differences(tmp_path, POLICY.replace(was, is_now))
    (told,) = found["rules"]
    assert told["rule"] == rule
    assert {change["key"]: change["way"] for change in told["changes"]}[key] == way
    assert found["same"] == 3


def test_rules_that_came_and_went_are_told_whole(tmp_path: Path) -> None:
    renamed = POLICY.replace("rule: stop", "rule: halt")
    found = differences(tmp_path, renamed)
    assert {(rule["rule"], rule["way"]) for rule in found["rules"]} == {("stop", "removed"), ("halt", "added")}
    assert "deny for 1d, enforce, on account, campaign, key, user: from 18.4 nats" in found["rules"][0]["words"]


def test_one_policy_each_are_held_against_each_other_whatever_their_names(tmp_path: Path) -> None:
    found = differences(tmp_path, POLICY.replace("policy: steps", "policy: others").replace("1e4", "1e3"))
    assert [(rule["policy"], rule["rule"], rule["way"]) for rule in found["rules"]] == [("others", "trim", "stricter")]
    assert found["others"] == [{"policy": "others", "key": "policy", "way": "changed", "old": "steps", "new": "others"}]


def test_changes_both_ways_make_a_rule_changed(tmp_path: Path) -> None:
    found = differences(tmp_path, POLICY.replace("traces: 100}", "traces: 50}").replace("one_in: 1e6", "one_in: 1e7"))
    assert [rule["way"] for rule in found["rules"]] == ["changed"]


def test_people_read_a_line_a_change_with_both_numbers(tmp_path: Path) -> None:
    new = POLICY.replace("one_in: 1e4", "one_in: 2e3").replace("mode: enforce\n", "mode: enforce\nappeal: a@b.c\n")
    done = run("diff", write(tmp_path, "old.yaml", POLICY), write(tmp_path, "new.yaml", new))
    assert "stricter  steps/trim: trim for 2h" in done.stdout
    assert "one_in 9.2 nats (one in 10,000) → 7.6 nats (one in 2,000) (stricter)" in done.stdout
    assert "changed   steps: appeal '' → 'a@b.c' (changed)" in done.stdout


def test_order_and_comments_make_no_difference(tmp_path: Path) -> None:
    head, *rungs = POLICY.strip().split("  - ")
    done = run(
        "diff", write(tmp_path, "old.yaml", POLICY), write(tmp_path, "new.yaml", "  - ".join([head, *rungs[:-1]]))
    )
    assert done.exit_code == 0
    turned = head + "".join(f"  - {rung.strip()}\n" for rung in reversed(rungs)) + "# the end\n"
    same = run("diff", write(tmp_path, "old.yaml", POLICY), write(tmp_path, "new.yaml", turned))
    assert same.stdout == "no difference: 4 rules the same\n"


def test_a_file_at_fault_is_told_and_nothing_is_compared(tmp_path: Path) -> None:
    bad = write(tmp_path, "bad.yaml", POLICY.replace("trim", "trimm"))
    done = run("diff", write(tmp_path, "old.yaml", POLICY), bad)
    assert (done.exit_code, done.stdout) == (1, "")
    assert f"{bad}:5:" in done.stderr


def test_folders_are_compared_policy_by_policy(tmp_path: Path) -> None:
    for folder in ("old", "new"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, "steps.yaml", POLICY)
    write(tmp_path / "new", "more.yaml", "policy: more\nrungs: [{rule: look, one_in: 9, action: watch, for: 1h}]\n")
    done = run("diff", tmp_path / "old", tmp_path / "new")
    assert "added     more/look: watch for 1h, shadow" in done.stdout
    assert "4 rules the same" in done.stdout
