"""A table of keyed fingerprints: what was served, to whom. Fixed in size, forgetful by age, deterministic.

A fingerprint belongs to one bucket of eight slots. A slot is two 64-bit words, sixteen bytes:

    word  = tag of the fingerprint (36 bits) | note (8) | check of the owner (8) | hour (11) | common (1)
    owner = mark of the member that was served

A full bucket loses what was served longest ago, by the hour; within one hour, any. What is written is never half true:
a slot is emptied, gets its owner, and only then its word, and the check must fit the owner. So memory that outlives a
process, a power cut or a bad disk holds what was served, or nothing, but for one damaged slot in 256.

Error bounds: a fingerprint that was never entered is found with probability 8 / 2^36 at most, about one in 10^10. One
that was entered is lost once eight newer ones fell into its bucket. Buckets fill unevenly (Poisson), so that begins
before the table is full: of as many as half its slots 1 % are pushed out, of as many as it has slots 14 %.

Reference: Mitzenmacher, Upfal 2005, "Probability and Computing", section 5.3 (balls and bins).
"""

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Words: TypeAlias = npt.NDArray[np.uint64]
Whole: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Times: TypeAlias = npt.NDArray[np.float64]

WAYS: Final = 8  # slots in a bucket: two lines of a processor's cache
SLOT: Final = 16  # bytes
LONGEST: Final = 60 * 24  # hours that anything may be kept: the hour's 11 bits tell 85 days apart
NOTES: Final = 256
STRETCH: Final = 2**12  # buckets that are tended at once: some 3 ms
_SLACK: Final = 48  # hours by which a clock may step back before what was served seems long ago
_HOUR: Final = 3600.0  # seconds
_HOURS: Final = 2048  # what 11 bits hold
_GONE: Final = np.int64(_HOURS)  # age of what does not count any more
_EMPTY: Final = np.int64(2 * _HOURS)  # age of an empty slot: it is taken first
_A, _B = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)  # splitmix64's multipliers
_TAG, _CHECK, _NOTE, _COMMON = np.uint64(28), np.uint64(12), np.uint64(20), np.uint64(1)  # shifts, and the last bit
_BYTE, _LOW36, _LOW32, _LOW11 = (np.uint64(2**bits - 1) for bits in (8, 36, 32, 11))
_S30, _S27, _S31, _S32, _S56 = (np.uint64(bits) for bits in (30, 27, 31, 32, 56))


class Found(NamedTuple):
    """What a table says of fingerprints, one of each an item; owner 0 says that there is none."""

    owners: Words
    notes: Whole
    common: Flags


class Entered(NamedTuple):
    """How many fingerprints took a slot, and how many of others they pushed out before their time."""

    new: int
    evicted: int


