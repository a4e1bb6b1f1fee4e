"""What every rival promises, so that one threshold gives each the same rate of false alarms."""

import math
import pickle
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.base import QueryObservation
from detectors.lab.rivals.base import Rival, Trail, alarm, threshold
from detectors.lab.rivals.roster import rivals

each = pytest.mark.parametrize("number", range(len(rivals())), ids=[rival.name for rival in rivals()])


@pytest.fixture(scope="session")
def fitted(honest: list[Trail]) -> list[Rival]:
    return [rival.fit(honest) for rival in rivals()]


def test_names_are_different() -> None:
    names = [rival.name for rival in rivals()]
    assert len(set(names)) == len(names)


@each
def test_a_score_an_exchange_that_never_falls(fitted: list[Rival], draw: Callable[..., Trail], number: int) -> None:
    for count in (1, 2, 99, 100, 101, 450):
        scores = fitted[number].scores(draw(7, count))
        assert scores.shape == (count,)
        assert not np.isnan(scores).any()
        assert (scores[1:] >= scores[:-1]).all()
        assert scores[-1] < math.inf


@each
def test_the_past_does_not_change(fitted: list[Rival], draw: Callable[..., Trail], number: int) -> None:
    """A score may use no later exchange; only a look at the very end may be added to those of a shorter life."""
    whole = draw(9, 400)
    part = Trail(whole.at[:320], whole.vectors[:320], whole.asked[:320])
    scores = fitted[number].scores(whole)[:320]
    np.testing.assert_allclose(scores, fitted[number].scores(part), rtol=1e-6, atol=1e-6)


@each
def test_fitting_and_scoring_are_deterministic_and_travel(
    honest: list[Trail], draw: Callable[..., Trail], number: int
) -> None:
    one = rivals()[number].fit(honest)
    other = pickle.loads(pickle.dumps(rivals()[number].fit(honest)))  # noqa: S301 - as worker processes get it
    np.testing.assert_array_equal(one.scores(draw(3, 300)), other.scores(draw(3, 300)))


@each
@settings(deadline=None, max_examples=15)
@given(
    kind=st.sampled_from(["zeros", "same", "nothing"]), count=st.integers(0, 260),
    at=st.sampled_from([0.0, -1e9, 1e300, 1.7e9]),
)  # fmt: skip
def test_odd_lives_have_scores_too(fitted: list[Rival], number: int, kind: str, count: int, at: float) -> None:
    vectors = np.zeros((count, 24), np.float32)
    if kind == "same":
        vectors[:, 3] = 1.0
    asked = [QueryObservation(at=at, opening=int(kind == "same"), cell=-1) for _ in range(count)]
    scores = fitted[number].scores(Trail(np.full(count, at), vectors, asked))
    assert len(scores) == count
    assert not np.isnan(scores).any()


@each
def test_the_threshold_keeps_the_chosen_rate(fitted: list[Rival], draw: Callable[..., Trail], number: int) -> None:
    lives = [fitted[number].scores(draw(seed, 240)) for seed in range(100, 140)]
    limit = threshold([float(scores[-1]) for scores in lives], 0.1)
    assert sum(alarm(scores, limit) > 0 for scores in lives) <= 4
