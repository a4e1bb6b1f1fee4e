"""Bottom-k samples: the least fingerprints of what a subject asked, to tell how much two subjects asked alike.

Fingerprints are keyed and even over 64 bits, so the least are a random sample of the different ones, and the same
sample for everybody: what two subjects share shows in both. Fewer than SAMPLE fingerprints are all there were.

References:
    Bar-Yossef, Jayram, Kumar, Sivakumar, Trevisan 2002, "Counting distinct elements in a data stream".
    Beyer, Haas, Reinwald, Sismanis, Gemulla 2007, "On synopses for distinct-value estimation under multiset
    operations": the estimates. Relative standard error of a count: 1 / sqrt(SAMPLE - 2), 13 %.
"""

import struct
import sys
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final, NamedTuple

from detectors.linkage.base import SAMPLE

_BYTES: Final = 8
_SPACE: Final = 2**64
_LITTLE: Final[bool] = sys.byteorder == "little"  # what a memoryview can read as it stands
_READ: Final = [struct.Struct(f"<{n}Q") for n in range(SAMPLE + 1)]


class Overlap(NamedTuple):
    """What two subjects asked, as far as both samples reach.

    Attributes:
        one, other, both: different fingerprints below the reach of both samples: of one, of the other, of both.
        share: of all fingerprints that lie below that reach; 1.0 if both samples are whole.
    """

    one: int
    other: int
    both: int
    share: float

    @property
    def jaccard(self) -> float:
        """Return what both asked among all that either asked, 0 to 1."""
        either = self.one + self.other - self.both
        return self.both / either if either else 0.0

    @property
    def common(self) -> float:
        """Return the estimate of how many different things both asked."""
        return self.both / self.share


def added(sample: bytes, items: Sequence[int]) -> bytes:
    """Return the sample after more fingerprints; 0 is none.

    Example:
        >>> values(added(added(b"", [5, 3]), [4, 5, 0]))
        (3, 4, 5)
    """
    full = len(sample) == SAMPLE * _BYTES
    reach = int.from_bytes(sample[-_BYTES:], "little") if full else _SPACE
    new = [item for one in items if (item := one % _SPACE) and item < reach]
    if not new:
        return sample
    if len(new) > 1:
        return _packed(sorted({*values(sample), *new}))
    held = memoryview(sample).cast("Q") if _LITTLE else values(sample)  # no need to unpack all for a single one
    place = bisect_left(held, new[0])
    if place < len(held) and held[place] == new[0]:
        return sample
    place *= _BYTES
    return b"%b%b%b" % (sample[:place], new[0].to_bytes(_BYTES, "little"), sample[place : (SAMPLE - 1) * _BYTES])


def union(a: bytes, b: bytes) -> bytes:
    """Return the sample of everything that either asked."""
    if not a or not b or a == b:
        return a or b
    return _packed(sorted({*values(a), *values(b)}))


def values(sample: bytes) -> tuple[int, ...]:
    """Return the fingerprints in a sample, least first."""
    return _READ[len(sample) // _BYTES].unpack(sample)


def distinct(sample: bytes) -> float:
    """Return the estimate of how many different things were asked; exact below SAMPLE."""
    held = values(sample)
    if len(held) < SAMPLE:
        return float(len(held))
    return (SAMPLE - 1) * (_SPACE / held[-1])


def overlap(a: bytes, b: bytes) -> Overlap:
    """Return what two samples share.

    Example:
        >>> overlap(added(b"", [1, 2, 3]), added(b"", [3, 4]))
        Overlap(one=3, other=2, both=1, share=1.0)
    """
    one, other = values(a), values(b)
    reach = min(_reach(one), _reach(other))
    ours, theirs = set(one[: bisect_left(one, reach)]), set(other[: bisect_left(other, reach)])
    return Overlap(len(ours), len(theirs), len(ours & theirs), reach / _SPACE)


def _reach(held: tuple[int, ...]) -> int:
    return held[-1] if len(held) == SAMPLE else _SPACE


def _packed(held: list[int]) -> bytes:
    least = held[:SAMPLE]
    return _READ[len(least)].pack(*least)
