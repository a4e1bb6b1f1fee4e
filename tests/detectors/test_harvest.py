from functools import reduce
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.base import AnswerObservation, Harvest, QueryObservation
from detectors.harvest import MOST, HarvestFold, HarvestState

huge = st.integers(-(2**70), 2**70)
absurd = st.builds(
    AnswerObservation, at=st.floats(),
    query=st.builds(QueryObservation, at=st.floats(), payload=huge, prompt_chars=huge),
    status=st.sampled_from([200, 500]), prompt_tokens=huge, completion_tokens=huge, reasoning_tokens=huge,
    text_chars=huge, reasoning_chars=huge,
)  # fmt: skip


def answer(payload: int = 0, prompt_chars: int = 0, **answered: Any) -> AnswerObservation:
    query = QueryObservation(at=0.0, payload=payload, prompt_chars=prompt_chars)
    return AnswerObservation(at=1.0, query=query, **answered)


def fold(answers: list[AnswerObservation]) -> HarvestState:
    return reduce(HarvestFold().update, answers, HarvestFold().initial())


def reading(*answers: AnswerObservation) -> Harvest:
    return HarvestFold().reading(fold(list(answers)))


def test_nothing_taken_is_nothing() -> None:
    assert reading() == Harvest()


@pytest.mark.parametrize("empty", [{"status": 500, "completion_tokens": 9}, {"status": 429, "text_chars": 9}, {}])
def test_an_error_or_an_empty_answer_brings_nothing_home(empty: dict[str, int]) -> None:
    assert reading(answer(**empty)) == Harvest()


def test_a_query_alone_brings_nothing_home() -> None:
    assert HarvestFold().update(HarvestFold().initial(), QueryObservation(at=0.0)) == HarvestFold().initial()


def test_tokens_that_were_not_counted_are_characters_over_four() -> None:
    taken = reading(answer(prompt_chars=40, text_chars=400, reasoning_chars=800))
    assert taken == Harvest(1, 10, 300, 200, 1.0)


def test_reasoning_makes_a_short_answer_worth_training_on() -> None:
    assert reading(answer(completion_tokens=50)).traces == 0.0
    assert reading(answer(completion_tokens=50, reasoning_tokens=20)).traces == 1.0
    assert reading(answer(completion_tokens=200)).traces == 1.0


def test_asking_the_same_again_brings_home_less() -> None:
    assert reading(*[answer(payload=7, completion_tokens=500)] * 100).traces == pytest.approx(1.0, abs=0.01)
    many = reading(*[answer(payload=i, completion_tokens=500) for i in range(3000)])
    assert many.traces == pytest.approx(3000, rel=0.14)  # three standard errors of the sketch


@given(st.lists(absurd, max_size=20), st.lists(absurd, max_size=20))
def test_merging_is_folding_the_union(a: list[AnswerObservation], b: list[AnswerObservation]) -> None:
    merged = HarvestFold().reading(HarvestFold().merge(fold(a), fold(b)))
    union = HarvestFold().reading(fold([*a, *b]))
    assert msgspec.structs.replace(merged, traces=0.0) == msgspec.structs.replace(union, traces=0.0)
    assert merged.traces == pytest.approx(union.traces, rel=0.1, abs=0.1)
    assert HarvestFold().merge(fold(a), fold(b)) == HarvestFold().merge(fold(b), fold(a))


@given(st.lists(absurd, max_size=20))
def test_absurd_reports_are_bounded_and_survive_storage(answers: list[AnswerObservation]) -> None:
    state = fold(answers)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=HarvestState) == state
    taken = HarvestFold().reading(state)
    assert 0 <= taken.reasoning_tokens <= taken.completion_tokens <= MOST * taken.exchanges
    assert 0.0 <= taken.traces <= taken.exchanges


def test_a_state_stays_within_a_thousand_bytes() -> None:
    state = fold([answer(payload=i * 7919, completion_tokens=500) for i in range(20_000)])
    assert len(msgspec.msgpack.encode(state)) <= 400
