from collections.abc import Iterable
from random import Random

import pytest

from detectors.base import AnswerObservation, Baseline, QueryObservation
from detectors.cadence import EVEN, Cadence, CadenceState
from detectors.stats.tally import totals

NOW = 1_700_000_000.0 - 1_700_000_000 % 28_800  # a frame of the slowest clock begins here


def fold(times: Iterable[float]) -> CadenceState:
    state = Cadence().initial()
    for at in times:
        state = Cadence().update(state, QueryObservation(at=at))
    return state


def weight(state: CadenceState, rate: float = 0.3) -> float:
    return Cadence().evidence(state, Baseline(numbers={"cadence.rate": rate})).weight


def test_the_quantile_is_that_of_the_tables() -> None:
    assert pytest.approx(19.28, abs=0.02) == EVEN  # chi-squared, 31 degrees of freedom, lower 5 %


def test_independent_arrivals_are_even_in_one_frame_of_twenty() -> None:
    dice = Random(1)
    state = fold(sorted(NOW + 32.0 * 1000 * dice.random() for _ in range(1000 * 100)))
    frames, even = totals(state.second.closed)
    assert frames == pytest.approx(999, abs=1)
    assert 0.03 <= even / frames <= 0.07


@pytest.mark.parametrize(("gap", "clock"), [(0.25, "second"), (20.0, "minute"), (300.0, "quarter")])
def test_each_scale_hears_its_own_metronome(gap: float, clock: str) -> None:
    state = fold(NOW + gap * i for i in range(6000))
    frames, even = totals(getattr(state, clock).closed)
    assert frames == even > 20
    assert weight(state) > 4.6


def test_timing_alone_stops_at_the_ceiling() -> None:
    assert weight(fold(NOW + 0.2 * i for i in range(100_000))) == Cadence().ceiling
    assert Cadence(ceiling=2.0).evidence(fold(NOW + 0.2 * i for i in range(20_000)), Baseline()).weight == 2.0


def test_bursts_are_innocent() -> None:
    assert weight(fold(NOW + 3600.0 * i + 2.0 * j for i in range(50) for j in range(60)), 0.05) == 0.0


def test_a_frame_with_few_arrivals_is_no_trial() -> None:
    state = fold(NOW + 0.51 * i for i in range(1000))  # 63 in each frame of 32 seconds
    assert totals(state.second.closed)[0] == 0


def test_a_late_arrival_is_lost_and_an_answer_is_not_one() -> None:
    state = fold([NOW + 100_000.0])
    late = QueryObservation(at=NOW)
    assert Cadence().update(state, late) == state
    assert Cadence().update(state, AnswerObservation(at=NOW + 100_001.0, query=late)) == state


def test_merging_adds_what_is_open() -> None:
    times = [NOW + 0.13 * i for i in range(200)]  # 26 seconds: one open frame at every scale
    assert Cadence().merge(fold(times[::2]), fold(times[1::2])) == fold(times)


def test_merging_keeps_the_busier_of_what_is_closed_and_closes_what_is_over() -> None:
    busy, calm = fold(NOW + 0.25 * i for i in range(4000)), fold(NOW + 0.4 * i for i in range(300))
    merged = Cadence().merge(busy, calm)
    assert merged == Cadence().merge(calm, busy)
    assert merged.second.closed == busy.second.closed
    assert merged.second.frame == busy.second.frame
    assert Cadence().merge(busy, Cadence().initial()) == busy == Cadence().merge(Cadence().initial(), busy)


def test_members_that_are_even_together_make_a_campaign_that_is() -> None:
    halves = fold(NOW + 1.0 * i for i in range(0, 90_000, 2)), fold(NOW + 1.0 * i for i in range(1, 90_000, 2))
    assert weight(Cadence().merge(*halves)) == pytest.approx(
        weight(fold(NOW + 1.0 * i for i in range(90_000))), abs=2.5
    )


def test_the_statistic_is_the_most_even_scale() -> None:
    assert Cadence().statistic(fold(NOW + 0.25 * i for i in range(4000))) == {"cadence.rate": 1.0}
    assert Cadence().statistic(Cadence().initial()) == {}
