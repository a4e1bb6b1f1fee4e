"""What joins members, in sentences: every kind of tie has one, whatever its numbers."""

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from detectors.linkage.base import Kind, Reason
from gateway.ties import tie, ties

kinds = st.sampled_from(get_args(Kind))


@given(kinds, st.floats(0, 1e9), st.integers(0, 10**9))
def test_every_tie_is_said(kind: Kind, weight: float, shared: int) -> None:
    said = tie(Reason(kind, 1, weight, shared))
    assert said
    assert ("others would" in said) == (weight >= 0.4055) or 0.40 < weight < 0.41


def test_what_is_shared_by_nobody_counted_is_said_without_a_number() -> None:
    assert ties([Reason("payment", 0, 0.0, 0)]) == ["are paid for by one means of payment"]
