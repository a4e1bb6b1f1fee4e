import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.base import Harvest
from gateway.actions.trim import Trim
from gateway.decisions import Standing, Subject, Verdict
from gateway.faults import Faults
from gateway.policies.file import load_policies, load_policy, policy_files
from gateway.policies.ladder import Ladder
from gateway.policies.several import Several

SHIPPED = Path(__file__).parents[3] / "deploy" / "policies"
POLICIES = {name: load_policy(SHIPPED / f"{name}.yaml") for name in ("observe", "balanced", "strict")}
SMALL = """
policy: {name}
mode: enforce
appeal: mailto:abuse@example.com
rungs:
  - {{rule: look, one_in: 1e3, action: watch, for: 1d}}
  - {{rule: stop, one_in: 1e8, families: 2, action: deny, for: 90m, mode: shadow}}
"""


def write(folder: Path, name: str, text: str = SMALL) -> Path:
    file = folder / f"{name}.yaml"
    file.write_text(text.format(name=name))
    return file


def standing(weight: float, exchanges: int = 0, traces: float = 0.0, scope: str = "key") -> Standing:
    return Standing(
        subject=Subject(scope, "s"),
        at=0.0,
        weight=weight,
        families={"content": weight / 2, "interface": weight / 2},
        evidence={},
        harvest=Harvest(exchanges=exchanges, traces=traces),
    )


def judged(path: Path, held: Standing) -> Verdict:
    verdict = load_policies(path).judge(held)
    assert verdict is not None
    return verdict


def test_a_verdict_says_what_decided_and_for_how_long(tmp_path: Path) -> None:
    policy = load_policy(write(tmp_path, "small"))
    assert policy.judge(standing(50.0)) == Verdict(
        action="deny",
        severity=5,
        lasts=5400.0,
        parameters={"appeal": "mailto:abuse@example.com", "cut": False},
        policy="small",
        rule="stop",
        revision=policy.revision,
        mode="shadow",
    )


def test_a_network_is_watched_and_no_more_unless_the_file_says_so(tmp_path: Path) -> None:
    held = standing(50.0, scope="network")
    assert judged(write(tmp_path, "small"), held).action == "watch"
    said = SMALL.replace("mode: shadow", "scopes: [network]")
    assert judged(write(tmp_path, "said", said), held).action == "deny"


def test_the_file_s_scopes_hold_for_every_rung_without_its_own(tmp_path: Path) -> None:
    scoped = SMALL.replace("mode: enforce", "scopes: [account]")
    policy = load_policy(write(tmp_path, "scoped", scoped))
    assert policy.judge(standing(50.0)) is None
    assert policy.judge(standing(50.0, scope="account")) is not None


def test_off_for_the_file_is_off_for_all_of_it(tmp_path: Path) -> None:
    off = load_policy(write(tmp_path, "off", SMALL.replace("mode: enforce", "mode: off")))
    assert off.rungs == ()
    assert off.judge(standing(1000.0)) is None


def test_parameters_are_spelt_out_with_their_defaults() -> None:
    trim = judged(SHIPPED / "balanced.yaml", standing(12.0, traces=150))
    assert trim.parameters == dataclasses.asdict(Trim())
    assert (trim.parameters["logprobs"], trim.parameters["samples"], trim.parameters["max_tokens"]) == (True, 1, 0)


def test_the_revision_follows_the_meaning_not_the_wording(tmp_path: Path) -> None:
    first = load_policy(write(tmp_path, "same"))
    reworded = SMALL.replace("rungs:", "# why\nrungs:").replace("1e3", "1000").replace("90m", "1.5h")
    assert load_policy(write(tmp_path, "same", reworded)).revision == first.revision
    assert len(first.revision) == 12
    assert int(first.revision, 16) >= 0
    stricter = SMALL.replace("1e8", "1e7")
    assert load_policy(write(tmp_path, "same", stricter)).revision != first.revision


def test_a_folder_of_policies_is_one_policy(tmp_path: Path) -> None:
    write(tmp_path, "a")
    assert isinstance(load_policies(tmp_path), Ladder)
    write(tmp_path, "b")
    (tmp_path / "b_test.yaml").write_text("nothing like a policy")
    (tmp_path / ".hidden.yaml").write_text("neither")
    (tmp_path / "notes.txt").write_text("nor this")
    policy = load_policies(tmp_path)
    assert isinstance(policy, Several)
    assert [p.name for p in policy.policies if isinstance(p, Ladder)] == ["a", "b"]


