"""The traffic's own time: what the lines say it is, though clocks step and single lines err.

Decisions lapse by it. One line far ahead moves nothing until the next good line agrees; a run of lines that are far
behind is a clock that was set back, and is followed.
"""

from collections.abc import Sequence

LATE = 3600.0  # seconds: a line that lies further behind the newest is out of order
AHEAD = 3600.0  # seconds: a step forward beyond this needs a second line that confirms it
STEPPED = 64  # late lines in a row that make a clock set back
GAP = 30 * 86400.0  # seconds: a last line further ahead than this moves nothing


class Timeline:
    """Follows the times of good lines, in the order of the input.

    Attributes:
        at: the time now, seconds since the epoch; 0 before the first line.
        late: lines that were out of order by more than ``LATE``. They are folded all the same.
    """

    def __init__(self) -> None:
        self.at = 0.0
        self.late = 0
        self._doubted = 0.0  # a time far ahead that no second line has confirmed
        self._run = 0  # late lines without another between

    def follow(self, times: Sequence[float]) -> float:
        """Take the times of the next lines and return the time after them."""
        for at in times:
            if self.at <= at <= self.at + AHEAD:
                self.at = at
                self._run = 0
            elif at > self.at:
                self._ahead(at)
            elif at < self.at - LATE:
                self._behind(at)
        return self.at

    def end(self) -> float:
        """Return the time at the end: a last line after a pause is believed."""
        return self._doubted if self.at < self._doubted <= self.at + GAP else self.at

    def _ahead(self, at: float) -> None:
        if self.at and abs(self._doubted - at) > AHEAD:
            self._doubted = at
            return
        self.at = max(at, self._doubted) if self.at else at
        self._run = 0

    def _behind(self, at: float) -> None:
        self.late += 1
        self._run += 1
        if self._run >= STEPPED:
            self.at, self._run = at, 0
