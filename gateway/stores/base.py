"""The store: cases, decisions, counters."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec

from gateway.actions.base import Allowance, Charge
from gateway.campaigns import Campaign, Member, Membership, Memberships, Roll
from gateway.decisions import Decision, Subject
from gateway.pardons import Pardon, Pardoned


class StoreError(Exception):
    """The store or journal did not do what was asked; drivers' errors become this one at the edge."""


class Noting(NamedTuple):
    """A note for the decision log that is kept with a commit: its kind, time (seconds since the epoch) and body."""

    kind: str
    at: float
    body: dict[str, Any]


class Folded(msgspec.Struct, frozen=True, kw_only=True):
    """All that an analyst's batch or a linker's pass changes, kept in one transaction or not at all.

    Attributes:
        upto: journal position up to which entries are folded; they are deleted with it.
        cases: new case of each subject that the batch touched.
        decisions: new decisions, in order.
        ranks: how much a case is worth keeping, 0 to 63: when there are too many, the least goes first, and of
            those the oldest. A subject that is not named has rank 0.
        owned: those of the cases that are of a key whose exchanges its account holds too: no members of campaigns.
        uses: what was taken under an entitlement, by its name and the time its window began.
        campaigns: those that changed.
        members: those that joined, or changed; a release that an operator gave stays as it is.
        gone: who is a member no more.
        notes: for the decision log; a store that keeps none drops them.
        at: now, seconds since the epoch, for expiry.
    """

    upto: int
    cases: Mapping[Subject, bytes]
    ranks: Mapping[Subject, int] = {}
    decisions: Sequence[Decision] = ()
    owned: Collection[Subject] = ()
    uses: Mapping[tuple[str, float], bytes] = {}
    campaigns: Sequence[Campaign] = ()
    members: Sequence[Member] = ()
    gone: Sequence[Membership] = ()
    notes: Sequence[Noting] = ()
    at: float = 0.0


class Announced(msgspec.Struct, frozen=True):
    """Decisions that came after a position, and the newest position."""

    position: int
    decisions: tuple[Decision, ...]


class Touched(NamedTuple):
    """Cases that were touched; ``after`` is where to go on, 0 if there are no more."""

    after: int
    cases: tuple[tuple[Subject, bytes], ...]


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

    def touched(self, since: float, after: int) -> Touched:
        """Return cases of members-to-be that were kept since a time, a part at a time; from ``after`` 0, the first.

        Accounts, and keys that no account owns. A store may tell of some that were kept up to a minute earlier.
        """
        ...

    def roll(self) -> Roll:
        """Return all campaigns."""
        ...

    def members(self, campaign: str) -> list[Member]:
        """Return all who are, or were, of a campaign, oldest first."""
        ...

    def memberships(self, after: int) -> Memberships:
        """Return whom decisions on campaigns reach: what changed after a position, or, from 0, everything."""
        ...

    def release(self, member: Membership, at: float) -> bool:
        """Set a member free of what is decided on its campaign, or, at 0.0, take that back; False if it is none."""
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