def test_all_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    write(tmp_path, "a", SMALL.replace("action: watch", "action: wach"))
    write(tmp_path, "b", SMALL.replace("1e8", "0"))
    write(tmp_path, "c")
    with pytest.raises(Faults) as caught:
        load_policies(tmp_path)
    assert [(Path(f.file).name, f.line, f.key) for f in caught.value.faults] == [
        ("a.yaml", 6, "rungs[0].action"),
        ("b.yaml", 7, "rungs[1].one_in"),
    ]


def test_two_policies_of_one_name_cannot_be_told_apart(tmp_path: Path) -> None:
    write(tmp_path, "same")
    (tmp_path / "z.yaml").write_text(SMALL.format(name="same"))
    with pytest.raises(Faults, match="another file holds a policy called same"):
        load_policies(tmp_path)


@pytest.mark.parametrize("path", ["", "missing.yaml"])
def test_no_policy_is_a_fault(tmp_path: Path, path: str) -> None:
    with pytest.raises(Faults):
        load_policies(tmp_path / path)


@pytest.mark.parametrize("file", policy_files(SHIPPED), ids=lambda file: file.stem)
def test_a_shipped_policy_touches_nobody_until_told_to(file: Path) -> None:
    policy = load_policy(file)
    assert policy.name == file.stem
    assert {rung.verdict.mode for rung in policy.rungs} == {"shadow"}
    assert {step.verdict.mode for rung in policy.rungs for step in rung.steps} <= {"shadow"}
    assert file.with_name(f"{file.stem}_test.yaml").is_file()


def test_three_policies_are_shipped_and_the_sample_names_the_balanced_one() -> None:
    assert [file.stem for file in policy_files(SHIPPED)] == ["balanced", "observe", "strict"]
    assert "policies: policies/balanced.yaml" in (SHIPPED.parent / "gateway.yaml").read_text()


def test_what_balanced_touches_two_families_saw() -> None:
    policy = load_policy(SHIPPED / "balanced.yaml")
    assert [rung.verdict.action for rung in policy.rungs] == ["deny", "throttle", "trim", "trim", "trim", "watch"]
    assert all(rung.families >= 2 for rung in policy.rungs if rung.verdict.severity >= 2)


def test_observe_can_touch_nobody() -> None:
    policy = load_policy(SHIPPED / "observe.yaml")
    assert {rung.verdict.action for rung in policy.rungs} == {"watch"}
    assert not any(rung.steps for rung in policy.rungs)


@given(
    st.floats(0, 40),
    st.integers(1, 4),
    st.sampled_from([0, 50, 150, 600, 2000]),
    st.integers(0, 6),
    st.sampled_from(["key", "network"]),
)
def test_strict_is_never_milder_than_balanced_and_neither_leaves_a_harvester_unnoted(
    weight: float, families: int, traces: int, before: int, scope: str
) -> None:
    names = ("content", "timing", "interface", "identity")
    held = Standing(
        subject=Subject(scope, "s"), at=0.0, weight=weight, families=dict.fromkeys(names[:families], weight / families),
        evidence={}, harvest=Harvest(traces=traces),
        strikes={f"{name}:shadow": before for name in ("balanced/slow", "balanced/stop", "strict/slow", "strict/stop")},
    )  # fmt: skip
    balanced, strict = (POLICIES[name].judge(held) for name in ("balanced", "strict"))
    assert (strict.severity if strict else 0) >= (balanced.severity if balanced else 0)
    noted = POLICIES["observe"].judge(held)
    assert noted is not None or balanced is None or balanced.rule == "bulk"


def test_an_obvious_harvester_climbs_the_demo_s_whole_ladder_within_400_exchanges() -> None:
    policy = load_policy(SHIPPED.parents[1] / "gateway" / "demo" / "policy.yaml")
    met: dict[str, int] = {}
    for exchanges in range(1, 401):
        verdict = policy.judge(standing(0.2 * exchanges, exchanges=exchanges))
        if verdict is not None:
            assert verdict.mode == "enforce"
            met.setdefault(verdict.action, exchanges)
    assert list(met) == ["watch", "trim", "throttle", "deny"]
    assert met["deny"] >= 100
