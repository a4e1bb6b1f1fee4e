import pytest

from detectors.base import Evidence, Harvest
from gateway import config
from gateway.clock import now
from gateway.config import Route
from gateway.decisions import Decision, Standing, Subject
from gateway.demo.cast import ROLES, Role
from gateway.demo.watcher import Watcher, subjects_of
from gateway.identity import Identity
from gateway.upstream import Upstream

MINE, OTHERS = Subject("key", "aa"), Subject("key", "bb")


def decision(action: str, severity: int, subject: Subject = MINE, **changed: object) -> Decision:
    given = {
        "id": f"dec_{action}", "subject": subject, "action": action, "severity": severity, "at": now(),
        "until": now() + 60, "mode": "enforce", "harvest": Harvest(exchanges=10 * severity), **changed,
    }  # fmt: skip
    return Decision(**given)  # type: ignore[arg-type] # the names are the struct's own


def standing(weight: float, subject: Subject = MINE) -> Standing:
    evidence = {"interface": Evidence(weight)}
    return Standing(subject=subject, at=0.0, weight=weight, families={}, evidence=evidence, harvest=Harvest())


@pytest.fixture
def watcher() -> Watcher:
    return Watcher(Upstream(Route(upstream="http://127.0.0.1:9")), {MINE: "mine", Subject("user", "cc"): "mine"})


def test_a_measure_is_remembered_with_the_answers_taken_by_then(watcher: Watcher) -> None:
    watcher.take([], [decision("trim", 2)])
    watcher.take([], [decision("deny", 5), decision("trim", 2, harvest=Harvest(exchanges=99))])
    assert [(one.action, one.answers) for one in watcher.of("mine")] == [("trim", 20), ("deny", 50)]


def test_the_strictest_decision_and_the_strongest_standing_are_shown(watcher: Watcher) -> None:
    weak, strong = standing(3.0), standing(9.0, Subject("user", "cc"))
    watcher.take([strong, weak], [decision("deny", 5), decision("watch", 1)])
    assert watcher.thoughts["mine"].standing == strong
    assert watcher.thoughts["mine"].decision
    assert watcher.thoughts["mine"].decision.action == "deny"


@pytest.mark.parametrize("changed", [{"mode": "shadow"}, {"until": 1.0}, {"subject": OTHERS}])
def test_what_does_not_act_on_the_client_does_not_count(watcher: Watcher, changed: dict[str, object]) -> None:
    given = {"action": "deny", "severity": 5, **changed}
    watcher.take([], [decision(**given)])  # type: ignore[arg-type] # as above
    assert watcher.of("mine") == []
    assert not watcher.touched("mine")


def test_watching_touches_nobody_and_trimming_does(watcher: Watcher) -> None:
    watcher.take([], [decision("watch", 1)])
    assert not watcher.touched("mine")
    watcher.take([], [decision("trim", 2)])
    assert watcher.touched("mine")


async def test_a_guard_that_does_not_answer_changes_nothing(watcher: Watcher) -> None:
    watcher.take([standing(2.0)], [])
    await watcher.look()
    assert watcher.thoughts["mine"].standing


@pytest.mark.parametrize("role", ROLES, ids=lambda role: str(role.name))
def test_a_client_is_found_by_its_key_and_its_users_never_by_its_network(role: Role) -> None:
    identity = Identity(config.Identity(), b"s" * 32)
    found = subjects_of(role, ["u1", "u2"], identity)
    assert sorted(subject.scope for subject in found) == ["key", "user", "user"]
