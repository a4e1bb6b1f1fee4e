import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from detectors.base import Evidence, Harvest
from detectors.linkage.base import Reason
from gateway.campaigns import Campaign, Member
from gateway.clock import now
from gateway.decisions import Decision, Subject
from gateway.policies.file import load_policy
from gateway.stores.base import Folded
from gateway.stores.sqlite import SqliteStore
from gateway.workbench.explaining import state
from tests.gateway.workbench.kit import POLICY, run, write

COVERAGE = {"queries": 90.0, "cells": 80.0, "expected": 9.0}
SUBJECT = Subject("key", "aa" * 16)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "policy.yaml", POLICY)
    data = json.dumps(str(tmp_path / "var"))
    head = "routes: [{upstream: 'http://127.0.0.1:9'}]\npolicies: policy.yaml\nappeal: appeals@example.org\n"
    write(tmp_path, "gateway.yaml", head + f"data: {data}\n")
    return tmp_path


@pytest.fixture
def store(folder: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(folder / "var")
    yield opened
    opened.close()


def decision(folder: Path, name: str = "dec_1", **other: Any) -> Decision:
    at = now() - 60.0
    evidence = {
        "coverage": Evidence(14.0, COVERAGE),
        "cadence": Evidence(11.0, {"frames_2": 9.0, "even_2": 8.0}),
        "departure": Evidence(0.0, {}),
    }
    fields: dict[str, Any] = {
        "id": name, "subject": SUBJECT, "action": "throttle", "severity": 3, "at": at, "until": at + 7200.0,
        "policy": "steps", "rule": "slow", "revision": load_policy(folder / "policy.yaml").revision, "mode": "enforce",
        "weight": 22.0, "families": {"content": 12.0, "timing": 10.0}, "evidence": evidence,
        "harvest": Harvest(exchanges=300, traces=250),
    }  # fmt: skip
    return Decision(**{**fields, **other})


def keep(store: SqliteStore, *decisions: Decision) -> None:
    store.commit(Folded(upto=0, cases={}, decisions=decisions, at=now()))


def explain(folder: Path, *words: str, name: str = "dec_1") -> str:
    done = run("explain", name, "-c", folder / "gateway.yaml", *words)
    assert done.exit_code == 0, done.output
    return str(done.stdout)


def told(folder: Path, name: str = "dec_1") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(explain(folder, "-o", "json", name=name))
    return found


def test_a_decision_is_told_with_rule_numbers_reasons_and_appeal(folder: Path, store: SqliteStore) -> None:
    keep(store, decision(folder))
    text = explain(folder)
    for words in (
        "dec_1: throttle for 2.0 h on key:aaaa",
        "by rule steps/slow, in enforce",
        "stands until ",
        f"The rule as written ({folder / 'policy.yaml'}:6)",
        "- {rule: slow, one_in: 1e6, families: 2, harvest: {traces: 100}, action: throttle",
        "one_in: asks for 13.8 nats (one in 1,000,000), found 22.0 nats",
        "harvest.traces: asks for 100, found 250",
        "evidence was 8.2 nats above the line, a factor of",
        "harvest.traces was 150 above the line",
        "coverage (content), 14.0 nats: 90 prompts fell into 80 regions of content",
        "appeals@example.org, with the reference dec_1",
    ):
        assert words in text, text
    assert "departure" not in text


def test_what_would_have_changed_it_is_worked_out_from_the_evidence(folder: Path, store: SqliteStore) -> None:
    keep(store, decision(folder))
    others = {other["without"]: other for other in told(folder)["without"]}
    assert set(others) == {"coverage", "cadence", "content", "timing"}
    for family in ("content", "timing"):  # the other family alone: two are asked for
        assert (others[family]["changes"], others[family]["action"]) == (True, "watch")
    assert others["timing"]["weight"] == pytest.approx(12.0)
    text = explain(folder)
    assert "without the family timing, 12.0 nats (one in" in text
    assert "watch would have been decided by steps/notice" in text


def test_where_no_single_voice_decides_it_says_so(folder: Path, store: SqliteStore) -> None:
    loud = {name: Evidence(60.0, {}) for name in ("coverage", "repetition", "cadence", "rhythm", "interface")}
    families = {"content": 58.0, "timing": 59.0, "interface": 59.0}
    keep(store, decision(folder, evidence=loud, families=families, weight=176.0))
    text = explain(folder)
    assert "the same would have been decided" in text
    assert "nothing alone: it rests on several" in text


def test_a_shadow_is_told_to_have_touched_nobody(folder: Path, store: SqliteStore) -> None:
    keep(store, decision(folder, mode="shadow"))
    assert "in shadow: it was recorded only" in explain(folder)


def test_states_are_told_apart(folder: Path, store: SqliteStore) -> None:
    lapsed, lifted, old = (
        decision(folder, name, subject=Subject("account", name)) for name in ("dec_lapsed", "dec_lifted", "dec_old")
    )
    keep(store, msgspec.structs.replace(lapsed, until=now() - 1), lifted, old)
    keep(store, decision(folder, "dec_new", subject=old.subject, at=now(), until=now() + 9))
    store.lift(lifted.subject, now())
    assert told(folder, "dec_lapsed")["state"]["word"] == "lapsed"
    assert told(folder, "dec_lifted")["state"]["word"] == "lifted"
    replaced = told(folder, "dec_old")["state"]
    assert (replaced["word"], replaced["by"]) == ("replaced", "dec_new")
    assert told(folder, "dec_new")["state"]["word"] == "stands"


def test_a_decision_that_lapsed_before_the_next_was_not_replaced_by_it(folder: Path) -> None:
    old, new = decision(folder, "a", at=0.0, until=10.0), decision(folder, "b", at=20.0, until=30.0)
    assert state([old], new, 25.0).word == "lapsed"


def test_an_edited_policy_is_told_with_the_rule_as_it_is_now(folder: Path, store: SqliteStore) -> None:
    keep(store, decision(folder))
    write(folder, "policy.yaml", POLICY.replace("traces: 100", "traces: 400"))
    text = explain(folder)
    assert "The policy was edited since; as it is now" in text
    assert "harvest.traces: asks for 400, found 250 (not met)" in text
    assert "harvest.traces was 150 below the line" in text
    assert "something else would be decided" in text


def test_the_copy_that_was_taken_last_tells_the_rule_over_an_edited_file(folder: Path, store: SqliteStore) -> None:
    keep(store, decision(folder))
    (folder / "var" / "policies.taken").mkdir()
    write(folder / "var" / "policies.taken", "policy.yaml", POLICY)
    write(folder, "policy.yaml", "policy: steps\n")
    found = told(folder)
    assert found["rule"]["as_then"]
    assert "policies.taken" in found["rule"]["file"]


@pytest.mark.parametrize("gone", ["rule", "policy"])
def test_a_rule_that_is_gone_is_told_gone(folder: Path, store: SqliteStore, gone: str) -> None:
    keep(store, decision(folder))
    old = {"rule": "rule: slow", "policy": "policy: steps"}[gone]
    write(folder, "policy.yaml", POLICY.replace(old, f"{gone}: other"))
    text = explain(folder)
    assert ("has no rule slow any more" in text) == (gone == "rule")
    assert ("on disk no more" in text) == (gone == "policy")


def test_a_decision_by_hand_has_no_rule(folder: Path, store: SqliteStore) -> None:
    keep(store, decision(folder, policy="by-hand", rule="", evidence={}, families={}))
    text = explain(folder)
    assert "by hand" in text
    assert "No rule: an operator took it" in text


def test_a_block_of_lines_is_shown_whole_and_without_its_neighbours(folder: Path, store: SqliteStore) -> None:
    block = """policy: steps
mode: enforce
rungs:
  # nobody is touched
  - {rule: notice, one_in: 1e2, action: watch, for: 1h}
  # work stops
  - rule: slow
    one_in: 1e6    # a few a year

    families: 2
    action: throttle
    for: 2h
    with:
      requests_per_minute: 6
  # the end
appeal: ""
"""
    write(folder, "policy.yaml", block)
    keep(store, decision(folder))
    found = told(folder)
    assert found["rule"]["line"] == 7
    assert found["rule"]["text"].splitlines() == [
        "- rule: slow", "  one_in: 1e6    # a few a year", "", "  families: 2", "  action: throttle", "  for: 2h",
        "  with:", "    requests_per_minute: 6",
    ]  # fmt: skip


def test_what_nobody_knows_is_told(folder: Path, store: SqliteStore) -> None:
    keep(store, decision(folder))
    done = run("explain", "dec_2", "-c", folder / "gateway.yaml")
    assert (done.exit_code, "knows no decision dec_2" in done.output) == (1, True)
    elsewhere = write(folder, "other.yaml", "routes: [{upstream: 'http://127.0.0.1:9'}]\ndata: /nowhere/at/all\n")
    assert "no guard has run" in run("explain", "dec_1", "-c", elsewhere).output


def campaign_decision(folder: Path, store: SqliteStore) -> Decision:
    subject = Subject("campaign", "camp_a")
    shared = Reason("scaffold", 7, 6.9, 3)
    evidence = {"coverage": Evidence(14.0, COVERAGE), "balance": Evidence(11.0, {})}
    taken = decision(
        folder, subject=subject, members=3, evidence=evidence, families={"content": 10.0, "timing": 11.0}, weight=21.0
    )
    campaign = Campaign(id="camp_a", born=1, at=1.0, named=1.0, seen=1.0, size=24, linked=25, reasons=(shared,))
    members = [Member(campaign="camp_a", subject=Subject("key", f"{n:02}"), since=1.0) for n in range(25)]
    store.commit(Folded(upto=0, cases={}, decisions=[taken], campaigns=[campaign], members=members, at=2.0))
    return taken


def test_a_decision_on_a_campaign_is_told_with_what_joins_it_and_who_it_is(folder: Path, store: SqliteStore) -> None:
    campaign_decision(folder, store)
    text = explain(folder)
    for words in (
        "throttle for 2.0 h on campaign:camp_a",
        "What joins its members, 3 then, 24 bound of 25 linked now",
        "3 ask under one fixed part of the prompt, as one in 992 others would",
        "key:00, bound, since 1970",
        "and 5 more: stillguard campaigns members camp_a",
        "stillguard campaigns undo camp_a",
        "without the family timing, 10.0 nats",
    ):
        assert words in text
    said = told(folder)["campaign"]
    assert (said["members"], len(said["who"])) == (24, 25)


def test_a_campaigns_price_is_not_given_back_where_a_detector_is_left_out(folder: Path, store: SqliteStore) -> None:
    campaign_decision(folder, store)
    left = {one["without"]: one["weight"] for one in told(folder)["without"]}
    assert left["coverage"] == 11.0
    assert left["timing"] == 10.0
