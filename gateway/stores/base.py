"""The store: cases, decisions, counters."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from gateway.actions.base import Allowance, Charge
from gateway.decisions import Decision, Subject
from gateway.pardons import Pardon, Pardoned


class StoreError(Exception):
    """The store or journal did not do what was asked; drivers' errors become this one at the edge."""


class Folded(msgspec.Struct, frozen=True, kw_only=True):
    """All that one analyst's batch changes, kept in one transaction or not at all.

    Attributes:
        upto: journal position up to which entries are folded; they are deleted with it.
        cases: new case of each subject that the batch touched.
        decisions: new decisions, in order.
        ranks: how much a case is worth keeping, 0 to 63: when there are too many, the least goes first, and of
            those the oldest. A subject that is not named has rank 0.
        uses: what was taken under an entitlement, by its name and the time its window began.
        at: now, seconds since the epoch, for expiry.
    """

    upto: int
    cases: Mapping[Subject, bytes]
    ranks: Mapping[Subject, int] = {}
    decisions: Sequence[Decision] = ()
    uses: Mapping[tuple[str, float], bytes] = {}
    at: float = 0.0


class Announced(msgspec.Struct, frozen=True):
    """Decisions that came after a position, and the newest position."""

    position: int
    decisions: tuple[Decision, ...]


class Taken(msgspec.Struct, frozen=True):
    """That a decision was taken: as much of it as counting repetitions needs (``gateway.decisions.Decision``)."""

    id: str
    at: float
    until: float
    policy: str = ""
    rule: str = ""
    mode: str = "shadow"


MOST_TAKEN = 256  # of one subject that a store tells: the newest
REMEMBERED = 90 * 86400.0  # seconds after which a decision that has lapsed is forgotten


class Store(Protocol):
    """What outlives processes. Synchronous: the shell calls it on a thread of its own."""

    def cases(self, subjects: Sequence[Subject]) -> dict[Subject, bytes]:
        """Return the cases known of these subjects."""
        ...

    def commit(self, folded: Folded) -> None:
        """Keep a batch's cases and decisions and acknowledge its journal entries: all or nothing."""
        ...

    def announced(self, after: int, at: float) -> Announced:
        """Return decisions taken after a position, or, from position 0, all that still stand at ``at``."""
        ...

    def lift(self, subject: Subject, at: float) -> Decision | None:
        """End the standing decision now; it is announced as one that has lapsed. None if none stood."""
        ...

    def taken(self, subjects: Sequence[Subject], since: float) -> dict[Subject, list[Taken]]:
        """Return decisions on subjects that lapse after ``since``, as announced, at most MOST_TAKEN each."""
        ...

    def uses(self, keys: Sequence[tuple[str, float]]) -> dict[tuple[str, float], bytes]:
        """Return the uses known of entitlements, by name and the time their window began."""
        ...

    def pardon(self, pardon: Pardon) -> Decision | None:
        """Keep a pardon, and end the decision that stands if it is one that is pardoned; return what was ended."""
        ...

    def pardoned(self, after: int) -> Pardoned:
        """Return the pardons given after a position."""
        ...

    def heaviest(self, limit: int) -> list[tuple[Subject, bytes]]:
        """Return the cases of the highest ranks, newest first among equals."""
        ...

    def size(self) -> int:
        """Return the number of subjects with a case."""
        ...

    def scrub(self) -> bool:
        """Leave no byte of deleted entries in any file; False if others were busy: try again soon."""
        ...

    def take(self, subject: Subject, charges: Sequence[Charge], at: float) -> list[Allowance]:
        """Take all charges from the subject's meters, or none of them if one does not allow it."""
        ...

    def give(self, subject: Subject, charges: Sequence[Charge], at: float) -> None:
        """Correct meters after settlement; never refuses."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
