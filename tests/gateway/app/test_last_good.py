from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from detectors.base import Baseline, Evidence, Harvest
from gateway.app import last_good
from gateway.app.analysing import baseline_of, build, reload
from gateway.app.last_good import take, take_at_start
from gateway.config import Config
from gateway.decisions import Policy, Standing, Subject
from gateway.faults import Faults
from gateway.policies.file import load_policies

GOOD = "policy: p\nrungs: [{rule: RULE, one_in: 1e3, action: watch, for: 1h}]\n"
BAD = "policy: p\nrungs: []\n"
STANDING = Standing(
    subject=Subject("key", "aa"), at=0.0, weight=9.0, families={"content": 9.0}, evidence={"x": Evidence(9.0)},
    harvest=Harvest(),
)  # fmt: skip


@pytest.fixture
def config(tmp_path: Path) -> Config:
    config = Config.model_validate({
        "routes": [{"upstream": "http://127.0.0.1:9"}], "data": tmp_path / "var", "policies": tmp_path / "policy.yaml",
    })  # fmt: skip
    write(config, "first")
    return config


def write(config: Config, rule: str) -> None:
    config.policies.write_text(GOOD.replace("RULE", rule))


def rule(judge: object) -> str:
    verdict = judge.judge(STANDING)  # type: ignore[attr-defined] # a Policy
    assert verdict is not None
    return str(verdict.rule)


def told() -> float | None:
    return REGISTRY.get_sample_value("stillguard_config_last_reload_successful")


def test_over_a_bad_file_a_start_takes_the_policies_that_were_taken_last(config: Config) -> None:
    take(config)
    write(config, "second")
    take(config)
    config.policies.write_text(BAD)
    assert rule(take_at_start(config)) == "second"
    assert told() == 0
    write(config, "third")
    assert rule(take_at_start(config)) == "third"
    assert told() == 1


def test_the_very_first_start_over_a_bad_file_fails_with_its_faults(config: Config) -> None:
    config.policies.write_text(BAD)
    with pytest.raises(Faults, match=r"policy\.yaml:2:"):
        take_at_start(config)


def test_a_folder_of_policies_is_kept_too_and_what_left_it_is_forgotten(config: Config, tmp_path: Path) -> None:
    several = tmp_path / "several"
    several.mkdir()
    given = config.model_copy(update={"policies": several})
    for name in ("a.yaml", "b.yml"):
        (several / name).write_text(GOOD.replace("policy: p", f"policy: {name[0]}").replace("RULE", name[0]))
    take(given)
    (several / "a.yaml").unlink()
    take(given)
    (several / "b.yml").write_text(BAD)
    assert rule(take_at_start(given)) == "b"


def test_where_no_copy_can_be_kept_the_policies_are_taken_all_the_same(config: Config) -> None:
    config.data.mkdir()
    (config.data / "policies.taken").write_text("in the way")
    (config.data / "policies.taken.new").write_text("in the way")
    assert rule(take(config)) == "first"


def test_a_reload_takes_good_policies_and_keeps_the_old_ones_over_bad_ones(config: Config) -> None:
    analyst = build(config)
    write(config, "second")
    assert reload(analyst, config)
    assert rule(analyst._rules[0]) == "second"
    config.policies.write_text(BAD)
    assert not reload(analyst, config)
    assert rule(analyst._rules[0]) == "second"
    assert told() == 0


def test_a_baseline_that_cannot_be_read_keeps_the_old_policies_too(config: Config, tmp_path: Path) -> None:
    analyst = build(config)
    broken = tmp_path / "baseline.json"
    broken.write_text("{")
    write(config, "second")
    given = config.model_copy(update={"analysis": config.analysis.model_copy(update={"baseline": broken})})
    assert not reload(analyst, given)
    assert rule(analyst._rules[0]) == "first"


def test_the_shipped_baseline_is_used_unless_another_is_given(config: Config, tmp_path: Path) -> None:
    assert baseline_of(config).numbers
    own = tmp_path / "own.json"
    own.write_text('{"source": "ours", "numbers": {}}')
    given = config.model_copy(update={"analysis": config.analysis.model_copy(update={"baseline": own})})
    assert baseline_of(given) == Baseline(source="ours")


def test_policies_that_are_edited_while_they_are_read_are_read_again(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = []

    def read(path: Path) -> Policy:
        found = load_policies(path)
        if path == config.policies:
            reads.append(path)
            if len(reads) == 1:
                write(config, "a-longer-name")
        return found

    monkeypatch.setattr(last_good, "load_policies", read)
    assert rule(take(config)) == "a-longer-name"
    assert len(reads) == 2


def test_policies_that_never_stand_still_are_a_fault_and_the_old_ones_stay(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    analyst = build(config)

    def read(path: Path) -> Policy:
        found = load_policies(path)
        with path.open("a") as file:
            file.write("# still writing\n")
        return found

    monkeypatch.setattr(last_good, "load_policies", read)
    assert not reload(analyst, config)
    assert rule(analyst._rules[0]) == "first"
    assert told() == 0


def test_what_changed_after_it_was_read_is_not_kept_as_the_last_good(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(config)

    def read(path: Path) -> Policy:
        if path != config.policies:  # the copy: by now somebody writes again
            write(config, "after-the-copy")
        return load_policies(path)

    monkeypatch.setattr(last_good, "load_policies", read)
    write(config, "second-one")
    assert rule(take(config)) == "second-one"
    monkeypatch.undo()
    config.policies.write_text(BAD)
    assert rule(take_at_start(config)) == "first"


def test_a_reload_takes_the_tags_of_accounts_too(config: Config, tmp_path: Path) -> None:
    accounts = tmp_path / "accounts.yaml"
    accounts.write_text("accounts: {acme: {tags: [research]}}\n")
    given = config.model_copy(update={"identity": config.identity.model_copy(update={"accounts_file": accounts})})
    analyst = build(given)
    assert list(analyst.tags(Subject("account", "acme"))) == ["research"]
    accounts.write_text("accounts: {acme: {tags: [paying]}}\n")
    assert reload(analyst, given)
    assert list(analyst.tags(Subject("account", "acme"))) == ["paying"]
    accounts.write_text("accounts: {acme: {tag: []}}\n")
    assert not reload(analyst, given)
    assert list(analyst.tags(Subject("account", "acme"))) == ["paying"]
