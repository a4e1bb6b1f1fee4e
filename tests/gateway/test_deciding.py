import msgspec

from detectors.base import Harvest
from gateway.deciding import decide
from gateway.decisions import Decision, Standing, Subject, Verdict

ANNA = Subject("key", "anna")
NOW = 1_800_000_000.0


def standing(exchanges: int = 0, weight: float = 0.0, at: float = NOW) -> Standing:
    return Standing(subject=ANNA, at=at, weight=weight, families={}, evidence={}, harvest=Harvest(exchanges=exchanges))


def verdict(action: str = "trim", severity: int = 2, **other: object) -> Verdict:
    fields = {"lasts": 100.0, "mode": "enforce", "policy": "p", "revision": "r1", **other}
    return Verdict(action=action, severity=severity, **fields)  # type: ignore[arg-type]  # by name


def taken(of: Verdict, at: float = NOW) -> Decision:
    decision = decide(standing(at=at), of, None, "dec_0")
    assert decision is not None
    return decision


def taken_on(held: Standing, name: str) -> Decision:
    decision = decide(held, verdict(), None, name)
    assert decision is not None
    return decision


def decided(of: Verdict | None, current: Decision | None, at: float = NOW + 1) -> str:
    decision = decide(standing(at=at), of, current, "dec_1")
    return decision.action if decision else "nothing"


def test_a_decision_says_what_the_verdict_said_and_on_what_numbers() -> None:
    decision = decide(standing(exchanges=7, weight=3.0), verdict(parameters={"logprobs": True}), None, "dec_7")
    assert decision is not None
    assert (decision.id, decision.subject, decision.at) == ("dec_7", ANNA, NOW)
    assert NOW + 95 <= decision.until <= NOW + 100
    assert (decision.action, decision.severity, decision.mode, decision.revision) == ("trim", 2, "enforce", "r1")
    assert (decision.weight, decision.harvest.exchanges, decision.parameters) == (3.0, 7, {"logprobs": True})


def test_decisions_on_many_subjects_do_not_lapse_at_once_and_none_lapses_late() -> None:
    held = [msgspec.structs.replace(standing(), subject=Subject("key", str(number))) for number in range(200)]
    ends, again = ([taken_on(subject, name).until - NOW for subject in held] for name in ("dec_1", "dec_2"))
    assert len(set(ends)) == 200
    assert 95.0 <= min(ends) < 95.5
    assert 99.5 < max(ends) <= 100.0
    assert ends == again


def test_without_a_verdict_nothing_is_decided() -> None:
    assert decided(None, None) == "nothing"
    assert decided(None, taken(verdict())) == "nothing"


def test_who_is_spared_now_is_let_go_at_once_by_the_same_policy_alone() -> None:
    spared = verdict("watch", 1, exempt="acme")
    assert decided(spared, taken(verdict("deny", 5))) == "watch"
    assert decided(spared, taken(verdict("deny", 5, policy="by-hand"))) == "nothing"
    assert decided(verdict("watch", 1), taken(verdict("deny", 5))) == "nothing"
    assert decided(verdict("deny", 5), taken(spared)) == "deny"
    assert taken(spared).exempt == "acme"


def test_a_stricter_verdict_takes_effect_at_once() -> None:
    assert decided(verdict("deny", 5), taken(verdict())) == "deny"


def test_a_milder_verdict_waits_until_the_old_decision_has_lapsed() -> None:
    old = taken(verdict("deny", 5))
    assert decided(verdict(), old) == "nothing"
    assert decided(verdict(), old, at=NOW + 100) == "trim"


def test_the_same_verdict_renews_only_when_less_than_half_is_left() -> None:
    old = taken(verdict())
    assert decided(verdict(), old, at=NOW + 45) == "nothing"
    assert decided(verdict(), old, at=NOW + 51) == "trim"


def test_equally_strict_but_different_takes_effect_at_once() -> None:
    old = taken(verdict())
    assert decided(verdict("blur"), old) == "blur"
    assert decided(verdict(parameters={"max_tokens": 5}), old) == "trim"


def test_a_measure_in_force_is_not_lifted_by_a_severer_one_in_shadow() -> None:
    assert decided(verdict("deny", 5, mode="shadow"), taken(verdict())) == "nothing"


def test_enforcing_what_was_tried_in_shadow_takes_effect_at_once() -> None:
    assert decided(verdict(revision="r2"), taken(verdict(mode="shadow"))) == "trim"


def test_a_policy_put_back_into_shadow_lets_go_at_once() -> None:
    old = taken(verdict("deny", 5))
    assert decided(verdict("deny", 5, mode="shadow", revision="r2"), old) == "deny"
    assert decided(verdict(revision="r2", policy="another"), old) == "nothing"
