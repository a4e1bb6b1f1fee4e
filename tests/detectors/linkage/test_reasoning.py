"""The reasoning ledger: who presents what another was served, and who only goes on with what is its own."""

import numpy as np
import pytest

from detectors.base import AnswerObservation, QueryObservation, Taking
from detectors.linkage.holders import Deal
from detectors.linkage.ledger import WAYS, Table
from detectors.linkage.reasoning import MOST_TAKINGS, Presented, Reasoning

NOW = 1_800_000_000.0
ANNA, BERT, CARL = 11, 12, 13


def deal(
    member: int, at: float = 0.0, presented: tuple[int, ...] = (), served: tuple[int, ...] = (), scaffold: int = 1
) -> Deal:
    query = QueryObservation(at=NOW + at, presented=presented, scaffold=scaffold)
    return Deal(member, AnswerObservation(at=NOW + at + 5.0, query=query, served=served))


def ledger(*kept: Deal, kin: dict[int, str] | None = None) -> Reasoning:
    made = Reasoning(Table(np.zeros((WAYS * 64, 2), np.uint64), keep=24), kin)
    made.enter(kept)
    return made


def told(made: Reasoning, *deals: Deal) -> list[tuple[Taking, ...]]:
    return made.look(deals)[0]


def test_what_another_was_served_is_told_with_whose_it_is() -> None:
    made = ledger(deal(ANNA, served=(77,)))
    assert told(made, deal(BERT, 60.0, (77,))) == [(Taking("reasoning", 77, ANNA, elsewhere=False),)]
    assert told(made, deal(BERT, 60.0, (77,), scaffold=2)) == [(Taking("reasoning", 77, ANNA, elsewhere=True),)]


def test_ones_own_is_silence_in_whichever_conversation() -> None:
    made = ledger(deal(ANNA, served=(77,)))
    takings, presented = made.look([deal(ANNA, 60.0, (77,)), deal(ANNA, 60.0, (77,), scaffold=9)])
    assert takings == [(), ()]
    assert presented == Presented(own=2)


def test_among_declared_kin_there_is_silence_and_towards_others_there_is_not() -> None:
    made = ledger(deal(ANNA, served=(77,)), kin={ANNA: "acme", BERT: "acme", CARL: "other"})
    assert told(made, deal(BERT, 60.0, (77,))) == [()]
    assert told(made, deal(CARL, 60.0, (77,))) != [()]


def test_a_blob_of_nobody_known_is_counted_and_no_evidence() -> None:
    takings, presented = ledger().look([deal(BERT, 60.0, (1, 2))])
    assert (takings, presented) == ([()], Presented(unknown=2))


def test_what_several_were_served_tells_nothing() -> None:
    made = ledger(deal(ANNA, served=(77,)), deal(BERT, served=(77,)))
    takings, presented = made.look([deal(CARL, 60.0, (77,))])
    assert (takings, presented) == ([()], Presented(common=1))


def test_within_one_batch_what_was_served_before_is_known() -> None:
    served, presents = deal(ANNA, served=(77,)), deal(BERT, 60.0, (77,))
    assert told(ledger(), served, presents) == [(), (Taking("reasoning", 77, ANNA),)]


def test_within_one_batch_nobody_takes_what_was_served_only_later() -> None:
    late = deal(ANNA, 100.0, served=(77,))
    assert told(ledger(), late, deal(BERT, 101.0, (77,))) == [(), ()]  # it had not been served whole by then


def test_presenting_before_it_was_served_frames_nobody() -> None:
    first = deal(ANNA, 0.0, (77,))
    assert told(ledger(), first, deal(BERT, 60.0, served=(77,))) == [(), ()]


def test_who_was_served_is_never_told_of_though_anybody_may_present_it() -> None:
    made = ledger(deal(ANNA, served=(77,)))
    for _ in range(5):
        told(made, deal(BERT, 60.0, (77,)))
    assert told(made, deal(ANNA, 120.0, (77,))) == [()]


@pytest.mark.parametrize("many", [MOST_TAKINGS - 1, 50])
def test_a_conversation_that_moves_whole_is_told_in_part(many: int) -> None:
    blobs = tuple(range(1, many + 1))
    [takings] = told(ledger(deal(ANNA, served=blobs)), deal(BERT, 60.0, blobs))
    assert len(takings) == min(many, MOST_TAKINGS)
