"""Counts of the hot path, gathered in plain numbers and handed to the metrics twice a second.

A labelled counter takes a lock and, with several processes, writes to a mapped file at every step: seven of them cost
an exchange more than its routing does. Errors are rare and are counted at once.
"""

import asyncio
from bisect import bisect_left
from functools import cache
from typing import Any

from gateway import metrics

_EVERY = 0.5  # seconds; a scrape comes every few seconds at most
_requests = cache(metrics.REQUESTS.labels)  # labels are closed vocabularies, so the caches are bounded
_errors = cache(metrics.ERRORS.labels)
_SERIES: dict[str, Any] = {
    "overhead": metrics.OVERHEAD,
    "upstream": metrics.UPSTREAM,
    "first_byte": metrics.FIRST_BYTE,
}


class _Span:
    """Durations of one histogram since they were last handed over."""

    __slots__ = ("_bounds", "_child", "_counts", "_sum")

    def __init__(self, child: Any) -> None:
        self._child = child
        self._bounds: list[float] = child._upper_bounds  # noqa: SLF001 - pinned; it has no way to observe in bulk
        self._counts = [0] * len(self._bounds)
        self._sum = 0.0

    def observe(self, seconds: float) -> None:
        self._counts[bisect_left(self._bounds, seconds)] += 1
        self._sum += seconds

    def flush(self) -> None:
        for bucket, count in zip(self._child._buckets, self._counts, strict=True):  # noqa: SLF001 - the same
            if count:
                bucket.inc(count)
        if self._sum:
            self._child._sum.inc(self._sum)  # noqa: SLF001 - the same
        self._counts = [0] * len(self._bounds)
        self._sum = 0.0


class Tallies:
    """What one proxy counts, until it is flushed."""

    def __init__(self) -> None:
        self._inflight = 0
        self._requests: dict[tuple[str, str, int, str, str], int] = {}
        self._spans: dict[tuple[str, str], _Span] = {}
        self._timer: asyncio.TimerHandle | None = None

    def enter(self) -> None:
        """An exchange begins."""
        self._inflight += 1
        self._arm()

    def leave(self) -> None:
        """An exchange has ended."""
        self._inflight -= 1
        self._arm()  # it may have outlasted the flush that its coming had asked for

    def _arm(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_EVERY, self.flush)

    def count(self, labels: tuple[str, str, int, str, str], error: str) -> None:
        """Count what came of an exchange: surface, dialect, status, action, mode; and what went wrong, if anything."""
        self._requests[labels] = self._requests.get(labels, 0) + 1
        if error:
            _errors(error).inc()

    def observe(self, series: str, label: str, seconds: float) -> None:
        """Observe a duration in a series of _SERIES, under its one label."""
        span = self._spans.get((series, label))
        if span is None:
            span = self._spans[series, label] = _Span(_SERIES[series].labels(label))
        span.observe(seconds)

    def flush(self) -> None:
        """Hand all over to the metrics."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for (surface, dialect, status, action, mode), count in self._requests.items():
            _requests(surface, dialect, str(status), action, mode).inc(count)
        self._requests.clear()
        for span in self._spans.values():
            span.flush()
        metrics.INFLIGHT.set(self._inflight)
