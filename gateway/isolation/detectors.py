"""A detector of another package, kept from stopping the others: what it cannot do, it says nothing about.

A fault costs the observation at which it happened. Time is measured by the wall clock around each call, without
threads: a detector that takes more than its budget on average is set aside until the process starts again. A call
that never returns cannot be ended this way.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, Final, cast

import msgspec

from detectors.base import Baseline, Detector, Evidence, Observation
from gateway import clock
from gateway.isolation.telling import NonsenseError, SlowError, Tell, failed, spent

BUDGET: Final = 0.001  # seconds an observation: all shipped detectors together take a tenth of it
WINDOW: Final = 1000  # observations over which the average is taken
LONGEST: Final = 5.0  # seconds of its own after which a detector is judged, however few they were
MOST_BYTES: Final = 16 << 10  # of a state as it is stored; the contract allows 1,000
MOST_REASONS: Final = 32
_write = msgspec.msgpack.Encoder().encode


class IsolatedDetector:
    """Wraps one detector; what is not of the contract's four methods is the detector's own.

    Args:
        inner: the detector.
        name: as its entry point.
        budget: seconds that it may take an observation, on average.
        tell: told of each failure.
        tick: a clock that never goes back, seconds.
    """

    def __init__(
        self,
        inner: Any,
        name: str,
        *,
        budget: float = BUDGET,
        tell: Tell = failed,
        tick: Callable[[], float] = clock.monotonic,
    ) -> None:
        self._inner = inner
        self._tell = tell
        self._budget = budget
        self._tick = tick
        self._spent, self._seen = 0.0, 0
        self._batch: Callable[[Any, Sequence[Observation]], Any] | None = getattr(inner, "fold", None)
        self._initial = inner.initial()
        self.aside = False
        self.name, self.family, self.state = name, inner.family, inner.state

    def __getattr__(self, name: str) -> Any:
        """Return what is the detector's own: its numbers for calibration, its parameters."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._inner, name)

    def initial(self) -> Any:
        """Return the state of a subject never seen, as it was at the start."""
        return self._initial

    def update(self, state: Any, observation: Observation) -> Any:
        """Return the state after one more observation; the same if that failed."""
        return self.fold(state, (observation,))

    def fold(self, state: Any, observations: Sequence[Observation]) -> Any:
        """Return the state after these observations, without those that failed."""
        if self.aside or not observations:
            return state
        began = self._tick()
        folded = self._folded(state, observations)
        if folded is not state:
            folded = self._guarded(state, lambda: self._storable(folded))
        self._timed(self._tick() - began, len(observations))
        return folded

    def fold_all(self, states: Sequence[Any], batches: Sequence[Sequence[Observation]]) -> list[Any]:
        """Return each state after its observations: one by one, for what another's code folds together is not timed."""
        return [self.fold(state, batch) for state, batch in zip(states, batches, strict=True)]

    def merge(self, a: Any, b: Any) -> Any:
        """Return both as one; the first of them if that failed."""
        return a if self.aside else self._guarded(a, lambda: self._storable(self._inner.merge(a, b)))

    def evidence(self, state: Any, baseline: Baseline) -> Evidence:
        """Return what it says; nothing if that failed or is no evidence."""
        if self.aside:
            return Evidence()
        began = self._tick()
        said: Evidence = self._guarded(Evidence(), lambda: _sound(self._inner.evidence(state, baseline)))
        self._timed(self._tick() - began, 0)
        return said

    def _folded(self, state: Any, observations: Sequence[Observation]) -> Any:
        batch = self._batch
        if batch is not None:
            together = self._guarded(None, lambda: self._typed(batch(state, observations)))
            if together is not None:
                return together
        for observation in observations:
            state = self._one(state, observation)
        return state

    def _one(self, state: Any, observation: Observation) -> Any:
        return self._guarded(state, lambda: self._typed(self._inner.update(state, observation)))

    def _guarded(self, fallback: Any, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - whatever another's code may raise
            self._tell("detector", self.name, error)
            return fallback

    def _typed(self, state: Any) -> Any:
        if not isinstance(state, self.state):
            raise NonsenseError(f"a state is {type(state).__name__}, not {self.state.__name__}")
        return state

    def _storable(self, state: Any) -> Any:
        if (size := len(_write(self._typed(state)))) > MOST_BYTES:
            raise NonsenseError(f"a state of {size} bytes; at most {MOST_BYTES} are kept")
        return state

    def _timed(self, seconds: float, observations: int) -> None:
        spent("detector", self.name, seconds)
        self._spent += seconds
        self._seen += observations
        if self._seen < WINDOW and self._spent < LONGEST:
            return
        average = self._spent / max(self._seen, 1)
        if average > self._budget:
            self.aside = True
            message = f"{average * 1000:.3g} ms an observation, {self._budget * 1000:.3g} are given: set aside"
            self._tell("detector", self.name, SlowError(message))
        self._spent, self._seen = 0.0, 0


def isolated(inner: Any, name: str, budget: float = BUDGET) -> Detector[Any]:
    """Return a detector that cannot stop the others.

    Raises:
        Exception: it fails already at a subject that was never seen, whatever it raises then.
    """
    kept = IsolatedDetector(inner, name, budget=budget)
    _sound(inner.evidence(kept.initial(), Baseline()))
    kept._storable(kept.initial())  # noqa: SLF001 - its own maker
    msgspec.msgpack.decode(_write(kept.initial()), type=inner.state)
    return cast("Detector[Any]", kept)


def _sound(said: Any) -> Evidence:
    if not isinstance(said, Evidence):
        raise NonsenseError(f"evidence is {type(said).__name__}")
    numbers: list[Any] = [said.weight, *said.because.values()]
    if not all(isinstance(number, int | float) and math.isfinite(number) for number in numbers):
        raise NonsenseError("evidence is no finite number of nats with finite reasons")
    if len(said.because) > MOST_REASONS:
        raise NonsenseError(f"more than {MOST_REASONS} reasons")
    return said
