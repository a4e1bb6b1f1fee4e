"""A policy of another package is held to what every policy is held to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from detectors.base import Harvest
from gateway import plugins
from gateway.decisions import Scope, Standing, Subject, Verdict
from gateway.faults import Faults
from gateway.isolation.telling import NonsenseError
from gateway.plugins import PluginError, plugin
from gateway.policies.file import load_policies
from gateway.policies.plugged import Plugged, PluggedPart, load_plugged

TRIM = Verdict(action="trim", severity=5, lasts=60.0, rule="agreed", mode="enforce")


@dataclass(frozen=True)
class Fixed:
    """Says the same of everybody."""

    grade: int = 1
    parameters: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.grade < 1:
            raise ValueError("grade: at least 1")

    def judge(self, standing: Standing) -> Verdict:
        assert standing.at == 0.0
        return Verdict(action="watch", severity=0, lasts=60.0, rule="always")


class Says:
    def __init__(self, said: Any) -> None:
        self.said = said

    def judge(self, _standing: Standing) -> Any:
        if isinstance(self.said, Exception):
            raise self.said
        return self.said


def standing(scope: Scope = "key", families: Mapping[str, float] = MappingProxyType({})) -> Standing:
    return Standing(
        subject=Subject(scope, "s"), at=0.0, weight=sum(families.values()), families=dict(families), evidence={},
        harvest=Harvest(),
    )  # fmt: skip


SURE = {"content": 9.0, "timing": 9.0}


def judged(said: Any, about: Standing, **part: Any) -> tuple[Verdict | None, list[Exception]]:
    told: list[Exception] = []
    made = PluggedPart.model_validate({"policy": "fixed", "plugin": "fixed", "mode": "enforce", **part})
    policy = Plugged(made, Says(said), "r-1", lambda _kind, _name, error: told.append(error))
    return policy.judge(about), told


def test_the_guard_fills_in_what_a_package_must_not_decide() -> None:
    verdict, told = judged(TRIM, standing(families=SURE), mode="shadow")
    assert told == []
    assert verdict is not None
    assert (verdict.severity, verdict.mode, verdict.policy, verdict.revision) == (2, "shadow", "fixed", "r-1")
    assert verdict.parameters["samples"] == 1, "defaults are spelt out"


def test_it_touches_nobody_on_one_familys_word_unless_the_file_says_so() -> None:
    alone = standing(families={"content": 30.0})
    assert judged(TRIM, alone) == (None, [])
    assert judged(TRIM, alone, single_family=True)[0] is not None


def test_a_network_is_only_watched_unless_the_file_says_so() -> None:
    crowd = standing("network", SURE)
    assert judged(TRIM, crowd) == (None, [])
    assert judged(TRIM, crowd, scopes=["network"])[0] is not None
    assert judged(Verdict(action="watch", severity=0, lasts=9.0, rule="seen"), crowd)[0] is not None


def test_off_is_not_even_asked() -> None:
    assert judged(ZeroDivisionError(), standing(families=SURE), mode="off") == (None, [])


def test_a_refusing_actions_appeal_is_the_files() -> None:
    verdict, _ = judged(
        Verdict(action="deny", severity=0, lasts=9.0, rule="no"), standing(families=SURE), appeal="mailto:a@example.org"
    )
    assert verdict is not None
    assert verdict.parameters["appeal"] == "mailto:a@example.org"


@pytest.mark.parametrize(
    "said",
    [
        ZeroDivisionError(),
        "trim",
        Verdict(action="melt", severity=1, lasts=9.0, rule="a"),
        Verdict(action="trim", severity=1, lasts=9.0, rule="a", parameters={"sampels": 1}),
        Verdict(action="watch", severity=1, lasts=float("inf"), rule="a"),
        Verdict(action="watch", severity=1, lasts=0.0, rule="a"),
        Verdict(action="watch", severity=1, lasts=9.0, rule="No Name"),
        Verdict(action="watch", severity=1, lasts=9.0, rule="a" * 65),
    ],
)
def test_what_cannot_be_carried_out_is_silence_and_told(said: Any) -> None:
    verdict, told = judged(said, standing(families=SURE))
    assert verdict is None
    assert len(told) == 1


def test_rules_without_end_are_not_labels_without_end() -> None:
    told: list[Exception] = []
    says = Says(None)
    policy = Plugged(PluggedPart(policy="many", plugin="x"), says, "r", lambda _k, _n, error: told.append(error))
    for number in range(80):
        says.said = Verdict(action="watch", severity=1, lasts=9.0, rule=f"rule-{number}")
        policy.judge(standing())
    assert len(told) == 16
    assert isinstance(told[0], NonsenseError)


@pytest.fixture
def fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Install the policy for this test."""

    def found(kind: Any, name: str) -> type[Any]:
        if kind == "policy" and name != "fixed":
            raise PluginError(f"no policy is called {name}")
        return Fixed if kind == "policy" else plugin(kind, name)

    monkeypatch.setattr(plugins, "plugin", found)
    plugins._schema.cache_clear()


