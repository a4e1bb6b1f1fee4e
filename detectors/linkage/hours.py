"""The hours in which a subject was active: one byte an hour, over the newest two weeks.

Late and early times find their own hour, so the order of arrival does not matter, and merging equals folding the
union. An hour with 255 exchanges or more counts 255. A clock that ran ahead by more than the ring is long empties it:
what lies before is as old as that clock says.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

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
    found = Counter([int(at // HOUR) for at in times])
    if len(found) == 1 and hours.counts and hours.newest in found:
        count = min(_FULL, hours.counts[-1] + found[hours.newest])
        return Hours(hours.newest, hours.counts[:-1] + bytes((count,)))
    return _added(hours, found) if found else hours


def united(a: Hours, b: Hours) -> Hours:
    """Return the hours of both subjects as one."""
    if not a.counts or not b.counts:
        return a if a.counts else b
    older, newer = sorted((a, b))
    return _added(newer, by_hour(older))


def by_hour(hours: Hours) -> dict[int, int]:
    """Return exchanges by hour since the epoch, of hours with any."""
    first = hours.newest - len(hours.counts) + 1
    return {first + place: count for place, count in enumerate(hours.counts) if count}


def _added(hours: Hours, found: Mapping[int, int]) -> Hours:
    newest = max(*found, hours.newest) if hours.counts else max(found)
    row = bytearray(HOURS)
    _put(row, newest, by_hour(hours))
    _put(row, newest, found)
    return Hours(newest, bytes(row).lstrip(b"\0"))


def _put(row: bytearray, newest: int, found: Mapping[int, int]) -> None:
    for hour, count in found.items():
        place = len(row) - 1 - (newest - hour)
        if place >= 0:
            row[place] = min(_FULL, row[place] + count)
