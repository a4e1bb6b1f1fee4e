from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from gateway.app.analysing import build, reload, watched
from gateway.app.exempting import take, take_at_start
from gateway.app.settling import load_config
from gateway.app.watching import look
from gateway.config import Config
from gateway.exemptions.index import NOBODY
from gateway.faults import Faults

NOW = 1_800_000_000.0
GOOD = """entitlements:
  - {name: NAME, starts: 2026-01-01, subjects: [account:a],
     purpose: contract, budget: {tokens: 5}, ends: 2027-01-31, owner: o, reason: r}
  - {name: old, subjects: [account:a], purpose: contract, budget: {tokens: 5}, ends: 2020-01-31, owner: o, reason: r}
"""
BAD = "entitlements: [{name: x}]\n"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "policy.yaml").write_text("policy: p\nrungs: [{rule: n, one_in: 1e3, action: watch, for: 1h}]\n")
    config = Config.model_validate({
        "routes": [{"upstream": "http://127.0.0.1:9"}], "data": tmp_path / "var", "policies": tmp_path / "policy.yaml",
        "exemptions": tmp_path / "exemptions.yaml",
    })  # fmt: skip
    write(config, "first")
    return config


def write(config: Config, name: str) -> None:
    assert config.exemptions is not None
    config.exemptions.write_text(GOOD.replace("NAME", name) if name else BAD)


def series(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


def test_over_a_bad_file_a_start_takes_what_was_taken_last(config: Config) -> None:
    assert take(config, NOW).entitlements[0].name == "first"
    write(config, "")
    assert take_at_start(config, NOW).entitlements[0].name == "first"
    assert series("stillguard_config_last_reload_successful") == 0


def test_the_very_first_start_over_a_bad_file_fails_with_its_faults(config: Config) -> None:
    write(config, "")
    with pytest.raises(Faults, match=r"exemptions\.yaml:1:"):
        take_at_start(config, NOW)


def test_how_many_are_open_and_have_ended_is_told(config: Config) -> None:
    take(config, NOW)
    assert series("stillguard_entitlements", state="open") == 1
    assert series("stillguard_entitlements", state="expired") == 1


def test_a_file_that_did_not_change_is_not_read_again(config: Config) -> None:
    first = take(config, NOW)
    assert take(config, NOW, first) is first
    write(config, "second")
    assert take(config, NOW, first).entitlements[0].name == "second"


def test_without_a_file_nobody_is_exempt(config: Config) -> None:
    assert take(config.model_copy(update={"exemptions": None}), NOW) is NOBODY


def test_where_no_copy_can_be_kept_they_are_taken_all_the_same(config: Config) -> None:
    config.data.write_text("in the way")
    assert take(config, NOW).entitlements[0].name == "first"


def test_a_reload_takes_a_good_file_and_keeps_all_that_was_in_force_over_a_bad_one(config: Config) -> None:
    analyst = build(config)
    write(config, "second")
    assert reload(analyst, config)
    assert analyst.exemptions.entitlements[0].name == "second"
    write(config, "")
    assert not reload(analyst, config)
    assert analyst.exemptions.entitlements[0].name == "second"
    assert series("stillguard_config_last_reload_successful") == 0


def test_a_change_of_the_file_is_one_that_the_analyst_looks_for(config: Config) -> None:
    assert config.exemptions in watched(config)
    before = look(watched(config))
    write(config, "changed")
    assert look(watched(config)) != before


def test_the_file_is_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "gateway.yaml").write_text("routes: [{upstream: 'http://127.0.0.1:9'}]\nexemptions: who.yaml\n")
    assert load_config(tmp_path / "gateway.yaml").exemptions == tmp_path / "who.yaml"
