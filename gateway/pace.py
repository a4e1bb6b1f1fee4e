"""When a subject is weighed: one rule for the analyst and for the replay, and it remembers nothing. Pure.

Weighing asks every detector what it makes of all it holds, and costs several times what folding one exchange costs.
So a subject is weighed when its observations have grown by a sixteenth, which is after every exchange from the fourth
to the 32nd and ever more seldom beyond; when an exchange falls into another hour than the one before; and, in the
second half of a standing decision, in every sixteenth of its time, so that what still holds is renewed before it
lapses. An alarm comes at most a sixteenth (6 %) of a subject's exchanges, or an hour, later than if every exchange were
weighed. Of three exchanges nobody could learn anything, and most keys that are seen at all are seen no oftener.

Whether an exchange is such a one follows from counts and times that the case holds anyway. So batches cut anywhere,
a restart, and any number of processes weigh after the same exchanges.
"""

from typing import Protocol

HOUR = 3600.0  # seconds: longest time without a weighing, for a subject that goes on asking
LEAST = 8  # observations, four exchanges: fewer are not weighed
_BITS = 5  # of a count, from its highest on: a change in them is growth by a 16th to a 32nd
_PARTS = 16  # of a decision's time


class Lasting(Protocol):
    """What the pace reads of a decision: when it was taken and when it lapses, seconds since the epoch."""

    @property
    def at(self) -> float:
        """When it was taken."""
        ...

    @property
    def until(self) -> float:
        """When it lapses."""
        ...


def due(before: int, after: int, last_at: float, at: float, *, current: Lasting | None = None) -> bool:
    """Return whether a subject is to be weighed now.

    Args:
        before: its observations before what was just folded.
        after: its observations now.
        last_at: newest time before that, seconds since the epoch; -infinity if there was none.
        at: newest time now.
        current: the decision that stands on it.

    Examples:
        >>> due(62, 64, 0.0, 1.0), due(64, 66, 0.0, 1.0), due(66, 68, 0.0, 1.0)
        (True, False, True)

    """
    if after < LEAST:
        return False
    low = max(0, after.bit_length() - _BITS)
    if before >> low != after >> low or at // HOUR > last_at // HOUR:
        return True
    return current is not None and renewable(current, last_at, at)


def renewable(current: Lasting, last_at: float, at: float) -> bool:
    """Return whether an exchange is the first in one of the later sixteenths of a decision's time."""
    part = (current.until - current.at) / _PARTS
    if at - current.at < part * _PARTS / 2 or part <= 0.0:
        return False
    return (at - current.at) // part > (last_at - current.at) // part
