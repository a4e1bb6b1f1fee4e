import math
from random import Random

import pytest

from detectors.base import CELLS, AnswerObservation, Baseline, QueryObservation
from detectors.coverage import NAMED, Coverage, CoverageState

NOW = 1_700_000_000.0
WEEK = 7 * 86_400.0


def sweep(n: int, cells: int, at: float = NOW, state: CoverageState | None = None) -> CoverageState:
    dice = Random(1)
    state = state or Coverage().initial()
    for i in range(n):
        state = Coverage().update(state, QueryObservation(at=at + i * 1e-3, cell=dice.randrange(cells)))
    return state


def weight(state: CoverageState, **numbers: float) -> float:
    return Coverage().evidence(state, Baseline(numbers=numbers)).weight


def test_broader_is_never_less_suspicious() -> None:
    heard = [weight(sweep(4096, cells)) for cells in (100, 500, 1000, CELLS)]
    assert heard == sorted(heard)
    assert heard[0] == 0.0 < heard[-1] < 6.9  # breadth alone stays modest


def test_old_calm_does_not_dilute_a_new_sweep() -> None:
    calm = sweep(20_000, 60)
    assert weight(calm) == 0.0
    assert weight(sweep(4096, CELLS, NOW + WEEK, calm)) == pytest.approx(weight(sweep(4096, CELLS)), abs=0.1)


def test_a_sweep_of_last_week_is_not_forgotten() -> None:
    assert weight(sweep(10, 3, NOW + WEEK, sweep(4096, CELLS))) > 2.0


def test_between_two_powers_of_two_the_next_one_is_the_measure() -> None:
    low = {"coverage.mean.1024": 3.0, "coverage.sd.1024": 0.2}
    high = {"coverage.mean.1024": 7.6, "coverage.sd.1024": 0.2}
    assert weight(sweep(700, CELLS), **low) > 0.0 == weight(sweep(700, CELLS), **high)
    assert weight(sweep(700, CELLS), **{"coverage.mean.512": 0.1}) == weight(sweep(700, CELLS))


def test_beyond_the_last_calibrated_size_the_slope_goes_on_up_to_all_cells() -> None:
    narrow = {f"coverage.mean.{n}": 0.5 * math.log(n) for n in NAMED}
    because = Coverage().evidence(sweep(30_000, 200), Baseline(numbers=narrow)).because
    assert because["expected"] == pytest.approx(math.sqrt(32_768))
    wide = {f"coverage.mean.{n}": math.log(n) for n in NAMED}
    assert Coverage().evidence(sweep(30_000, 200), Baseline(numbers=wide)).because["expected"] == pytest.approx(CELLS)


def test_fewer_than_thirty_two_questions_say_nothing() -> None:
    assert Coverage().evidence(sweep(31, CELLS), Baseline(numbers={"coverage.mean.32": 0.0})).because == {}


def test_answers_and_questions_without_contents_are_not_counted() -> None:
    query = QueryObservation(at=NOW, cell=-1)
    state = Coverage().update(Coverage().initial(), query)
    assert Coverage().update(state, AnswerObservation(at=NOW, query=query)) == Coverage().initial()


def test_the_statistic_is_given_at_powers_of_two_only() -> None:
    assert Coverage().statistic(sweep(64, 1)) == {"coverage.mean.64": 0.0}
    assert Coverage().statistic(sweep(65, 1)) == {}


def test_a_spread_of_zero_is_not_divided_by() -> None:
    assert math.isfinite(weight(sweep(64, CELLS), **{"coverage.sd.64": 0.0}))
