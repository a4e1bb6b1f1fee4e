"""A detector of another package fails alone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import msgspec
import pytest

from detectors.base import Baseline, Evidence, Observation, QueryObservation
from detectors.volume import Volume
from gateway.decisions import Subject
from gateway.engine import begin, fold, seal, unseal, weigh
from gateway.isolation.detectors import LONGEST, MOST_BYTES, WINDOW, IsolatedDetector, isolated
from gateway.isolation.telling import NonsenseError, SlowError

SEEN = [QueryObservation(at=60.0 * i) for i in range(6)]
ODD = QueryObservation(at=9.0, turns=13)


class Count(msgspec.Struct, frozen=True):
    n: int = 0
    ballast: bytes = b""


@dataclass(frozen=True)
class Counting:
    """Counts observations, and misbehaves as told."""

    fault: str = ""

    name: ClassVar[str] = "counting"
    family: ClassVar[str] = "timing"
    state: ClassVar[type[Count]] = Count
    nulls: ClassVar[dict[str, float]] = {}

    def initial(self) -> Count:
        return Count()

    def update(self, state: Count, observation: Observation) -> Any:
        if self.fault == "raises" and observation == ODD:
            raise AttributeError("what is that?")
        if self.fault == "nonsense":
            return {"n": state.n + 1}
        if self.fault == "grows":
            return Count(state.n + 1, bytes(MOST_BYTES))
        return Count(state.n + 1)

    def merge(self, a: Count, b: Count) -> Any:
        return None if self.fault == "merge" else Count(a.n + b.n)

    def evidence(self, state: Count, _baseline: Baseline) -> Any:
        odd = {"nan": Evidence(math.nan), "text": Evidence("a lot"), "none": None, "many": Evidence(1.0, MANY)}  # type: ignore[arg-type]  # on purpose
        return odd.get(self.fault, Evidence(float(state.n))) if state.n else Evidence()


MANY = {str(i): 1.0 for i in range(99)}


class Batching(Counting):
    def fold(self, state: Count, observations: Sequence[Observation]) -> Count:
        if ODD in observations:
            raise OSError("not in a batch")
        return Count(state.n + len(observations))


class Together(Batching):
    def fold_all(self, *_: Any) -> list[Any]:
        raise SystemError("nobody may get here: it would go unguarded")


class Told:
    def __init__(self) -> None:
        self.errors: list[Exception] = []

    def __call__(self, kind: str, name: str, error: Exception) -> None:
        assert (kind, name) == ("detector", "counting")
        self.errors.append(error)


def wrapped(inner: Any, **more: Any) -> tuple[IsolatedDetector, Told]:
    told = Told()
    return IsolatedDetector(inner, "counting", tell=told, **more), told


@pytest.mark.parametrize("kind", [Counting, Batching])
def test_an_observation_at_which_it_fails_costs_only_itself(kind: type[Counting]) -> None:
    detector, told = wrapped(kind("raises"))
    assert detector.fold(detector.initial(), [*SEEN, ODD, *SEEN]) == Count(12)
    assert {type(error) for error in told.errors} <= {AttributeError, OSError}
    assert told.errors


@pytest.mark.parametrize("fault", ["nonsense", "grows"])
def test_a_state_that_is_none_or_too_large_is_not_taken(fault: str) -> None:
    detector, told = wrapped(Counting(fault))
    assert detector.update(Count(3), SEEN[0]) == Count(3)
    assert isinstance(told.errors[0], NonsenseError)


def test_a_merge_that_fails_leaves_the_first() -> None:
    detector, told = wrapped(Counting("merge"))
    assert detector.merge(Count(3), Count(4)) == Count(3)
    assert len(told.errors) == 1


@pytest.mark.parametrize("fault", ["nan", "text", "none", "many"])
def test_evidence_that_is_none_says_nothing(fault: str) -> None:
    detector, told = wrapped(Counting(fault))
    assert detector.evidence(Count(3), Baseline()) == Evidence()
    assert isinstance(told.errors[0], NonsenseError)


def test_the_others_go_on_and_the_case_can_be_kept() -> None:
    panel: Any = {"counting": wrapped(Counting("nonsense"))[0], "volume": Volume()}
    folding = fold(panel, begin(panel), SEEN)
    standing = weigh(panel, Baseline(), folding.folio, Subject("key", "k"), 9.0).standing
    assert set(standing.evidence) == {"counting", "volume"}
    assert folding.faults == []
    assert unseal(panel, seal(folding.folio)).folio.states == folding.folio.states


class Clock:
    """Goes on by a step at each look."""

    def __init__(self, step: float) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def test_a_slow_one_is_set_aside_and_says_nothing_from_then_on() -> None:
    detector, told = wrapped(Counting(), budget=0.001, tick=Clock(0.002))
    state = detector.initial()
    for _ in range(WINDOW):
        assert not detector.aside
        state = detector.update(state, SEEN[0])
    assert detector.aside
    assert [type(error) for error in told.errors] == [SlowError]
    assert detector.update(state, SEEN[0]) == state == Count(WINDOW)
    assert detector.merge(state, Count(1)) == state
    assert detector.evidence(state, Baseline()) == Evidence()


def test_one_that_takes_very_long_is_set_aside_before_a_thousand() -> None:
    detector, _ = wrapped(Counting(), tick=Clock(LONGEST))
    detector.update(detector.initial(), SEEN[0])
    assert detector.aside


def test_a_quick_one_stays_however_long_it_works() -> None:
    detector, told = wrapped(Counting(), budget=0.001, tick=Clock(0.0009))
    for _ in range(3 * WINDOW):
        detector.update(Count(), SEEN[0])
    assert not detector.aside
    assert told.errors == []


def test_what_fails_at_a_subject_never_seen_is_refused_at_once() -> None:
    class Prejudiced(Counting):
        def evidence(self, state: Count, baseline: Baseline) -> Any:
            raise ValueError(f"{state} {baseline}")

    with pytest.raises(ValueError, match="Count"):
        isolated(Prejudiced(), "counting")
    assert isolated(Counting(), "counting").evidence(Count(2), Baseline()) == Evidence(2.0)


def test_its_own_numbers_can_be_asked_for() -> None:
    detector, _ = wrapped(Counting())
    assert detector.nulls == {}
    assert not hasattr(detector, "spans")


def test_what_it_would_do_for_many_subjects_at_once_is_done_for_each_and_guarded() -> None:
    told = Told()
    guarded = IsolatedDetector(Together("raises"), "counting", tell=told)
    states = guarded.fold_all([guarded.initial(), Count(5)], [[*SEEN, ODD], SEEN])
    assert [state.n for state in states] == [len(SEEN), 5 + len(SEEN)]
    assert [type(error) for error in told.errors] == [OSError, AttributeError]
