"""When a client calls: three tempos that honest programs and distillers share, and the pauses inside a conversation.

even: a worker pool under a rate limit, as regular as its queue. random: pauses by chance, at any hour.
day: people's hours, with nights and weekends. Which of them a client keeps proves nothing of its purpose.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Final, Literal, TypeAlias

from detectors.lab.traffic import DAY, START, bell, office

Tempo: TypeAlias = Literal["even", "random", "day"]
Pause: TypeAlias = Literal["new", "turn", "step", "rest"]

TEMPOS: Final[tuple[Tempo, ...]] = ("even", "random", "day")
DAYS: Final = 14  # days of an account's life that are played
_GAP, _GAP_SPREAD = 123.0, 1.0  # seconds between turns of a chat, and its log-normal spread
_STEP, _STEP_SPREAD = 8.0, 0.7  # seconds between calls of a program that waits for each answer
_FINE = 0.3  # proposals of a thinned process are so much closer than what it accepts
_WEEKEND, _NIGHT = 0.35, 0.02  # activity against a working day's noon
_AWAKE = 5.5  # hours from noon at which activity has fallen to a third


def curve(at: float, noon: float, rests: bool) -> float:
    """Return a person's activity at that time, 0 to 1: a bell around the noon given (hours, UTC), less at weekends."""
    hour = (at % DAY) / 3600.0
    away = min(abs(hour - noon), 24.0 - abs(hour - noon)) / _AWAKE
    wake = max(_NIGHT, 1.0 / (1.0 + away**4 * 2.0))
    return wake * (1.0 if not rests or office(int((at - START) // DAY)) else _WEEKEND)


class Beat:
    """The times at which one client opens its conversations."""

    def __init__(self, rng: Random, tempo: Tempo, every: float, first: float, gaps: Sequence[float]) -> None:
        """Keep the dice; ``every`` is the mean pause in seconds, ``gaps`` pauses between turns from a trace."""
        self._rng, self._every, self._gaps, self.at = rng, every, gaps, first
        self._noon, self._rests = rng.uniform(8.0, 20.0), rng.random() < 0.7  # noqa: PLR2004 - most have weekends
        self._steps: dict[Tempo, Callable[[], None]] = {"even": self._even, "random": self._random, "day": self._day}
        self._step = self._steps[tempo]

    def open(self) -> float:
        """Return when the next conversation starts."""
        self._step()
        return self.at

    def rest(self) -> float:
        """Return when the next stint starts: another day, or later the same."""
        self.at += self._rng.choice((0.1, 0.5, 1.0, 2.0)) * DAY * self._rng.uniform(0.7, 1.3)
        return self.at

    def pause(self, kind: Pause) -> float:
        """Return the seconds between an answer and the next turn of the same conversation."""
        if kind == "step":
            return bell(self._rng, _STEP, _STEP_SPREAD)
        return self._rng.choice(self._gaps) if self._gaps else bell(self._rng, _GAP, _GAP_SPREAD)

    def _even(self) -> None:
        self.at += self._every * self._rng.uniform(0.9, 1.1)

    def _random(self) -> None:
        self.at += self._rng.expovariate(1.0 / self._every)

    def _day(self) -> None:
        while True:
            self.at += self._rng.expovariate(1.0 / (self._every * _FINE))
            if self._rng.random() < curve(self.at, self._noon, self._rests):
                return


class Given(Beat):
    """Conversations that open at times known beforehand, then never again."""

    def __init__(self, rng: Random, times: Sequence[float], gaps: Sequence[float]) -> None:
        """Take the times, in order."""
        super().__init__(rng, "even", 1.0, 0.0, gaps)
        self._times = iter(times)

    def open(self) -> float:
        """Return the next of the times; infinity after the last."""
        self.at = next(self._times, float("inf"))
        return self.at

    def rest(self) -> float:
        """Take no notice: the times are given."""
        return self.open()
