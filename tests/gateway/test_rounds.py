"""A round of the analyst's: what it folds and weighs side by side is what subject after subject would come to."""

from msgspec.structs import replace

from detectors.base import AnswerObservation, Baseline, Observation, Panel, QueryObservation
from detectors.departure import Departure
from detectors.repetition import Repetition
from detectors.rhythm import Rhythm
from gateway.decisions import Subject
from gateway.engine import begin, fold, importance, weigh
from gateway.rounds import TOGETHER, Moment, Rules, folded

NOW = 1764000000.0
BASELINE = Baseline(numbers={"departure.spread": 9.0, "departure.tail.from": 1.0, "departure.tail.scale": 0.5})
PANEL: Panel = {"repetition": Repetition(), "departure": Departure(), "rhythm": Rhythm()}


def exchanges(number: int, count: int) -> list[Observation]:
    found: list[Observation] = []
    for i in range(count):
        at = NOW + 60.0 * i + number
        vector = bytes((number * 7 + i * 13 + j * (1 + i % 5)) % 256 for j in range(96))
        query = QueryObservation(at=at, payload=1 + i, vector=vector, scaffold=7, opening=number)
        found += [query, AnswerObservation(at=at + 2.0, query=query, completion_tokens=500)]
    return found


def test_side_by_side_is_one_after_the_other() -> None:
    subjects = [Subject("key", f"k{number}") for number in range(2 * TOGETHER + 3)]
    groups = {subject: exchanges(number, 2 + number % 30) for number, subject in enumerate(subjects)}
    folios = {subject: fold(PANEL, begin(PANEL), exchanges(number, 3)).folio for number, subject in enumerate(subjects)}
    found = folded(Rules(PANEL, BASELINE), groups, Moment(folios, {}, NOW))
    assert not found.faults
    standings = {standing.subject: standing for standing in found.standings}
    assert len(standings) > TOGETHER
    for subject in subjects:
        folio = fold(PANEL, folios[subject], groups[subject]).folio
        if subject in standings:
            standing = weigh(PANEL, BASELINE, folio, subject, NOW).standing
            assert standings[subject] == standing
            folio = folio._replace(rank=importance(standing))
        assert found.folios[subject] == folio


def test_subjects_that_are_alike_are_folded_once_and_each_stands_by_itself() -> None:
    key, account = Subject("key", "k"), Subject("account", "a")
    observations, fresh = exchanges(1, 20), begin(PANEL)
    given = {key: observations, account: list(observations)}
    found = folded(Rules(PANEL, BASELINE), given, Moment({key: fresh, account: fresh}, {}, NOW))
    assert found.folios[key] is found.folios[account]
    first, second = found.standings
    assert (first.subject, second) == (key, replace(first, subject=account))
