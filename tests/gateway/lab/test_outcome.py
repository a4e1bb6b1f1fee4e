"""Running scores are kept where they rise, and say when they reach a limit."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from detectors.lab.rivals.base import alarm, running
from gateway.lab.outcome import Outcome, Who, steps


@given(arrays(np.float64, st.integers(0, 40), elements=st.floats(-3, 3).map(round)), st.floats(-4, 4))
def test_what_is_kept_tells_the_same_alarm(raw: np.ndarray, limit: float) -> None:
    scores = running(raw)
    assert steps(scores).reaches(limit) == alarm(scores, limit)
    assert steps(scores).peak() == (scores[-1] if len(scores) else -np.inf)


def test_a_tenant_is_described_without_its_life(player: Callable[..., object]) -> None:
    assert Who.of(player(account="berta", plan=7)).account == "berta"  # type: ignore[arg-type] # a fixture's type


def test_what_is_gone_is_a_share_of_the_plan(make: Callable[..., Outcome], who: Callable[..., Who]) -> None:
    assert make(who(1, "adversary", 1.0), 150).gone == pytest.approx(0.25)
    assert make(who(1, "adversary", 1.0)).gone == pytest.approx(1.0)
