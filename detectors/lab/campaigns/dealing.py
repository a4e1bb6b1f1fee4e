"""When a pool works, and which of its accounts takes each question: the scheduler that a campaign runs.

It deals evenly, by quota or by chance; all day, in its staff's hours, in runs, or in shifts; its accounts join at once
or by and by. How evenly is varied, because a harvester that reads this page may choose.
"""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Final, Literal, NamedTuple, TypeAlias

from detectors.lab.tempo import DAYS, curve
from detectors.lab.traffic import DAY, START, bell, poisson

Hours: TypeAlias = Literal["even", "day", "runs", "shifts"]
HOURS: Final[tuple[Hours, ...]] = ("even", "day", "runs", "shifts")
_SHIFTS: Final = 3


class Dealing(NamedTuple):
    """How a campaign deals its work out.

    Attributes:
        per_day: exchanges of an account a day, mean.
        spread: log-normal spread of that between accounts; 0.0: all alike.
        quota: every account gets its share to the exchange; else as chance has it.
        hours: when it works.
        noon: hour (UTC) of its staff's noon.
        ramp: days over which accounts join.
        first, last: when it begins and ends, seconds since the epoch.
        still: when the whole pool stands still, (from, to).
    """

    per_day: float
    spread: float = 0.0
    quota: bool = False
    hours: Hours = "even"
    noon: float = 12.0
    ramp: float = 0.0
    first: float = START
    last: float = START + DAYS * DAY
    still: tuple[float, float] = (0.0, 0.0)


def begun(rng: Random, dealing: Dealing, count: int) -> list[float]:
    """Return when each account begins: in waves of a few at a time over the ramp."""
    waves = sorted(dealing.first + rng.uniform(0.0, dealing.ramp) * DAY for _ in range(max(1, count // 12)))
    return [rng.choice(waves) + rng.uniform(0.0, 0.1) * DAY for _ in range(count)]


def times(rng: Random, dealing: Dealing, starts: Sequence[float]) -> Iterator[tuple[float, int]]:
    """Yield in time order when which account, by its number, takes a question; a day's worth is held at a time."""
    means = [dealing.per_day * bell(rng, 1.0, dealing.spread) for _ in starts]
    owed = [rng.random() for _ in starts]
    for day in range(DAYS):
        begins = START + day * DAY
        windows = _windows(rng)
        due: list[tuple[float, int]] = []
        for i, start in enumerate(starts):
            if start >= begins + DAY or dealing.last <= begins:
                continue
            owed[i] += means[i]
            count = int(owed[i]) if dealing.quota else poisson(rng, means[i])
            owed[i] -= count
            due += [(begins + _moment(rng, dealing, begins, i, windows), i) for _ in range(count)]
        for at, i in sorted(due):
            if max(starts[i], dealing.first) <= at < dealing.last and not dealing.still[0] <= at < dealing.still[1]:
                yield at, i


def _windows(rng: Random) -> list[tuple[float, float]]:
    """Return the runs of one day, in seconds from its beginning."""
    starts = [rng.uniform(0.0, 20.0) * 3600.0 for _ in range(rng.randint(1, 3))]
    return [(start, start + rng.uniform(1.0, 4.0) * 3600.0) for start in starts]


def _moment(rng: Random, dealing: Dealing, begins: float, i: int, windows: Sequence[tuple[float, float]]) -> float:
    if dealing.hours == "runs":
        return rng.uniform(*rng.choice(windows))
    if dealing.hours == "shifts":
        return (i % _SHIFTS + rng.random()) * DAY / _SHIFTS
    at = rng.random() * DAY
    while dealing.hours == "day" and rng.random() > curve(begins + at, dealing.noon, rests=True):
        at = rng.random() * DAY
    return at
