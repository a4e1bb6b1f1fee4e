import json
import xml.etree.ElementTree as ET
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.faults import Faults
from gateway.policies.reading import SPEAKS
from gateway.workbench.cases import load_cases
from tests.gateway.workbench.kit import POLICY, run, write

GOOD = """cases:
  - name: silence
    standing: {weight: 0}
    expect: none
  - name: one family is only watched
    standing: {families: {content: 30}, harvest: {traces: 5000}}
    expect: {action: watch, rule: notice, mode: shadow}
  - name: two families lose log-probabilities
    standing: {families: {content: 6, timing: 6}}
    expect: {action: trim, for: 2h, with: {logprobs: true}}
  - name: slowed
    standing: {families: {content: 12, timing: 6}, harvest: {traces: 100}}
    expect: {rule: slow, severity: 3}
  - name: refused
    standing: {evidence: {repetition: 40, cadence: {weight: 9}}, harvest: {traces: 1000}}
    expect: {action: deny, mode: enforce}
"""


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    write(tmp_path, "steps_test.yaml", GOOD)
    return write(tmp_path, "steps.yaml", POLICY)


def test_cases_that_all_pass_and_cover_every_rule_satisfy(policy: Path) -> None:
    done = run("test", "policy", policy, "--min-coverage", "100")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "5 of 5 cases pass" in done.stdout
    assert "100 % of rules" in done.stdout


@pytest.mark.parametrize("name", ["steps.yaml", "steps_test.yaml", "."])
def test_a_policy_its_test_and_their_folder_mean_the_same(policy: Path, name: str) -> None:
    done = run("test", "policy", policy.parent / name, "-o", "json")
    assert json.loads(done.stdout)["cases"] == 5
    assert done.exit_code == 0


def test_files_named_twice_are_run_once(policy: Path) -> None:
    done = run("test", "policy", policy, policy.parent, "-o", "json")
    assert json.loads(done.stdout)["cases"] == 5


def test_a_failure_tells_expected_got_and_each_conditions_numbers(policy: Path) -> None:
    write(
        policy.parent, "steps_test.yaml",
        "cases: [{name: eager, standing: {families: {content: 12, timing: 4}, harvest: {traces: 99}},"
        " expect: {rule: slow}}]",
    )  # fmt: skip
    done = run("test", "policy", policy)
    assert done.exit_code == 1
    assert "FAILED  eager" in done.stdout
    assert "expected: rule slow" in done.stdout
    assert "got:      action trim, rule trim, mode enforce" in done.stdout
    assert "harvest.traces: asks for 100, found 99 (not met)" in done.stdout
    assert "one_in: asks for 13.8 nats (one in 1,000,000), found 16.0 nats" in done.stdout
    assert f"families: asks for 2 of {SPEAKS:.1f} nats or more, found 2 (content 12.0, timing 4.0)" in done.stdout
    assert "rule stop" not in done.stdout  # neither expected nor decided


def test_rules_that_no_case_fires_are_listed_and_may_fail_the_run(policy: Path) -> None:
    write(
        policy.parent,
        "steps_test.yaml",
        "cases: [{name: a, standing: {families: {content: 5}}, expect: {rule: notice}}]",
    )
    done = run("test", "policy", policy, "-o", "json")
    (file,) = json.loads(done.stdout)["files"]
    assert file["never_fired"] == ["steps/stop", "steps/slow", "steps/trim"]
    assert (file["coverage"], done.exit_code) == (0.25, 0)
    short = run("test", "policy", policy, "--min-coverage", "26")
    assert (short.exit_code, "26 % are asked for" in short.stderr) == (1, True)


def test_a_policy_without_a_test_is_told_and_does_not_satisfy(tmp_path: Path) -> None:
    done = run("test", "policy", write(tmp_path, "bare.yaml", POLICY))
    assert done.exit_code == 1
    assert "no test file beside it" in done.stdout
    assert "no case was run" in done.stderr


def test_several_policies_of_a_folder_can_be_tested_together(policy: Path) -> None:
    other = "policy: others\nrungs: [{rule: look, one_in: 1e3, action: watch, for: 1h}]\n"
    write(policy.parent, "others.yaml", other)
    write(
        policy.parent, "all_test.yaml",
        "policy: .\ncases: [{name: all, standing: {families: {content: 9}}, expect: {policy: others, rule: look}}]",
    )  # fmt: skip
    done = run("test", "policy", policy.parent / "all_test.yaml", "-o", "json")
    (file,) = json.loads(done.stdout)["files"]
    assert done.exit_code == 0
    assert "others/look" not in file["never_fired"]
    assert "steps/stop" in file["never_fired"]


