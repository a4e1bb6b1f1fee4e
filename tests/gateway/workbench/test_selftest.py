import json
from collections import Counter
from pathlib import Path

import pytest

from detectors.base import Harvest
from detectors.lab.traffic import Asked
from gateway.decisions import Standing, Subject
from gateway.policies.file import load_policy
from gateway.policies.reading import SPEAKS
from gateway.workbench.playing import Heard, Plan, _questions, letter, marked
from gateway.workbench.selftest import goal, why_not
from tests.gateway.workbench.kit import POLICY, run, write

PLAN = Plan("http://127.0.0.1:9", "sk-x", "selftest-1", "our-model", 10, 5.0, 123)
STANDING = Standing(
    subject=Subject("key", "a"), at=0.0, weight=11.0, families={"content": 11.0}, evidence={},
    harvest=Harvest(exchanges=40, traces=30),
)  # fmt: skip


def first() -> Asked:
    return next(_questions())


def test_a_question_is_marked_capped_and_forces_nothing_upon_the_model() -> None:
    path, headers, written = letter(PLAN, first())
    body = json.loads(written)
    assert path == "/v1/chat/completions"
    assert dict(headers)["user-agent"] == marked()
    assert marked().startswith("stillguard-selftest/")
    assert (body["model"], body["user"], body["max_tokens"]) == ("our-model", "selftest-1", 123)
    assert set(body["logit_bias"].values()) == {-1}
    assert "stream" not in body


@pytest.mark.parametrize(
    ("policy", "severity"), [(POLICY, 2), (POLICY.replace("one_in", "scopes: [network], one_in"), 1)]
)
def test_it_is_enough_when_the_client_would_be_touched_or_watched_where_no_rule_touches(
    tmp_path: Path, policy: str, severity: int
) -> None:
    assert goal(load_policy(write(tmp_path, "p.yaml", policy))) == severity


def test_the_rules_that_lack_least_say_what_they_lack(tmp_path: Path) -> None:
    policy = load_policy(write(tmp_path, "p.yaml", POLICY))
    told = list(why_not(Heard(asked=40, statuses=Counter({"200": 40})), STANDING, policy))
    assert told[0] == "it stands at 11.0 nats (one in 59,874), 40 exchanges and 30 traces taken"
    assert told[1] == f"rule steps/trim lacks families (2 of {SPEAKS:.1f} nats or more; found 1 (content 11.0))"
    assert not [line for line in told if "notice" in line], "it is met"


def test_a_guard_without_a_case_and_a_model_that_refuses_are_told_apart(tmp_path: Path) -> None:
    policy = load_policy(write(tmp_path, "p.yaml", POLICY))
    unseen = " ".join(why_not(Heard(asked=9, statuses=Counter({"200": 7, "failed": 2})), None, policy))
    assert "not all was answered (failed: 2)" in unseen
    assert "no case of this key" in unseen
    (shut,) = why_not(Heard(asked=9, statuses=Counter({"401": 9})), None, policy)
    assert "no question was answered (401: 9)" in shut


def test_a_guard_that_has_not_run_is_told(tmp_path: Path) -> None:
    config = write(tmp_path, "gateway.yaml", f"routes: [{{upstream: 'http://127.0.0.1:9'}}]\ndata: {tmp_path}/var\n")
    done = run("selftest", "-c", config)
    assert (done.exit_code, "no guard has run" in done.output) == (1, True)
    write(tmp_path, "gateway.yaml", config.read_text() + "listen: {port: 0}\n")
    assert "give --url" in run("selftest", "-c", config).output
