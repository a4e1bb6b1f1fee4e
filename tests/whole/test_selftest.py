"""The selftest against the whole guard: what fires is told, what does not is explained, and it cleans up after it."""

import json
from typing import Any

import pytest

from gateway.policies.file import load_policy
from tests.whole.conftest import Start
from tests.whole.kit import DEMO_POLICY, WATCHING, Whole, get, until


def selftest(whole: Whole, *words: str) -> tuple[int, dict[str, Any]]:
    running = whole.command("selftest", "--url", whole.url, "--rate", "200", "-o", "json", *words)
    told, _ = running.communicate()
    found: dict[str, Any] = json.loads(told)
    return running.returncode, found


def test_a_rule_that_fires_is_told_with_whom_and_after_how_much_and_is_ended_on_request(start: Start) -> None:
    whole = start(DEMO_POLICY.replace("mode: enforce", "mode: shadow"))
    status, found = selftest(whole, "--clean")
    assert status == 0, found
    trim = next(one for one in found["fired"] if one["action"] == "trim" and one["subject"]["scope"] == "key")
    assert (trim["policy"], trim["mode"]) == ("demo", "shadow")
    assert 30 <= trim["answers"] <= found["answered"] == found["asked"]
    assert found["refusals"] == found["why"] == []
    assert found["cleaned"]
    left = [decision for decision in whole.decisions() if decision.subject.scope != "network"]
    assert left == []


@pytest.mark.slow
def test_a_rule_in_force_is_met_by_the_client_too(start: Start) -> None:
    rung = "{rule: stop, one_in: 1e3, single_family: true, action: deny, for: 1h}"
    whole = start(f"policy: quick\nmode: enforce\nrungs: [{rung}]\n")
    status, found = selftest(whole)
    assert status == 0, found
    assert found["fired"][0]["mode"] == "enforce"
    standing = {decision.id: decision for decision in whole.decisions()}
    assert {one["decision"] for one in found["fired"]} <= set(standing)
    explained, _ = whole.command("explain", found["fired"][0]["decision"], "-o", "json").communicate()
    told: dict[str, Any] = json.loads(explained)
    assert told["state"]["word"] == "stands"
    assert (told["rule"]["as_then"], told["rule"]["line"]) == (True, 3)
    assert all(condition["met"] for condition in told["conditions"])
    assert [other for other in told["without"] if other["changes"]], "it rests on something"
    assert told["reasons"]


@pytest.mark.parametrize(
    ("policy", "words", "expected"),
    [
        (WATCHING.replace("1e3", "1e200"), ["--most", "20"], "rule watching/notice lacks one_in"),
        (WATCHING, ["--most", "12", "--key", "sk-wrong"], "no question was answered (401: 12)"),
    ],
)
def test_where_nothing_fires_it_says_why(start: Start, policy: str, words: list[str], expected: str) -> None:
    status, found = selftest(start(policy), *words)
    assert status == 1
    assert found["fired"] == []
    assert [line for line in found["why"] if expected in line], found["why"]


@pytest.mark.slow
def test_a_candidate_is_tried_on_the_same_traffic_and_stored_nowhere(start: Start) -> None:
    whole = start(WATCHING.replace("1e3", "1e200"), candidate="next/next.yaml")
    (whole.folder / "next").mkdir(exist_ok=True)
    assert json.loads(get(f"{whole.admin}/candidate").body)["file"].endswith("next.yaml")
    (whole.folder / "next" / "next.yaml").write_text(DEMO_POLICY)
    get(f"{whole.admin}/-/reload", "POST")
    until(lambda: whole.logged("candidate taken"), "the candidate is taken")
    selftest(whole, "--most", "80")
    told = until(lambda: otherwise(whole), "the candidate would treat somebody otherwise")
    actions = {row["candidate"]["action"] for row in told["rows"]}
    assert actions & {"trim", "throttle", "deny"}
    assert {row["live"]["action"] for row in told["rows"]} == {"none"}
    assert whole.metric("candidate_verdicts_total", live="none", candidate="trim") > 0
    assert whole.metric("candidate_subjects", way="stricter") == told["subjects"]
    assert whole.decisions() == ()
    assert load_policy(whole.folder / "next" / "next.yaml").name == "demo"


def otherwise(whole: Whole) -> dict[str, Any]:
    """Return what is told of the candidate once a rung that touches would have been taken."""
    told: dict[str, Any] = json.loads(get(f"{whole.admin}/candidate").body)
    touching = [row for row in told.get("rows", ()) if row["candidate"]["action"] != "watch"]
    return told if touching else {}
