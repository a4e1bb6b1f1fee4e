import math
from importlib.metadata import entry_points
from random import Random
from typing import Any

import pytest

from detectors.base import Evidence
from gateway.reasons import LEAST, percent, reason, reasons
from tests.detectors.bets import BETS
from tests.detectors.learnt import LEARNT

PLAYS = BETS | LEARNT
PANEL = [entry.load()() for entry in sorted(entry_points(group="stillguard.detectors"))]


@pytest.mark.parametrize("detector", PANEL, ids=lambda d: d.name)
def test_what_a_detector_says_of_its_adversary_has_a_sentence(detector: Any) -> None:
    play, state = PLAYS[detector.name], detector.initial()
    for pair in play.adversary(Random(1)):
        for observation in pair:
            state = detector.update(state, observation)
    said = detector.evidence(state, play.baseline)
    sentence = reason(detector.name, said.because)
    assert said.weight > LEAST
    assert not sentence.startswith(f"{detector.name}:")  # names and numbers stand in for no sentence of ours
    assert any(letter.isdigit() for letter in sentence)
    assert len(sentence) < 400


@pytest.mark.parametrize(
    ("name", "because", "said"),
    [
        (
            "balance",
            {"members": 212, "low": 19, "high": 23, "factor": 4.6},
            "212 accounts ask 19 to 23 questions",
        ),
        ("topics", {"members": 212, "alike": 0.95}, "212 accounts ask about differs by no more than chance in 95 %"),
        ("synchrony", {"members": 40, "within": 0.004, "across": 0.0041, "alike": 1}, "0.41 % of pairs from different"),
        ("shards", {"members": 40, "payloads": 900, "shared": 0, "expected": 35}, "no two of 900 questions"),
        ("shards", {"members": 40, "payloads": 900, "shared": 2, "expected": 35}, "2 pairs of 900 questions"),
        ("failover", {"refused": 40, "events": 1, "took": 1200}, "after 40 accounts were refused, others"),
        ("pivot", {"members": 212, "moved": 0.48, "usual": 0.1}, "48 % of 212 accounts were on the new model"),
        ("ties", {"members": 9, "reasoning": 3, "recirculation": 0}, "3 of 9 accounts presented encrypted reasoning"),
        ("ties", {"members": 9, "reasoning": 0, "recirculation": 4}, "4 of 9 accounts handed in answers"),
    ],
)
def test_what_coordination_measured_has_a_sentence(name: str, because: dict[str, float], said: str) -> None:
    assert said in reason(name, because)


def test_a_detector_of_ones_own_gives_names_and_numbers() -> None:
    assert reason("mine", {"share": 0.25, "seen": 4.0}) == "mine: share 0.25, seen 4"


def test_a_sentence_that_lacks_a_number_falls_back_to_those_there_are() -> None:
    assert reason("volume", {"answers": 3.0}) == "volume: answers 3"


def test_the_strongest_speaks_first_and_the_silent_not_at_all() -> None:
    evidence = {
        "a": Evidence(1.0, {"x": 1.0}),
        "b": Evidence(3.0, {"x": 2.0}),
        "c": Evidence(0.01, {"x": 3.0}),
        "d": Evidence(9.0),
    }
    assert reasons(evidence) == ["b: x 2", "a: x 1"]


@pytest.mark.parametrize(("share", "said"), [(0.0, "0 %"), (0.004, "under 1 %"), (0.614, "61 %"), (1.0, "100 %")])
def test_a_share_is_said_as_people_write_it(share: float, said: str) -> None:
    assert percent(share) == said
    assert math.isclose(percent(0.5).count(" "), 1)
