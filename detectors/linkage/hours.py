"""The hours in which a subject was active: one byte an hour, over the newest two weeks.

Late and early times find their own hour, so the order of arrival does not matter, and merging equals folding the
union. An hour with 255 exchanges or more counts 255. A clock that ran ahead by more than the ring is long empties it:
what lies before is as old as that clock says.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from detectors.linkage.base import HOURS

HOUR: Final = 3600.0  # seconds
_FULL: Final = 255


class Hours(NamedTuple):
    """The newest hour with activity, hours since the epoch, and counts by hour, the newest last."""

    newest: int = 0
    counts: bytes = b""


def counted(hours: Hours, times: Sequence[float]) -> Hours:
    r"""Return the hours after exchanges at times, seconds since the epoch, none below 0.

    Example:
        >>> counted(Hours(), [7200.0, 7300.0, 0.0])
        Hours(newest=2, counts=b'\x01\x00\x02')
    """
    newest, row = hours.newest, bytearray(hours.counts)
    for at in times:
        hour = int(at // HOUR)
        if hour > newest or not row:
            row = (row + bytes(min(hour - newest, HOURS)))[-HOURS:] if row else bytearray(1)
            newest = hour
        back = newest - hour
        if back >= HOURS:
            continue
        if back >= len(row):
            row = bytearray(back + 1 - len(row)) + row
        if row[-1 - back] < _FULL:
            row[-1 - back] += 1
    return Hours(newest, bytes(row.lstrip(b"\0")))


def united(a: Hours, b: Hours) -> Hours:
    """Return the hours of both subjects as one."""
    if not a.counts or not b.counts:
        return a if a.counts else b
    older, newer = sorted((a, b))
    late = (older.counts + bytes(min(newer.newest - older.newest, HOURS)))[-HOURS:]
    width = max(len(late), len(newer.counts))
    one = np.frombuffer(late.rjust(width, b"\0"), np.uint8)
    both = one + np.minimum(_FULL - one, np.frombuffer(newer.counts.rjust(width, b"\0"), np.uint8))
    return Hours(newer.newest, both.astype(np.uint8).tobytes().lstrip(b"\0"))


def by_hour(hours: Hours) -> dict[int, int]:
    """Return exchanges by hour since the epoch, of hours with any."""
    first = hours.newest - len(hours.counts) + 1
    return {first + place: count for place, count in enumerate(hours.counts) if count}
