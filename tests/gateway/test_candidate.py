import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from prometheus_client import REGISTRY

from detectors.base import Evidence, Harvest
from gateway.candidate import Candidate
from gateway.decisions import Mode, Standing, Subject, Verdict


class From(NamedTuple):
    """A policy that takes one action from a weight on."""

    weight: float
    action: str = "deny"
    severity: int = 5
    mode: Mode = "shadow"
    lasts: float = 60.0

    def judge(self, standing: Standing) -> Verdict | None:
        if standing.weight < self.weight:
            return None
        return Verdict(
            action=self.action, severity=self.severity, lasts=self.lasts, mode=self.mode, policy="p", rule=self.action
        )


class Broken:
    def judge(self, standing: Standing) -> Verdict | None:
        raise ValueError(standing)


def standing(name: str, weight: float, at: float = 100.0) -> Standing:
    return Standing(
        subject=Subject("key", name), at=at, weight=weight, families={"content": weight},
        evidence={"coverage": Evidence(weight, {"queries": 90, "cells": 80, "expected": 9})},
        harvest=Harvest(exchanges=90),
    )  # fmt: skip


@pytest.fixture
def told(tmp_path: Path) -> Callable[[Candidate, float], dict[str, object]]:
    def tell(candidate: Candidate, at: float = 100.0) -> dict[str, object]:
        candidate.tell(at)
        found: dict[str, object] = json.loads((tmp_path / "candidate.json").read_bytes())
        return found

    return tell


@pytest.fixture
def candidate(tmp_path: Path) -> Candidate:
    return Candidate(tmp_path / "next.yaml", tmp_path / "candidate.json", most=3)


Tell = Callable[..., dict[str, object]]


def subjects(way: str) -> float | None:
    return REGISTRY.get_sample_value("stillguard_candidate_subjects", {"way": way})


def counted(live: str, candidate: str) -> float:
    labels = {"live": live, "candidate": candidate}
    return REGISTRY.get_sample_value("stillguard_candidate_verdicts_total", labels) or 0.0


def test_those_treated_otherwise_are_told_with_both_verdicts_and_reasons(candidate: Candidate, told: Tell) -> None:
    candidate.take(From(10.0))
    before = counted("none", "deny"), counted("watch", "deny")
    candidate.watch([standing("a", 5.0), standing("b", 12.0), standing("c", 30.0)], From(20.0, "watch", 1))
    found = told(candidate)
    assert found["subjects"] == 2
    assert found["by_action"] == [
        {"live": "none", "candidate": "deny", "subjects": 1}, {"live": "watch", "candidate": "deny", "subjects": 1},
    ]  # fmt: skip
    rows = found["rows"]
    assert isinstance(rows, list)
    assert [row["subject"]["value"] for row in rows] == ["c", "b"]
    assert rows[0]["live"]["action"], rows[0]["candidate"]["mode"] == ("watch", "shadow")
    assert rows[0]["reasons"][0].startswith("90 prompts fell into 80 regions")
    assert (counted("none", "deny"), counted("watch", "deny")) == (before[0] + 1, before[1] + 1)
    assert (subjects("stricter"), subjects("milder")) == (2, 0)


def test_the_same_treatment_is_no_difference_but_another_mode_is(candidate: Candidate, told: Tell) -> None:
    candidate.take(From(10.0))
    candidate.watch([standing("a", 12.0)], From(10.0))
    assert told(candidate)["subjects"] == 0
    candidate.watch([standing("a", 12.0)], From(10.0, mode="enforce"))
    assert told(candidate)["subjects"] == 1
    assert (subjects("stricter"), subjects("milder")) == (0, 1)


def test_a_difference_ends_when_the_next_weighing_shows_none(candidate: Candidate, told: Tell) -> None:
    candidate.take(From(10.0))
    candidate.watch([standing("a", 12.0)], From(50.0))
    assert told(candidate)["subjects"] == 1
    candidate.watch([standing("a", 5.0)], From(50.0))
    assert told(candidate)["subjects"] == 0


def test_a_difference_ends_when_the_decision_would_have_lapsed(candidate: Candidate, told: Tell) -> None:
    candidate.take(From(10.0, lasts=60.0))
    candidate.watch([standing("a", 12.0, at=100.0)], From(50.0))
    assert told(candidate, 159.0)["subjects"] == 1
    assert told(candidate, 160.0)["subjects"] == 0
    assert subjects("stricter") == 0


def test_memory_is_bounded_and_says_so(candidate: Candidate, told: Tell) -> None:
    candidate.take(From(10.0))
    candidate.watch([standing(str(n), 12.0) for n in range(5)], From(50.0))
    found = told(candidate)
    assert (found["subjects"], found["forgotten"]) == (3, True)


def test_a_candidate_at_fault_says_why_and_nothing_else(candidate: Candidate, told: Tell) -> None:
    candidate.take(From(10.0))
    candidate.watch([standing("a", 12.0)], From(50.0))
    candidate.refuse(["next.yaml:1:1: broken"])
    candidate.watch([standing("b", 12.0)], From(50.0))
    found = told(candidate)
    assert (found["faults"], found["subjects"]) == (["next.yaml:1:1: broken"], 0)


def test_a_candidate_that_fails_to_judge_stops_nobody(candidate: Candidate, told: Tell) -> None:
    candidate.take(Broken())
    candidate.watch([standing("a", 12.0)], From(50.0))
    assert told(candidate)["subjects"] == 0


def test_nothing_new_writes_nothing_and_a_failed_write_is_tried_again(candidate: Candidate) -> None:
    written: list[bytes] = []

    def full(_path: Path, _body: bytes) -> None:
        raise OSError(28, "no space left")

    candidate.take(From(10.0))
    candidate.tell(0.0, full)
    candidate.tell(0.0, lambda _, body: written.append(body))
    candidate.tell(0.0, lambda _, body: written.append(body))
    assert len(written) == 1


def test_without_a_candidate_nothing_is_judged_or_written(tmp_path: Path) -> None:
    none = Candidate(None, tmp_path / "candidate.json")
    none.watch([standing("a", 99.0)], Broken())
    none.tell(0.0)
    assert list(tmp_path.iterdir()) == []


def test_the_same_candidate_taken_again_goes_on_where_it_stands(candidate: Candidate, told: Tell) -> None:
    candidate.take(From(10.0))
    candidate.watch([standing("a", 20.0)], From(100.0))
    candidate.take(From(10.0))
    assert told(candidate)["subjects"] == 1
    candidate.take(From(11.0))
    assert told(candidate)["subjects"] == 0
