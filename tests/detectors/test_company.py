from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given

from detectors.base import Baseline, Observation
from detectors.company import CLASSES, LEAST, CompanyFold, CompanyState
from gateway.contracts.plays import observations
from tests.detectors.bets import NOW, exchange

FOLD = CompanyFold()
BASELINE = Baseline(numbers={"company.agent.tooled": 9.0, "company.labelling.short": 9.0, "company.chat.turned": 9.0})


def life(n: int, tokens: int = 300, **query: Any) -> CompanyState:
    dice = Random(n)
    pairs = [exchange(NOW + i, tokens, payload=dice.getrandbits(64), **query) for i in range(n)]
    return FOLD.fold(FOLD.initial(), [o for pair in pairs for o in pair])


@pytest.mark.parametrize(("kind", "state"), [
    ("agent", life(30, tools=4)), ("labelling", life(30, tokens=2)), ("chat", life(30, turns=6)),
])  # fmt: skip
def test_a_subject_is_placed_by_its_own_statistics(kind: str, state: CompanyState) -> None:
    assert FOLD.placed(state, BASELINE)[kind] > 0.9


def test_before_a_few_queries_a_subject_could_be_anything() -> None:
    assert set(FOLD.placed(life(LEAST - 1, tools=4), BASELINE).values()) == {1.0 / len(CLASSES)}
    assert set(FOLD.placed(life(30), Baseline()).values()) == {1.0 / len(CLASSES)}


@given(observations)
def test_whatever_is_observed_the_places_are_shares_that_sum_to_one(past: list[Observation]) -> None:
    state = FOLD.fold(FOLD.initial(), past)
    placed = FOLD.placed(state, BASELINE)
    assert tuple(placed) == CLASSES
    assert sum(placed.values()) == pytest.approx(1.0)
    assert all(0.0 <= share <= 1.0 for share in placed.values())
    assert all(0.0 <= share <= 2.0 for share in FOLD.shares(state).values())
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=CompanyState) == state


@given(observations, observations)
def test_merging_is_folding_both(a: list[Observation], b: list[Observation]) -> None:
    one, other = FOLD.fold(FOLD.initial(), a), FOLD.fold(FOLD.initial(), b)
    both = FOLD.merge(one, other)
    assert both == FOLD.merge(other, one)
    assert both.counts == FOLD.fold(one, b).counts
    assert FOLD.merge(one, FOLD.initial()) == one


def test_ten_million_queries_are_a_few_hundred_bytes() -> None:
    state = life(4000)
    for _ in range(12):
        state = FOLD.merge(state, state)
    assert state.counts[0] > 10_000_000
    assert len(msgspec.msgpack.encode(state)) < 500
    assert sum(FOLD.placed(state, BASELINE).values()) == pytest.approx(1.0)
