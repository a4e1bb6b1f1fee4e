"""The recirculation ledger: whose answers come back in another's question, and what is everybody's text."""

import numpy as np

from detectors.base import AnswerObservation, QueryObservation, Taking
from detectors.linkage.holders import Deal
from detectors.linkage.ledger import WAYS, Table
from detectors.linkage.recirculation import MOST_TAKINGS, Recirculation

NOW = 1_800_000_000.0
ANNA, BERT, CARL = 11, 12, 13


def deal(member: int, at: float = 0.0, handed: tuple[int, ...] = (), said: tuple[int, ...] = ()) -> Deal:
    query = QueryObservation(at=NOW + at, passages=handed)
    return Deal(member, AnswerObservation(at=NOW + at + 5.0, query=query, passages=said))


def ledger(*kept: Deal, kin: dict[int, str] | None = None) -> Recirculation:
    made = Recirculation(Table(np.zeros((WAYS * 64, 2), np.uint64), keep=24), kin)
    made.enter(kept)
    return made


ANSWER = (5, 6, 7, 8)


def test_two_passages_of_one_owners_answers_are_a_hit_and_one_is_none() -> None:
    made = ledger(deal(ANNA, said=ANSWER))
    assert made.look([deal(BERT, 60.0, (9, 6, 8))]) == [(Taking("recirculation", 6, ANNA),)]
    assert made.look([deal(BERT, 60.0, (9, 6))]) == [()]


def test_two_passages_of_two_answers_are_none_be_they_of_one_owner_or_of_two() -> None:
    made = ledger(deal(ANNA, said=ANSWER), deal(CARL, said=(15, 16, 17, 18)), deal(ANNA, said=(25, 26, 27, 28)))
    assert made.look([deal(BERT, 60.0, (5, 15)), deal(BERT, 60.0, (5, 25))]) == [(), ()]


def test_ones_own_answers_and_those_of_kin_are_silence() -> None:
    made = ledger(deal(ANNA, said=ANSWER), kin={ANNA: "acme", BERT: "acme"})
    assert made.look([deal(ANNA, 60.0, ANSWER), deal(BERT, 60.0, ANSWER)]) == [(), ()]


def test_what_several_were_answered_says_nothing() -> None:
    made = ledger(deal(ANNA, said=ANSWER), deal(CARL, said=(5, 6, 7, 28)))
    assert made.look([deal(BERT, 60.0, ANSWER)]) == [()]


def test_what_an_answer_only_repeats_of_its_question_is_not_entered() -> None:
    made = ledger(deal(ANNA, handed=(5, 6, 7, 9), said=ANSWER))
    assert made.look([deal(BERT, 60.0, ANSWER)]) == [()]


def test_within_one_batch_an_answer_is_known_once_it_has_ended() -> None:
    deals = [deal(ANNA, 0.0, said=ANSWER), deal(BERT, 3.0, ANSWER), deal(BERT, 60.0, ANSWER)]
    assert ledger().look(deals) == [(), (), (Taking("recirculation", 5, ANNA),)]


def test_a_question_that_holds_everybodys_answers_tells_of_a_few() -> None:
    kept = [deal(member, said=(10 * member, 10 * member + 1)) for member in range(20, 40)]
    handed = tuple(passage for one in kept for passage in one.answer.passages)
    [takings] = ledger(*kept).look([deal(BERT, 60.0, handed)])
    assert len(takings) == MOST_TAKINGS
