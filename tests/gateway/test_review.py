"""What stands is judged anew when a policy was edited."""

import math
from pathlib import Path

import msgspec
import pytest

from detectors.base import Harvest
from gateway.by_hand import by_hand
from gateway.decisions import Decision, Policy, Standing, Subject, Verdict
from gateway.exemptions.base import softened
from gateway.policies.file import load_policies
from gateway.review import reviewed

KEY = Subject("key", "abc")
TEXT = """
policy: p
mode: {mode}
rungs:
  - {{rule: stop, one_in: {one_in}, families: 2, harvest: {{exchanges: 10}}, action: {action}, for: 1h}}
"""


def policy(folder: Path, *, mode: str = "enforce", one_in: str = "1e4", action: str = "deny") -> Path:
    file = folder / "p.yaml"
    file.write_text(TEXT.format(mode=mode, one_in=one_in, action=action))
    return file


@pytest.fixture
def denied(tmp_path: Path) -> Decision:
    verdict = next(iter(load_policies(policy(tmp_path)).rungs)).verdict  # type: ignore[attr-defined]
    return Decision(
        id="dec_1", subject=KEY, action="deny", severity=5, at=0.0, until=3600.0, parameters=verdict.parameters,
        policy="p", rule="stop", revision=verdict.revision, mode="enforce", weight=math.log(1e5),
        families={"content": 6.0, "interface": 6.0}, harvest=Harvest(exchanges=20),
    )  # fmt: skip


def test_under_the_same_policy_nothing_changes(denied: Decision, tmp_path: Path) -> None:
    assert reviewed([denied], load_policies(policy(tmp_path)), 60.0, lambda: "dec_2") == []


def test_a_policy_set_to_shadow_frees_its_clients(denied: Decision, tmp_path: Path) -> None:
    [new] = reviewed([denied], load_policies(policy(tmp_path, mode="shadow")), 60.0, lambda: "dec_2")
    assert (new.subject, new.mode, new.id) == (KEY, "shadow", "dec_2")


@pytest.mark.parametrize("edit", [{"mode": "off"}, {"one_in": "1e6"}])
def test_a_rule_that_would_not_decide_so_any_more_is_lifted(
    denied: Decision, tmp_path: Path, edit: dict[str, str]
) -> None:
    [lifted] = reviewed([denied], load_policies(policy(tmp_path, **edit)), 60.0, lambda: "dec_2")
    assert (lifted.id, lifted.until) == ("dec_1", 60.0) or lifted.mode == "off"


def test_a_milder_action_replaces_the_stricter_one(denied: Decision, tmp_path: Path) -> None:
    [new] = reviewed([denied], load_policies(policy(tmp_path, action="trim")), 60.0, lambda: "dec_2")
    assert (new.action, new.mode) == ("trim", "enforce")
    assert 0.95 * 3600.0 <= new.until - 60.0 <= 3600.0


class Sparing:
    """A policy under an exemption: it judges as the policy would, and only watches."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.asked: list[tuple[Subject, ...]] = []

    def judge(self, standing: Standing) -> Verdict | None:
        self.asked.append(standing.owners)
        verdict = self.policy.judge(standing)
        return verdict and softened(verdict, "acme")


def test_who_is_exempt_now_is_only_watched_and_who_is_no_more_is_not_spared(denied: Decision, tmp_path: Path) -> None:
    account = Subject("account", "acme")
    owned = msgspec.structs.replace(denied, owners=(account,))
    under = Sparing(load_policies(policy(tmp_path)))
    [spared] = reviewed([owned], under, 60.0, lambda: "dec_2")
    assert (spared.action, spared.severity, spared.exempt, spared.owners) == ("watch", 1, "acme", (account,))
    assert under.asked == [(account,)]
    assert reviewed([spared], under, 90.0, lambda: "dec_3") == []
    [again] = reviewed([spared], under.policy, 90.0, lambda: "dec_3")
    assert (again.action, again.exempt) == ("deny", "")


def test_what_an_operator_decided_by_hand_stays(tmp_path: Path) -> None:
    own = by_hand(KEY, "deny", {}, 3600.0, 0.0)
    assert reviewed([own], load_policies(policy(tmp_path, mode="off")), 60.0, lambda: "dec_2") == []