def write(folder: Path, text: str, name: str = "fixed") -> Path:
    file = folder / f"{name}.yaml"
    file.write_text(text)
    return file


@pytest.mark.usefixtures("fixed")
def test_a_file_names_it_and_says_how_beside_others(tmp_path: Path) -> None:
    write(tmp_path, "policy: by-hand-made\nplugin: fixed\nwith: {grade: 2}\n")
    write(tmp_path, "policy: ladder\nrungs: [{rule: a, one_in: 1e9, action: watch, for: 1h}]\n", "ladder")
    verdict = load_policies(tmp_path).judge(standing())
    assert verdict is not None
    assert (verdict.policy, verdict.rule, verdict.mode) == ("by-hand-made", "always", "shadow")


@pytest.mark.usefixtures("fixed")
def test_its_revision_follows_what_the_file_says_and_not_how(tmp_path: Path) -> None:
    first = load_plugged(write(tmp_path, "policy: a\nplugin: fixed\nwith: {grade: 2}\n"))
    same = load_plugged(write(tmp_path, "# why\nplugin: fixed\npolicy: a\nwith:\n  grade: 2\n"))
    other = load_plugged(write(tmp_path, "policy: a\nplugin: fixed\nwith: {grade: 3}\n"))
    assert first is not None
    assert same is not None
    assert other is not None
    assert first.revision == same.revision != other.revision


@pytest.mark.usefixtures("fixed")
@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("policy: a\nplugin: fixed\nwith: {grade: 0}\n", "3:15: with.grade: at least 1"),
        ("policy: a\nplugin: fixed\nwith: {grad: 2}\n", "3:8: with.grad: unknown key (did you mean grade?)"),
        ("policy: a\nplugin: gone\n", "2:9: plugin: no policy is called gone"),
        (
            "policy: a\nplugin: fixed\nrungs: []\n",
            "3:1: rungs: unknown key (known here: appeal, mode, plugin, policy, scopes, single_family, with)",
        ),
    ],
)
def test_faults_are_told_at_their_place(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(Faults) as caught:
        load_plugged(write(tmp_path, text))
    assert [str(one).split("fixed.yaml:")[1] for one in caught.value.faults] == [fault]


@pytest.mark.usefixtures("fixed")
def test_a_policy_that_has_broken_since_is_mute_where_it_was_taken_before(tmp_path: Path) -> None:
    file = write(tmp_path, "policy: a\nplugin: gone\n")
    assert load_policies(file, sure=True).judge(standing(families=SURE)) is None


def test_another_kind_of_file_is_not_ours(tmp_path: Path) -> None:
    assert load_plugged(write(tmp_path, "policy: a\nrungs: []\n")) is None
    assert load_plugged(tmp_path / "nowhere.yaml") is None