class Table:
    """Slots of a ledger.

    Args:
        slots: zeros at first, shape (n, 2), n a multiple of WAYS; a memory map will do. It is changed in place.
        keep: hours that what was served is remembered after it was served last, at most LONGEST.

    Example:
        >>> table = Table(np.zeros((64, 2), np.uint64), keep=24)
        >>> served, at = np.array([5, 6], np.uint64), np.array([7200.0, 7200.0])
        >>> table.enter(served, np.array([11, 12], np.uint64), np.array([0, 0]), at)
        Entered(new=2, evicted=0)
        >>> table.enter(served[:1], np.array([13], np.uint64), np.array([0]), at[:1])  # to another: common now
        Entered(new=0, evicted=0)
        >>> found = table.find(np.array([5, 6, 7], np.uint64), np.full(3, 7300.0))
        >>> found.owners.tolist(), found.common.tolist()
        ([11, 12, 0], [True, False, False])
        >>> table.find(served, np.full(2, 7200.0 + 26 * 3600.0)).owners.tolist()  # two days later
        [0, 0]

    """

    def __init__(self, slots: Words, keep: int) -> None:
        if slots.ndim != 2 or slots.shape[1] != 2 or not len(slots) or len(slots) % WAYS:  # noqa: PLR2004 - two words
            raise ValueError(f"slots come in rows of two words, a multiple of {WAYS}, and not as {slots.shape}")
        if not 0 < keep <= LONGEST:
            raise ValueError(f"a ledger keeps between 1 and {LONGEST} hours, and not {keep}")
        self._slots = slots.reshape(-1, WAYS, 2)
        self._buckets = np.uint64(len(self._slots))
        self._keep = keep
        self._hand = 0
        self._counts = [0] * -(-len(self._slots) // STRETCH)

    def __len__(self) -> int:
        """Return how many slots there are, used or not."""
        return len(self._slots) * WAYS

    def find(self, fingerprints: Words, at: Times) -> Found:
        """Return to whom each was served, as far as is known at its time (seconds since the epoch)."""
        buckets, tags = self._placed(fingerprints)
        words, owners = self._opened(buckets)
        match = self._matches(words, owners, tags, _hours(at))
        ways, rows = match.argmax(axis=1), np.arange(len(buckets))
        hit = match[rows, ways]
        word = np.where(hit, words[rows, ways], np.uint64(0))
        notes = ((word >> _NOTE) & _BYTE).astype(np.int64)
        return Found(np.where(hit, owners[rows, ways], np.uint64(0)), notes, (word & _COMMON) != 0)

    def enter(self, fingerprints: Words, owners: Words, notes: Whole, at: Times) -> Entered:
        """Remember what was served to whom, oldest first. What is served to a second owner is common from then on.

        Args:
            fingerprints: 64-bit, of any distribution.
            owners: marks of members, never 0.
            notes: what is to be found beside it, below NOTES.
            at: seconds since the epoch.
        """
        if not len(fingerprints):
            return Entered(0, 0)
        _, first, which = np.unique(fingerprints, return_index=True, return_inverse=True)
        common = np.bincount(which, owners[first][which] != owners) > 0
        hours = np.zeros(len(first), np.int64)
        np.maximum.at(hours, which, _hours(at))
        buckets, tags = self._placed(fingerprints[first])
        marks = owners[first]
        new = ~self._renewed(buckets, tags, marks, hours, common)
        fresh = _words(tags, notes[first], marks, hours, common)
        return self._put(buckets[new], fresh[new], marks[new], hours[new])

    def forget(self, owner: int) -> int:
        """Empty all slots of an owner; return how many there were."""
        own = self._slots[:, :, 1] == np.uint64(owner)
        own &= self._slots[:, :, 0] != 0
        self._slots[own] = 0
        return int(own.sum())

    def tend(self, at: float) -> None:
        """Empty what is too old in one stretch, the next at each call; all stretches once in 20 days at least."""
        stretch = self._slots[self._hand * STRETCH : (self._hand + 1) * STRETCH]
        words, owners = stretch[:, :, 0], stretch[:, :, 1]
        alive = self._ages(words, owners, _hours(np.array([at]))) < _GONE
        stretch[~alive & (words != 0)] = 0
        self._counts[self._hand] = int(alive.sum())
        self._hand = (self._hand + 1) % len(self._counts)

    @property
    def used(self) -> int:
        """Slots in use, each stretch as it was last tended."""
        return sum(self._counts)

    def _placed(self, fingerprints: Words) -> tuple[Whole, Words]:
        """Return each one's bucket and its tag, which is never 0."""
        mixed = _mixed(fingerprints)
        buckets = ((mixed >> _S32) * self._buckets) >> _S32
        return buckets.astype(np.int64), np.maximum(mixed & _LOW36, np.uint64(1))

    def _opened(self, buckets: Whole) -> tuple[Words, Words]:
        slots = self._slots[buckets]
        return slots[:, :, 0], slots[:, :, 1]

    def _matches(self, words: Words, owners: Words, tags: Words, hours: Whole) -> Flags:
        match: Flags = (words >> _TAG) == tags[:, None]
        rows = np.flatnonzero(match.any(axis=1))  # few: so only theirs are looked at closely
        match[rows] &= self._ages(words[rows], owners[rows], hours[rows]) < _GONE
        return match

    def _ages(self, words: Words, owners: Words, hours: Whole) -> Whole:
        """Return hours since each slot's content was served last; _GONE and more where it does not count."""
        served = ((words >> _COMMON) & _LOW11).astype(np.int64)
        age = (hours[:, None] - served) % _HOURS
        age[age >= _HOURS - _SLACK] = 0
        age[(age > self._keep) | (((words >> _CHECK) & _BYTE) != _check(owners))] = _GONE
        age[words == 0] = _EMPTY
        return age

    def _renewed(self, buckets: Whole, tags: Words, marks: Words, hours: Whole, common: Flags) -> Flags:
        """Renew those that are there already; return which they were."""
        words, owners = self._opened(buckets)
        match = self._matches(words, owners, tags, hours)
        ways, rows = match.argmax(axis=1), np.flatnonzero(match.any(axis=1))
        ways = ways[rows]
        old, own = words[rows, ways], owners[rows, ways]
        shared = (common[rows] | (own != marks[rows])).astype(np.uint64)
        renewed = (old & ~(_LOW11 << _COMMON)) | (hours[rows].astype(np.uint64) & _LOW11) << _COMMON | shared
        self._slots[buckets[rows], ways, 0] = renewed
        known = np.zeros(len(buckets), np.bool_)
        known[rows] = True
        return known

    def _put(self, buckets: Whole, words: Words, owners: Words, hours: Whole) -> Entered:
        """Give each the emptiest or oldest slot of its bucket; of more than a bucket holds, the first stay."""
        if not len(buckets):
            return Entered(0, 0)
        order = np.argsort(buckets, kind="stable")
        buckets, words, owners, hours = buckets[order], words[order], owners[order], hours[order]
        begins = np.flatnonzero(np.r_[True, buckets[1:] != buckets[:-1]])
        sizes = np.diff(np.r_[begins, len(buckets)])
        rank = np.arange(len(buckets)) - np.repeat(begins, sizes)
        turns = np.repeat(words[begins] >> _TAG, sizes)  # of slots of one age any, but one order for all of a bucket
        fits = rank < WAYS
        buckets, words, owners, rank = buckets[fits], words[fits], owners[fits], rank[fits]
        ages = self._ages(*self._opened(buckets), np.repeat(hours[begins], sizes)[fits])
        turned = (np.arange(WAYS) + turns[fits].astype(np.int64)[:, None]) % WAYS
        ways = np.argsort(turned - WAYS * ages, axis=1)[np.arange(len(buckets)), rank]
        pushed = int((ages[np.arange(len(buckets)), ways] < _GONE).sum())
        self._slots[buckets, ways, 0] = 0
        self._slots[buckets, ways, 1] = owners
        self._slots[buckets, ways, 0] = words
        return Entered(len(buckets), pushed + len(fits) - len(buckets))


def _words(tags: Words, notes: Whole, owners: Words, hours: Whole, common: Flags) -> Words:
    hour = (hours.astype(np.uint64) & _LOW11) << _COMMON
    note = (notes.astype(np.uint64) & _BYTE) << _NOTE
    words: Words = (tags << _TAG) | note | (_check(owners) << _CHECK) | hour | common.astype(np.uint64)
    return words


def _hours(at: Times) -> Whole:
    sane = np.nan_to_num(at, nan=0.0, posinf=0.0, neginf=0.0)
    return (np.clip(sane, 0.0, 2.0**40) // _HOUR).astype(np.int64)


def _check(owners: Words) -> Words:
    return (owners * _A) >> _S56


def _mixed(value: Words) -> Words:
    """Spread fingerprints whose bits are not even: the least of many hashes are small (splitmix64's finaliser)."""
    mixed: Words = (value ^ (value >> _S30)) * _A
    mixed = (mixed ^ (mixed >> _S27)) * _B
    return mixed ^ (mixed >> _S31)
