from functools import reduce
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.base import AnswerObservation, QueryObservation
from detectors.linkage import least
from detectors.linkage.base import HOURS, MOST_FRAMES, MOST_MARKS, MOST_PARTNERS, TOPIC, Imprint, partner_mark
from detectors.linkage.imprint import ImprintFold, with_partner

FOLD = ImprintFold()
START = 1.8e9
MOST_BYTES = 3072


def exchange(at: float = START, tokens: int = 100, status: int = 200, **asked: Any) -> AnswerObservation:
    query = QueryObservation(at=at, **asked)
    return AnswerObservation(at=at + 1.0, query=query, status=status, completion_tokens=tokens)


def fold(*answers: AnswerObservation) -> Imprint:
    return FOLD.fold(FOLD.initial(), answers)


few = st.integers(0, 2)  # different values that fit into every list
vectors = st.sampled_from([b"", bytes(range(TOPIC)), bytes(range(96, 96 + TOPIC))])


@st.composite
def some(draw: st.DrawFn) -> AnswerObservation:
    scaffold = draw(few)
    return exchange(
        at=draw(st.floats(0.0, 4e9) | st.floats(START, START + 1e6)), tokens=draw(st.integers(0, 5000)),
        status=draw(st.sampled_from([200, 500])), scaffold=scaffold,
        frame=bytes([scaffold] * TOPIC) if scaffold else b"", opening=draw(few),
        network=draw(few), asn=draw(few), client=draw(few), tls=draw(few), habit=draw(few),
        model=draw(few), payload=draw(st.integers(0, 2**64 - 1)), vector=draw(vectors), turns=draw(st.integers(1, 5)),
        tools=draw(few), tool_results=draw(few), payload_chars=draw(st.integers(0, 10**6)),
        demands_reasoning=draw(st.booleans()),
    )  # fmt: skip


huge = st.integers(-(2**70), 2**70)
absurd = st.builds(
    AnswerObservation, at=st.floats(), status=huge, completion_tokens=huge, text_chars=huge, reasoning_chars=huge,
    query=st.builds(
        QueryObservation, at=st.floats(), scaffold=huge, opening=huge, payload=huge, network=huge, asn=huge,
        client=huge, tls=huge, habit=huge, model=huge, payload_chars=huge, turns=huge, tools=huge, tool_results=huge,
        frame=st.binary(max_size=200), vector=st.binary(max_size=200),
    ),
)  # fmt: skip


@given(st.lists(some(), max_size=12), st.lists(some(), max_size=12))
def test_merging_equals_folding_the_union(one: list[AnswerObservation], other: list[AnswerObservation]) -> None:
    merged = FOLD.merge(fold(*one), fold(*other))
    assert merged == fold(*one, *other) == fold(*other, *one) == FOLD.merge(fold(*other), fold(*one))


@given(st.lists(some(), max_size=12))
def test_folding_at_once_and_one_by_one_are_the_same(answers: list[AnswerObservation]) -> None:
    assert reduce(FOLD.update, answers, FOLD.initial()) == fold(*answers)


@given(st.lists(some(), max_size=8))
def test_nobody_is_neutral(answers: list[AnswerObservation]) -> None:
    state = fold(*answers)
    assert FOLD.merge(state, FOLD.initial()) == state == FOLD.merge(FOLD.initial(), state)


@given(st.lists(absurd, max_size=20), st.lists(absurd, max_size=20))
def test_nothing_is_too_absurd(one: list[AnswerObservation], other: list[AnswerObservation]) -> None:
    a, b = fold(*one), fold(*other)
    merged = FOLD.merge(a, b)
    assert merged == FOLD.merge(b, a)
    stored = msgspec.msgpack.encode(merged)
    assert msgspec.msgpack.decode(stored, type=Imprint) == merged
    assert len(stored) <= MOST_BYTES


def test_an_imprint_that_is_full_in_every_respect_stays_small() -> None:
    dice = Random(5)
    kinds = ("scaffold", "opening", "network", "asn", "client", "tls", "habit", "model", "payload")
    answers = [
        exchange(
            at=START + dice.random() * HOURS * 3600.0, **{kind: dice.getrandbits(64) | 2**63 for kind in kinds},
            frame=dice.randbytes(TOPIC), vector=dice.randbytes(TOPIC), turns=dice.randint(1, 3), tools=1,
            demands_reasoning=True,
        )
        for _ in range(5000)
    ]  # fmt: skip
    state = fold(*answers)
    for _ in range(16):  # 300 million exchanges
        state = FOLD.merge(state, state)
    for i in range(100):
        for _ in range(300):
            state = with_partner(state, 2**64 - 1 - i, "recirculation", START)
    assert len(state.frames) == MOST_FRAMES
    assert len(state.partners) == MOST_PARTNERS
    assert len(state.scaffolds) == MOST_MARKS
    assert len(msgspec.msgpack.encode(state)) <= MOST_BYTES


def test_only_answered_exchanges_count() -> None:
    assert fold(exchange(status=429), exchange(status=500)) == Imprint()
    assert FOLD.update(Imprint(), QueryObservation(at=START)) == Imprint()


@pytest.mark.parametrize("at", [float("nan"), float("inf"), -1.0, 1e300])
def test_an_exchange_without_a_usable_time_leaves_nothing(at: float) -> None:
    assert fold(exchange(at=at, scaffold=1)) == Imprint()
    assert with_partner(Imprint(), 1, "reasoning", at) == Imprint()


def test_times_that_arrive_late_widen_what_is_known() -> None:
    state = fold(exchange(at=START), exchange(at=START - 50.0), exchange(at=START + 50.0))
    assert (state.first_at, state.last_at) == (START - 50.0, START + 50.0)


def test_frames_are_those_of_the_most_used_scaffolds() -> None:
    used = [(1, 5), (2, 9), (3, 7)]
    state = fold(
        *[exchange(scaffold=value, frame=bytes([value] * TOPIC)) for value, times in used for _ in range(times)]
    )
    assert state.frames == ((2, bytes([2] * TOPIC)), (3, bytes([3] * TOPIC)))


def test_vectors_of_another_width_are_folded() -> None:
    state = fold(exchange(scaffold=1, frame=bytes([3] * 384), vector=bytes([1] * 384)))
    assert state.frames == ((1, bytes([12] * TOPIC)),)
    assert len(state.topic) == 4 * TOPIC


def test_what_is_asked_and_taken_is_summed_up() -> None:
    state = fold(
        exchange(payload=5, payload_chars=99, tokens=7), exchange(payload=5, turns=3), exchange(tools=1),
        exchange(demands_reasoning=True),
    )  # fmt: skip
    assert (state.single, state.talks, state.tools, state.demands) == (2, 1, 1, 1)
    assert state.asked[0] == pytest.approx(4.605, abs=0.001)
    assert least.values(state.payloads) == (5,)


def test_partners_are_counted_by_kind_and_survive_a_merge() -> None:
    mark = partner_mark("account:acme")
    state = with_partner(with_partner(Imprint(), mark, "reasoning", START), mark, "reasoning", START - 9.0)
    state = FOLD.merge(with_partner(state, mark, "recirculation", START), fold(exchange()))
    assert [(one.other, one.kind, one.count, one.first_at) for one in state.partners] == [
        (mark, "reasoning", 2, START - 9.0), (mark, "recirculation", 1, START),
    ]  # fmt: skip
    assert state.exchanges == 1
