from detectors.base import AnswerObservation, QueryObservation
from detectors.repetition import Repetition
from gateway.decisions import Subject
from gateway.engine import Folio, begin, fold
from gateway.replay.holding import Holding

NOON = 1_764_849_600.0
PANEL = {"repetition": Repetition()}
DAY = 86400.0


def folio(count: int, at: float = NOON) -> Folio:
    query = QueryObservation(at=at, scaffold=7, payload=count)
    answer = AnswerObservation(at=at, query=query, completion_tokens=500, text_chars=2000)
    return fold(PANEL, begin(PANEL), [query, answer] * count).folio


def key(number: int) -> Subject:
    return Subject("key", f"k{number}")


def test_what_does_not_fit_into_memory_comes_back_from_disk_as_it_was() -> None:
    holding = Holding(PANEL, held=16, cases=1000, forget=30 * DAY)
    kept = {key(n): folio(n % 5 + 1) for n in range(100)}
    for subject, one in kept.items():
        holding.keep({subject: one}, NOON)
    assert len(holding) <= 16
    assert holding.open(kept, NOON) == kept
    holding.close()


def test_equal_cases_are_one_folio_again_when_they_come_back() -> None:
    holding = Holding(PANEL, held=8, cases=1000, forget=30 * DAY)
    same = folio(3)
    holding.keep({Subject("account", "a"): same, Subject("key", "k"): same}, NOON)
    holding.keep({key(n): folio(1) for n in range(20)}, NOON)
    back = holding.open([Subject("account", "a"), Subject("key", "k")], NOON)
    assert back[Subject("account", "a")] is back[Subject("key", "k")]
    holding.close()


def test_over_the_limit_of_cases_the_least_important_is_forgotten() -> None:
    holding = Holding(PANEL, held=8, cases=20, forget=30 * DAY)
    holding.keep({key(0): folio(9)._replace(rank=30)}, NOON)
    for n in range(1, 200):
        holding.keep({key(n): folio(1)}, NOON)
    back = holding.open([key(0), key(1)], NOON)
    assert back[key(0)].observations == 18
    assert back[key(1)].observations == 0
    holding.close()


def test_a_case_untouched_for_long_begins_anew() -> None:
    holding = Holding(PANEL, held=8, cases=20, forget=30 * DAY)
    holding.keep({key(0): folio(2)}, NOON)
    assert holding.open([key(0)], NOON + 29 * DAY)[key(0)].observations == 4
    assert holding.open([key(0)], NOON + 31 * DAY)[key(0)].observations == 0
    holding.close()
