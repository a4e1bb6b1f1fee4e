"""Three tempos: even, by chance, and people's hours."""

from itertools import pairwise
from random import Random
from statistics import fmean, pstdev

import pytest

from detectors.lab.tempo import END, Beat, Given, Tempo, curve
from detectors.lab.traffic import DAY, START, office


def gaps(tempo: Tempo, seed: int = 5, every: float = 60.0, n: int = 1500) -> list[float]:
    beat = Beat(Random(seed), tempo, every, START, ())
    times = [beat.open() for _ in range(n)]
    assert times[0] == START
    return [b - a for a, b in pairwise(times)]


def test_a_worker_pool_is_even() -> None:
    found = gaps("even")
    assert fmean(found) == pytest.approx(60.0, rel=0.02)
    assert pstdev(found) < 0.1 * fmean(found)


def test_chance_has_no_memory() -> None:
    found = gaps("random")
    assert fmean(found) == pytest.approx(60.0, rel=0.1)
    assert pstdev(found) == pytest.approx(fmean(found), rel=0.15)


def test_people_sleep_and_some_rest_at_weekends() -> None:
    at_night = at_noon = 0
    weekends = []
    for seed in range(12):
        beat = Beat(Random(seed), "day", 600.0, START, ())
        times = [beat.open() for _ in range(1500)]
        hours = [int(at % DAY // 3600) for at in times]
        counts = sorted(hours.count(hour) for hour in range(24))
        at_night, at_noon = at_night + sum(counts[:6]), at_noon + sum(counts[-6:])
        weekends.append(fmean(not office(int((at - START) // DAY)) for at in times))
    assert at_noon > 8 * at_night
    assert min(weekends) < 0.16 < max(weekends)


def test_activity_is_a_share_and_highest_at_noon() -> None:
    assert curve(START + 14 * 3600.0, 14.0, rests=False) == 1.0
    assert all(0 < curve(START + hour * 3600.0, 14.0, rests=True) <= 1 for hour in range(24 * 14))


def test_rests_never_outlast_the_fortnight() -> None:
    beat = Beat(Random(2), "even", 1.0, START + 3 * DAY, ())
    assert all(a < b for a, b in pairwise([beat.rest() for _ in range(40)]))
    assert beat.at < END


def test_given_times_are_kept_and_end() -> None:
    beat = Given(Random(1), [5.0, 9.0], ())
    assert [beat.open(), beat.rest(), beat.open()] == [5.0, 9.0, float("inf")]


def test_pauses_are_a_trace_where_there_is_one() -> None:
    assert Beat(Random(1), "day", 1.0, START, (77.0,)).pause("turn") == 77.0
    drawn = [Beat(Random(seed), "day", 1.0, START, ()).pause("step") for seed in range(300)]
    assert 5.0 < sorted(drawn)[150] < 12.0
