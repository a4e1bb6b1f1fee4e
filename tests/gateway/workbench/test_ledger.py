from detectors.base import AnswerObservation, Evidence, Harvest, QueryObservation
from gateway.decisions import Decision, Mode, Standing, Subject
from gateway.workbench.both import Stretch
from gateway.workbench.ledger import STEPS, Ledger

ANSWER = AnswerObservation(at=2.0, query=QueryObservation(at=1.0), completion_tokens=70, reasoning_tokens=30)


def decision(action: str, severity: int, mode: Mode = "enforce") -> Decision:
    return Decision(
        id="", subject=Subject("key", "a"), action=action, severity=severity, at=0.0, until=9.0, mode=mode, rule=action
    )


def stretch(name: str, start: float = 0.0, new: Decision | None = None, end: float = 9.0) -> Stretch:
    subject = Subject("key", name)
    standing = Standing(
        subject=subject, at=start, weight=start, families={}, harvest=Harvest(),
        evidence={"coverage": Evidence(9.0, {"queries": 1.0, "cells": 2.0, "expected": 3.0})},
    )  # fmt: skip
    return Stretch(subject, start, end, None, new or decision("deny", 5), standing)


def test_entering_again_changes_nothing() -> None:
    ledger = Ledger()
    for _ in range(3):
        ledger.enter(stretch("a"))
    assert len(ledger.rows[Subject("key", "a")].steps) == 1
    assert sum(ledger.subjects.values()) == 1


def test_the_harshest_difference_is_told_and_the_first_time_kept() -> None:
    ledger = Ledger()
    for start, new in ((1.0, decision("watch", 1)), (2.0, decision("deny", 5)), (3.0, decision("trim", 2))):
        ledger.enter(stretch("a", start, new))
    row = ledger.rows[Subject("key", "a")]
    assert (row.first, row.new.action, row.weight) == (1.0, "deny", 2.0)
    assert [step["new"] for step in row.steps] == ["watch (enforce)", "deny (enforce)", "trim (enforce)"]


def test_a_stricter_policy_that_lapses_earlier_is_no_milder_one() -> None:
    ledger = Ledger()
    ledger.enter(stretch("a", 1.0, decision("trim", 2)))
    ledger.enter(stretch("a", 2.0)._replace(old=decision("deny", 5), new=None))
    row = ledger.rows[Subject("key", "a")]
    assert (row.way, row.new.action) == ("stricter", "trim")
    assert [step["new"] for step in row.steps] == ["trim (enforce)", "none"]


def test_what_is_only_recorded_counts_no_harsher_than_watching() -> None:
    ledger = Ledger()
    ledger.enter(stretch("a", 1.0, decision("deny", 5, "shadow")))
    ledger.enter(stretch("a", 2.0, decision("trim", 2)))
    assert ledger.rows[Subject("key", "a")].new.action == "trim"


def test_an_exchange_of_several_subjects_counts_once_in_the_sum() -> None:
    ledger = Ledger()
    both = [stretch("a"), stretch("b")]
    for one in both:
        ledger.enter(one)
    ledger.count(both, ANSWER)
    pair = ("none", "deny (enforce)")
    assert (ledger.sums[pair].exchanges, ledger.sums[pair].completion_tokens) == (1, 70)
    assert [row.taken[pair].exchanges for row in ledger.rows.values()] == [1, 1]


def test_subjects_beyond_the_room_are_only_counted() -> None:
    ledger = Ledger(most=2)
    for name in "abcd":
        ledger.enter(stretch(name))
        ledger.count([stretch(name)], ANSWER)
    for name in "abc":
        ledger.leave(stretch(name))
    ledger.remain(stretch("d"))
    pair = ("none", "deny (enforce)")
    assert (len(ledger.rows), ledger.untold) == (2, 2)
    assert ledger.subjects[pair, ""] == 4
    assert ledger.sums[pair].exchanges == 4


def test_steps_of_one_subject_are_bounded() -> None:
    ledger = Ledger()
    for start in range(3 * STEPS):
        ledger.enter(stretch("a", float(start)))
        ledger.leave(stretch("a", float(start), end=start + 1.0))
    row = ledger.rows[Subject("key", "a")]
    assert len(row.steps) == STEPS
    assert row.steps[0]["until"] == 1.0
    assert row.taken["none", "deny (enforce)"].seconds == 3 * STEPS


def test_those_with_most_at_stake_come_first() -> None:
    ledger = Ledger()
    for name, times in (("a", 1), ("b", 3), ("c", 2)):
        ledger.enter(stretch(name))
        for _ in range(times):
            ledger.count([stretch(name)], ANSWER)
    ledger.enter(stretch("mild", new=decision("watch", 1)))
    assert [row.subject["value"] for row in ledger.ordered()] == ["b", "c", "a", "mild"]
