"""One lazy timer for a connection: setting and clearing it costs a comparison, not a timer.

A busy connection moves its deadline several times an exchange. Here the event loop's timer is left where it is when
the deadline moves later, and looks again when it fires; only a deadline that moves earlier starts a new timer.
"""

import asyncio
from collections.abc import Callable
from math import inf


class Deadline:
    """Calls ``late`` once if the deadline passes before it is cleared or moved."""

    __slots__ = ("_at", "_handle", "_late", "_loop")

    def __init__(self, loop: asyncio.AbstractEventLoop, late: Callable[[], None]) -> None:
        self._loop = loop
        self._late = late
        self._at = inf
        self._handle: asyncio.TimerHandle | None = None

    def set(self, seconds: float) -> None:
        """Move the deadline to so many seconds from now."""
        self._at = at = self._loop.time() + seconds
        if self._handle is None:
            self._handle = self._loop.call_at(at, self._fire)
        elif self._handle.when() > at:
            self._handle.cancel()
            self._handle = self._loop.call_at(at, self._fire)

    def clear(self) -> None:
        """Wait for nothing; a timer that still runs will find nothing to do."""
        self._at = inf

    def stop(self) -> None:
        """Clear, and take the timer off the loop: for a connection that has ended."""
        self._at = inf
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _fire(self) -> None:
        self._handle = None
        if self._at == inf:
            return
        if self._loop.time() < self._at:
            self._handle = self._loop.call_at(self._at, self._fire)
            return
        self._at = inf
        self._late()
