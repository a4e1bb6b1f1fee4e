from detectors.base import Harvest
from gateway.decisions import Decision, Standing, Subject, Verdict
from gateway.pardons import label_of, pardon_of

KEY = Subject("key", "aa")
DECISION = Decision(
    id="dec_1", subject=KEY, action="throttle", severity=3, at=0.0, until=60.0, policy="p", rule="slow", weight=14.0
)


def test_a_pardon_says_from_what_until_when_and_up_to_which_evidence() -> None:
    pardon = pardon_of(DECISION, at=10.0, lasts=100.0, growth=2.0, reason="why", by="Jo")
    assert (pardon.decision, pardon.subject, pardon.policy, pardon.rule, pardon.severity) == (
        "dec_1",
        KEY,
        "p",
        "slow",
        3,
    )
    assert (pardon.at, pardon.until, pardon.ceiling, pardon.reason, pardon.by) == (10.0, 110.0, 16.0, "why", "Jo")


def test_it_spares_from_then_on_until_its_end_or_growth() -> None:
    pardon = pardon_of(DECISION, at=10.0, lasts=100.0, growth=2.0, reason="why", by="Jo")
    verdict = Verdict(action="throttle", severity=3, lasts=60.0, policy="p", rule="slow")

    def spared(at: float, weight: float) -> bool:
        standing = Standing(subject=KEY, at=0.0, weight=weight, families={}, evidence={}, harvest=Harvest())
        return pardon.spares(standing, verdict, at)

    assert [spared(at, 15.9) for at in (9.0, 10.0, 109.0, 110.0)] == [False, True, True, False]
    assert not spared(20.0, 16.0)


def test_it_lifts_its_own_decision_and_what_that_has_become_and_no_other() -> None:
    pardon = pardon_of(DECISION, at=10.0, lasts=100.0, growth=2.0, reason="why", by="Jo")

    def other(name: str, policy: str, severity: int) -> Decision:
        return Decision(id=name, subject=KEY, action="x", severity=severity, at=0.0, until=60.0, policy=policy)

    assert pardon.lifts(DECISION)
    assert pardon.lifts(other("dec_2", "p", 2))
    assert not pardon.lifts(other("dec_2", "p", 5))
    assert not pardon.lifts(other("dec_2", "by-hand", 3))


def test_a_label_holds_what_a_learner_needs() -> None:
    label = label_of(DECISION, "false_alarm", at=5.0, by="Jo", note="an evaluation")
    assert (label.decision, label.subject, label.rule, label.weight, label.label) == (
        "dec_1", KEY, "slow", 14.0, "false_alarm",
    )  # fmt: skip
