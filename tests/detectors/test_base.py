import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.base import LEAST_SHARE, Baseline

BASELINE = Baseline(
    "test",
    {"x.rate": 0.1, "x.weight": 7.0, "y": 3.0},
    {"chat": {"x.rate": 0.2}, "agent": {"x.rate": 0.4}, "app": {}},
    {"x": (1.0, 2.0)},
    {"chat": {"x": (3.0, 0.0)}},
)


def test_a_number_that_was_not_learnt_is_the_detectors_own() -> None:
    assert (BASELINE.number("x.rate", 9.0), BASELINE.number("z", 9.0)) == (0.1, 9.0)
    assert (BASELINE.mean("x"), BASELINE.mean("z")) == ((1.0, 2.0), ())


def test_a_number_is_the_most_lenient_of_the_classes_that_a_subject_may_be_of() -> None:
    within = BASELINE.within({"chat": 0.5, "agent": 0.25, "unheard of": 0.25})
    assert (within.number("x.rate", 9.0), within.number("y", 9.0), within.number("z", 9.0)) == (0.4, 3.0, 9.0)
    assert BASELINE.within({"chat": 1.0}).number("x.rate", 9.0) == 0.2
    assert BASELINE.within({"app": 1.0}).number("x.rate", 9.0) == 0.1  # it has none of its own


def test_means_are_mixed_as_a_subject_is_placed() -> None:
    within = BASELINE.within({"chat": 0.5, "agent": 0.25, "unheard of": 0.25})
    assert within.mean("x") == pytest.approx(((2 * 3.0 + 1.0) / 3, 2.0 / 3))
    assert within.mean("z") == ()


def test_a_class_that_is_out_of_the_question_counts_nothing() -> None:
    assert BASELINE.within({"chat": 1.0, "agent": LEAST_SHARE / 2}).number("x.rate", 9.0) == pytest.approx(0.2)


@pytest.mark.parametrize("placed", [{}, {"unheard of": 1.0}, {"chat": LEAST_SHARE / 2}])
def test_a_subject_of_no_class_sees_the_baseline_of_all(placed: dict[str, float]) -> None:
    assert BASELINE.within(placed) is BASELINE


def test_weights_are_those_of_the_whole_whatever_the_class() -> None:
    assert BASELINE.within({"chat": 1.0}).weights is BASELINE.weights
    assert BASELINE.weights == {"x": {"rate": 0.1, "weight": 7.0}, "y": {"": 3.0}}


@given(st.dictionaries(st.sampled_from(["chat", "agent", "app", "other"]), st.floats(0.0, 1.0)))
def test_a_number_lies_among_those_of_the_classes(placed: dict[str, float]) -> None:
    assert 0.1 - 1e-9 <= BASELINE.within(placed).number("x.rate", 9.0) <= 0.4 + 1e-9


def test_a_baseline_survives_its_file() -> None:
    assert msgspec.json.decode(msgspec.json.encode(BASELINE), type=Baseline) == BASELINE