def test_build_servers_read_the_outcome_as_junit(policy: Path) -> None:
    write(policy.parent, "steps_test.yaml", GOOD.replace("rule: slow, severity: 3", "rule: slow, severity: 4"))
    done = run("test", "policy", policy, "-o", "junit")
    (suite,) = ET.fromstring(done.stdout)  # noqa: S314 - our own words
    assert (suite.get("tests"), suite.get("failures"), done.exit_code) == ("5", "1", 1)
    (failure,) = suite.iter("failure")
    assert failure.get("message") == "severity is 3, not 4"
    assert failure.text
    assert "harvest.traces: asks for 100, found 100" in failure.text


CONDITIONED = """policy: night
mode: enforce
rungs:
  - rule: trim
    one_in: 1e3
    families: 2
    when: hour < 6 && class["chat"] < 0.5
    action: trim
    for: 1h
    escalate: {within: 7d, steps: [{after: 2, action: deny, for: 1d}]}
  - {rule: look, one_in: 1e2, sample: 0.5, action: watch, for: 1h}
"""
AT_NIGHT = """cases:
  - name: at night
    standing: {families: {content: 9, timing: 9}, at: 2026-03-01T03:00:00Z, class: labelling}
    expect: {action: trim}
  - name: by day
    standing: {families: {content: 9, timing: 9}, at: 2026-03-01T13:00:00Z, value: three}
    expect: {action: trim}
  - name: again and again
    standing: {families: {content: 9, timing: 9}, at: 2026-03-01T03:00:00Z, strikes: {night/trim: 2}}
    expect: {action: deny, for: 1d}
"""


def test_conditions_samples_and_repetition_are_told_with_what_they_met(tmp_path: Path) -> None:
    write(tmp_path, "night.yaml", CONDITIONED)
    done = run("test", "policy", write(tmp_path, "night_test.yaml", AT_NIGHT))
    assert "2 of 3 cases pass" in done.stdout
    assert "FAILED  by day" in done.stdout
    assert 'when: asks for hour < 6 && class["chat"] < 0.5, found false (not met)' in done.stdout
    assert "escalate: asks for deny after 2, found 0 before" in done.stdout


FAULTY = """cases:
  - name: a
    standing: {wieght: 3, evidence: {repetitoin: 3}, class: chats, families: {contents: 1}}
    expect: {action: deny, rul: stop}
  - name: a
    standing: {weight: -1, at: noon, class: {agents: 0.5}}
    expect: nothing
"""


def test_every_fault_of_a_test_file_is_told_with_line_and_column(policy: Path) -> None:
    file = write(policy.parent, "steps_test.yaml", FAULTY)
    done = run("test", "policy", policy)
    assert done.exit_code == 1
    for place, words in (
        ("3:16", "unknown key (did you mean weight?)"),
        ("3:50", "did you mean repetition?"),
        ("3:61", "did you mean chat?"),
        ("3:89", "should be 'content', 'identity', 'timing' or 'interface'"),
        ("4:28", "expect.rul: unknown key"),
        ("6:24", "greater than or equal to 0"),
        ("6:32", "a time is seconds since 1970"),
        ("6:54", "did you mean agent?"),
        ("7:13", "should be 'none'"),
    ):
        told = [line for line in done.stderr.splitlines() if line.startswith(f"{file}:{place}:")]
        assert told, (place, done.stderr)
        assert words in told[0]


def test_two_cases_of_one_name_and_a_policy_that_is_not_there_are_faults(policy: Path) -> None:
    case = "{name: a, standing: {}, expect: none}"
    file = write(policy.parent, "steps_test.yaml", f"cases: [{case}, {case}]")
    assert f"{file}:1:55: cases[1].name: another case has this name" in run("test", "policy", policy).stderr
    write(policy.parent, "steps_test.yaml", f"policy: gone.yaml\ncases: [{case}]")
    assert "gone.yaml" in run("test", "policy", policy).stderr


def test_a_weight_that_nobody_speaks_for_is_a_fault(policy: Path) -> None:
    file = write(policy.parent, "steps_test.yaml", "cases: [{name: a, standing: {weight: 9}, expect: none}]")
    assert f"{file}:1:38: cases[0].standing.weight: a weight of no family" in run("test", "policy", policy).stderr


def test_a_time_may_be_written_as_people_do(tmp_path: Path) -> None:
    text = "cases: [{name: a, standing: {at: 2026-03-01T12:00:00Z}, expect: none}]"
    (case,) = load_cases(write(tmp_path, "x_test.yaml", text)).cases
    assert case.standing.at == 1_772_366_400.0


@given(st.binary(max_size=300))
def test_any_bytes_are_cases_or_faults(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.mktemp("any") / "x_test.yaml"
    file.write_bytes(data)
    with suppress(Faults):
        assert load_cases(file).cases
