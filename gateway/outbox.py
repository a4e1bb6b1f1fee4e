"""Entries on their way from the event loop to the thread that writes them: bounded in number and in bytes."""

from collections import deque

from gateway import metrics
from gateway.exchange import Entry

MEMORY = 256 << 20  # bytes of bodies that may wait: ten thousand entries could otherwise hold the process's memory
_FULL = metrics.QUEUE_DROPPED.labels("full")


def weight(entry: Entry) -> int:
    """Return the bytes that an entry holds, in the main."""
    return len(entry.request) + len(entry.response)


class Outbox:
    """A queue with one writer and one reader, in two threads. Nobody locks: each side counts for itself.

    Args:
        entries: most entries that wait.
        memory: most bytes that wait.
    """

    def __init__(self, entries: int, memory: int = MEMORY) -> None:
        self._waiting: deque[Entry] = deque()
        self._entries, self._memory = entries, memory
        self._came, self._went = 0, 0  # bytes; the writer adds to the first, the reader to the second

    def __len__(self) -> int:
        return len(self._waiting)

    def post(self, entry: Entry) -> bool:
        """Add an entry; False if there is no room, and it is counted as dropped."""
        came = self._came + len(entry.request) + len(entry.response)
        if len(self._waiting) >= self._entries or came - self._went > self._memory:
            _FULL.inc()
            return False
        self._came = came
        self._waiting.append(entry)
        return True

    def take(self, entries: int, size: int) -> list[Entry]:
        """Take out the oldest entries: at most so many, and few more than ``size`` bytes."""
        taken: list[Entry] = []
        held = 0
        while self._waiting and len(taken) < entries and held < size:
            taken.append(self._waiting.popleft())
            held += weight(taken[-1])
        self._went += held
        return taken

    def put_back(self, entries: list[Entry]) -> None:
        """Return entries to the front, in their order: they could not be written."""
        self._waiting.extendleft(reversed(entries))
        self._went -= sum(map(weight, entries))
