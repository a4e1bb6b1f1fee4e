"""Folding side by side: each subject as if it were alone, and a failure costs no other anything."""

from collections.abc import Sequence

from detectors.base import Observation, QueryObservation
from gateway.columns import folded_all

BAD = 13.0  # a time at which folding fails


class Adding:
    """Counts observations, one by one."""

    def update(self, state: int, observation: Observation) -> int:
        if observation.at == BAD:
            raise ValueError
        return state + 1


class Together(Adding):
    """The same, and many subjects at once."""

    def __init__(self) -> None:
        self.calls = 0

    def fold_all(self, states: Sequence[int], batches: Sequence[Sequence[Observation]]) -> list[int]:
        self.calls += 1
        if any(one.at == BAD for batch in batches for one in batch):
            raise ArithmeticError
        return [state + len(batch) for state, batch in zip(states, batches, strict=True)]


def asked(*times: float) -> list[Observation]:
    return [QueryObservation(at=at) for at in times]


def test_a_detector_that_can_is_given_all_subjects_at_once() -> None:
    detector = Together()
    assert folded_all("x", detector, [0, 5], [asked(1, 2), asked(3)], [[], []]) == [2, 6]
    assert detector.calls == 1


def test_a_failure_among_many_costs_only_what_failed_and_is_told_of_whom_it_was() -> None:
    for detector in (Adding(), Together()):
        faults: list[list[str]] = [[], []]
        assert folded_all("x", detector, [0, 5], [asked(1, BAD, 2), asked(3)], faults) == [2, 6]
        assert faults == [["x"], []]
