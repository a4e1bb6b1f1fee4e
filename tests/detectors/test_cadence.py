import csv
import gzip
import os
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from detectors.base import AnswerObservation, Baseline, QueryObservation
from detectors.cadence import EVEN, SCALES, Cadence, CadenceState
from detectors.stats.tally import totals

NOW = 1_700_000_000.0 - 1_700_000_000 % 16_384  # a frame of the slowest clock begins here
UNBOUNDED = Cadence(ceiling=1000.0)  # what it would say if timing could condemn
PACK = os.environ.get("STILLGUARD_PACK", "")


def answer(at: float, tokens: int = 700, **query: Any) -> AnswerObservation:
    return AnswerObservation(at=at, query=QueryObservation(at=at, **query), completion_tokens=tokens)


def fold(times: Iterable[float], **query: Any) -> CadenceState:
    state = Cadence().initial()
    for at in times:
        state = Cadence().update(state, answer(at, **query))
    return state


def weight(state: CadenceState, rate: float = 0.3) -> float:
    return UNBOUNDED.evidence(state, Baseline(numbers={"cadence.rate": rate})).weight


def test_the_quantile_is_that_of_the_tables() -> None:
    assert pytest.approx(7.26, abs=0.02) == EVEN  # chi-squared, 15 degrees of freedom, lower 5 %


def test_independent_arrivals_are_even_in_one_frame_of_twenty_at_most() -> None:
    dice = Random(1)
    state = fold(sorted(NOW + 64.0 * 1000 * dice.random() for _ in range(1000 * 60)))
    frames, even = totals(state.clocks[0].closed)
    assert frames == pytest.approx(999, abs=1)
    assert 0.01 <= even / frames <= 0.07  # counts are whole: the law is met from below


@pytest.mark.parametrize(("gap", "clock"), [(1.0, 0), (5.0, 1), (25.0, 2), (100.0, 3), (400.0, 4)])
def test_each_scale_hears_its_own_metronome(gap: float, clock: int) -> None:
    state = fold(NOW + gap * i for i in range(1500))
    frames, even = totals(state.clocks[clock].closed)
    assert frames == even > 20
    assert weight(state) > 4.6


def test_a_pool_of_workers_that_ask_again_when_answered_is_heard() -> None:
    dice, free, times = Random(2), [NOW] * 4, []
    for _ in range(3000):
        free.sort()
        times.append(free[0])
        free[0] += dice.lognormvariate(2.4, 0.5)
    assert weight(fold(times)) > 4.6


@pytest.mark.parametrize(
    "query",
    [{"turns": 5}, {"tools": 3}, {"tokens": 5}, {"payload_chars": 2800}],
    ids=["conversations", "an agent", "labelling", "translation"],
)
def test_what_is_not_worth_taking_is_no_trial_however_even(query: dict[str, Any]) -> None:
    assert fold((NOW + 10.0 * i for i in range(500)), **query) == Cadence().initial()


def test_timing_alone_stops_at_the_ceiling() -> None:
    state = fold(NOW + 0.5 * i for i in range(20_000))
    assert Cadence().evidence(state, Baseline()).weight == Cadence().ceiling < weight(state)
    assert Cadence(ceiling=2.0).evidence(fold(NOW + 0.5 * i for i in range(9000)), Baseline()).weight == 2.0


def test_bursts_are_innocent() -> None:
    dice = Random(3)
    bursts = sorted(NOW + 3600.0 * i + dice.expovariate(0.1) for i in range(50) for _ in range(60))
    assert weight(fold(bursts), 0.05) == 0.0


def test_a_frame_with_few_answers_is_no_trial() -> None:
    state = fold(NOW + 64.0 * frame + 2.0 * i for frame in range(100) for i in range(31))
    assert totals(state.clocks[0].closed)[0] == 0


def test_a_late_answer_is_lost_and_queries_and_errors_are_none() -> None:
    state = fold([NOW + 100_000.0])
    late = answer(NOW)
    assert Cadence().update(state, late) == state
    assert Cadence().update(state, late.query) == state
    assert Cadence().update(state, AnswerObservation(at=NOW + 100_001.0, query=late.query, status=500)) == state


def test_merging_adds_what_is_open() -> None:
    times = [NOW + 0.13 * i for i in range(200)]  # 26 seconds: one open frame at every scale
    assert Cadence().merge(fold(times[::2]), fold(times[1::2])) == fold(times)


def test_merging_adds_what_is_closed_and_closes_what_is_over() -> None:
    busy, calm = fold(NOW + 0.25 * i for i in range(4000)), fold(NOW + 0.8 * i for i in range(300))
    merged = Cadence().merge(busy, calm)
    assert merged == Cadence().merge(calm, busy)
    frames = [totals(state.clocks[0].closed)[0] for state in (busy, calm, merged)]
    assert frames == [15, 3, 15 + 3 + 1]  # the calm one's open frame had 60 answers, and was over
    assert merged.clocks[0].frame == busy.clocks[0].frame
    assert Cadence().merge(busy, Cadence().initial()) == busy == Cadence().merge(Cadence().initial(), busy)


def test_members_that_are_even_each_by_itself_make_a_campaign_that_is_surer() -> None:
    members = [fold(NOW + 37.0 * m + 20.0 * i for i in range(250)) for m in range(12)]
    campaign = members[0]
    for state in members[1:]:
        campaign = Cadence().merge(campaign, state)
    assert max(map(weight, members)) < 4.6 < weight(campaign)


def test_chance_merged_with_chance_is_innocent() -> None:
    dice = Random(4)
    campaign = Cadence().initial()
    for _ in range(20):
        campaign = Cadence().merge(campaign, fold(sorted(NOW + 86_400.0 * dice.random() for _ in range(1500))))
    assert weight(campaign, 0.1) == 0.0


def test_the_statistic_is_the_most_even_scale() -> None:
    assert Cadence().statistic(fold(NOW + 0.25 * i for i in range(4000))) == {"cadence.rate": 1.0}
    assert Cadence().statistic(Cadence().initial()) == {}


@pytest.mark.skipif(not PACK, reason="STILLGUARD_PACK names no traffic pack")
@pytest.mark.parametrize("trace", ["time_azure2023_code", "time_mooncake_conversation"])
def test_real_services_are_less_even_than_chance(trace: str) -> None:
    with gzip.open(Path(PACK) / f"{trace}.csv.gz", "rt", newline="") as lines:
        state = fold(NOW + float(row["t_s"]) for row in csv.DictReader(lines))
    counts = [totals(clock.closed) for clock in state.clocks]
    assert sum(n for n, _ in counts) > 50
    assert sum(k for _, k in counts) <= 0.05 * sum(n for n, _ in counts)
    assert len(counts) == len(SCALES)
    assert weight(state, 0.05) == 0.0
