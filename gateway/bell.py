"""What an exchange waits on: like a future, but cheaper, and many of them wake in one callback of the event loop.

A future that is set costs its task an object and a callback of its own for every wait. A bell stays with its
connection, and all that were rung while the loop read its sockets resume in one callback after the reading. Not within
the reading: doing the same with all exchanges before doing the next thing keeps the processor's caches warm, which was
measured to be worth more than the callback costs. asyncio's tasks wait on whatever looks like a future
(``_asyncio_future_blocking``), so cancellation and timeouts work as they always do.
"""

import asyncio
import contextvars
from collections.abc import Callable, Generator
from typing import Any
from weakref import WeakKeyDictionary

_ROUNDS: "WeakKeyDictionary[asyncio.AbstractEventLoop, list[Bell]]" = WeakKeyDictionary()


def _resume(rung: "list[Bell]") -> None:
    now = rung.copy()  # what is rung meanwhile is for the next round
    rung.clear()
    for bell in now:
        bell.resume()


class Bell:
    """Wakes one task at a time. A ring that nobody waits for is lost, so look before you wait, and again after."""

    __slots__ = ("_asyncio_future_blocking", "_context", "_fault", "_loop", "_round", "_wakeup")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._asyncio_future_blocking = False
        self._loop = loop
        self._round = _ROUNDS.setdefault(loop, [])
        self._wakeup: Callable[[Any], object] | None = None
        self._context: contextvars.Context | None = None
        self._fault: asyncio.CancelledError | None = None

    def ring(self) -> None:
        """Let the task that waits go on, if one does, once the loop has read what there is to read."""
        if self._wakeup is not None:
            if not self._round:
                self._loop.call_soon(_resume, self._round)
            self._round.append(self)

    def __await__(self) -> Generator[Any, None, None]:
        """Wait for the next ring."""
        self._asyncio_future_blocking = True
        yield self

    def resume(self) -> None:
        """Resume the task now; called by the loop."""
        wakeup, context = self._wakeup, self._context
        if wakeup is not None and context is not None:
            self._wakeup = None
            context.run(wakeup, self)

    # a future's interface, for the task

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """Return the loop of the task."""
        return self._loop

    def add_done_callback(self, wakeup: Callable[[Any], object], *, context: contextvars.Context) -> None:
        """Keep what resumes the task."""
        self._wakeup, self._context, self._fault = wakeup, context, None

    def cancel(self, msg: str | None = None) -> bool:
        """Let the wait end in a cancellation."""
        if self._wakeup is None:
            return False
        self._fault = asyncio.CancelledError() if msg is None else asyncio.CancelledError(msg)
        self.ring()
        return True

    def result(self) -> None:
        """Tell the task how its wait ended."""
        fault, self._fault = self._fault, None
        if fault is not None:
            raise fault
