"""A small memory of what was worked out lately: clients on a kept connection send the same head again and again."""

from collections.abc import Callable
from typing import Generic, TypeVar

ENTRIES = 1024  # most results kept; when full all are worked out anew, as they are needed
LONGEST = 2048  # bytes of input; longer ones are not kept, so that a flood of them keeps no memory

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Remembers the results of one pure function.

    Args:
        work_out: the function.
        weigh: bytes of an input; asked only when its result is new.
    """

    def __init__(self, work_out: Callable[[K], V], weigh: Callable[[K], int]) -> None:
        self._work_out = work_out
        self._weigh = weigh
        self._known: dict[K, V] = {}

    def __len__(self) -> int:
        return len(self._known)

    def of(self, key: K) -> V:
        """Return the function's result for this input."""
        found = self._known.get(key)
        if found is None:
            found = self._work_out(key)
            if self._weigh(key) <= LONGEST:
                if len(self._known) >= ENTRIES:
                    self._known.clear()
                self._known[key] = found
        return found
