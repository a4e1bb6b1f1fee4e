"""In whichever batches exchanges come, what each hands in is told alike."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detectors.base import AnswerObservation, QueryObservation, Taking
from detectors.linkage.holders import Deal, are_kin
from detectors.linkage.ledger import WAYS, Table
from detectors.linkage.reasoning import Reasoning

NOW = 1_800_000_000.0
few = st.lists(st.integers(1, 5), max_size=3).map(tuple)
lives = st.lists(st.tuples(st.integers(1, 3), few, few), max_size=30)


def deals(life: list[tuple[int, tuple[int, ...], tuple[int, ...]]]) -> list[Deal]:
    return [
        Deal(member, AnswerObservation(at=NOW + 10.0 * i + 5.0, query=asked, served=served))
        for i, (member, presented, served) in enumerate(life)
        for asked in [QueryObservation(at=NOW + 10.0 * i, presented=presented)]
    ]


def told(life: list[Deal], size: int) -> list[tuple[Taking, ...]]:
    ledger = Reasoning(Table(np.zeros((WAYS * 64, 2), np.uint64), keep=24))
    found: list[tuple[Taking, ...]] = []
    for start in range(0, len(life), size):
        found += ledger.look(life[start : start + size])[0]
        ledger.enter(life[start : start + size])
    return found


@given(lives, st.integers(1, 30))
def test_batches_of_any_size_tell_what_one_by_one_is_told(
    life: list[tuple[int, tuple[int, ...], tuple[int, ...]]], size: int
) -> None:
    assert told(deals(life), size) == told(deals(life), 1)


def test_kin_are_those_of_one_declared_group() -> None:
    assert are_kin(1, 1, {})
    assert not are_kin(1, 2, {})
    assert not are_kin(1, 2, {1: "a"})
    assert not are_kin(1, 2, {1: "a", 2: "b"})
    assert are_kin(1, 2, {1: "a", 2: "a"})
