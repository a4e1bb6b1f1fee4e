"""Cases, decisions and meters in memory: for replay and tests. Nothing outlives the process."""

from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice

import msgspec

from gateway.actions.base import Allowance, Charge
from gateway.campaigns import MEMBER_SCOPES
from gateway.decisions import Decision, Subject
from gateway.pardons import Pardon, Pardoned
from gateway.stores import meters
from gateway.stores.base import MOST_TAKEN, Announced, Folded, Taken, Touched
from gateway.stores.memory_campaigns import MemoryCampaigns
from gateway.stores.meters import Meter

RANKS = 64
MINUTE = 60.0  # seconds: expiry looks as often


def _nothing(_: int) -> None:
    """Acknowledge to nobody."""


class MemoryStore(MemoryCampaigns):
    """A store for one process and one thread.

    Args:
        acknowledge: told the journal position of each commit (``MemoryJournal.acknowledge``).
        cases: most cases kept; over it the least in rank go, and of those the oldest.
        forget: seconds after which an untouched case is dropped.
    """

    def __init__(
        self, acknowledge: Callable[[int], None] = _nothing, *, cases: int = 1_000_000, forget: float = 30 * 86400.0
    ) -> None:
        super().__init__()
        self._acknowledge = acknowledge
        self._cap = cases
        self._forget = forget
        self._forgot_at = 0.0
        self._cases: dict[Subject, bytes] = {}
        self._ages: list[dict[Subject, float]] = [{} for _ in range(RANKS)]  # by rank; oldest first
        self._ranks: dict[Subject, int] = {}
        self._owned: set[Subject] = set()
        self._decisions: list[Decision] = []
        self._newest: dict[Subject, Decision] = {}
        self._taken: dict[Subject, deque[Taken]] = {}
        self._meters: dict[Subject, dict[str, Meter]] = {}
        self._uses: dict[tuple[str, float], bytes] = {}
        self._pardons: list[Pardon] = []

    def cases(self, subjects: Sequence[Subject]) -> dict[Subject, bytes]:
        """Return the cases known of these subjects."""
        return {subject: self._cases[subject] for subject in subjects if subject in self._cases}

    def commit(self, folded: Folded) -> None:
        """Keep a batch's cases and decisions and acknowledge its journal entries: all or nothing."""
        if folded.upto:
            self._acknowledge(folded.upto)
        for subject, body in folded.cases.items():
            self._drop(subject)
            rank = min(max(folded.ranks.get(subject, 0), 0), RANKS - 1)
            self._cases[subject] = body
            self._ranks[subject] = rank
            self._ages[rank][subject] = folded.at
            if subject in folded.owned:
                self._owned.add(subject)
        self._keep_campaigns(folded)
        self._uses.update(folded.uses)
        for decision in folded.decisions:
            self._announce(decision)
        if abs(folded.at - self._forgot_at) >= MINUTE:
            self._expire(folded.at - self._forget)
            self._forgot_at = folded.at
        for ages in self._ages:
            while ages and len(self._cases) > self._cap:
                self._drop(next(iter(ages)))

    def _drop(self, subject: Subject) -> None:
        if self._cases.pop(subject, None) is not None:
            del self._ages[self._ranks.pop(subject)][subject]
            self._owned.discard(subject)

    def _expire(self, before: float) -> None:
        for ages in self._ages:
            for subject in [subject for subject, at in ages.items() if at < before]:
                self._drop(subject)

    def _announce(self, decision: Decision) -> None:
        self._decisions.append(decision)
        self._newest[decision.subject] = decision
        taken = Taken(*(getattr(decision, name) for name in Taken.__struct_fields__))
        self._taken.setdefault(decision.subject, deque(maxlen=MOST_TAKEN)).append(taken)

    def announced(self, after: int, at: float) -> Announced:
        """Return decisions taken after a position, or, from position 0, all that still stand at ``at``."""
        if after:
            return Announced(max(after, len(self._decisions)), tuple(self._decisions[after:]))
        return Announced(len(self._decisions), tuple(d for d in self._newest.values() if d.until > at))

    def lift(self, subject: Subject, at: float) -> Decision | None:
        """End the standing decision now; it is announced as one that has lapsed. None if none stood."""
        newest = self._newest.get(subject)
        if newest is None or newest.until <= at:
            return None
        lifted = msgspec.structs.replace(newest, until=at)
        self._announce(lifted)
        return lifted

    def taken(self, subjects: Sequence[Subject], since: float) -> dict[Subject, list[Taken]]:
        """Return decisions on subjects that lapse after ``since``, as announced, at most MOST_TAKEN each."""
        found: dict[Subject, list[Taken]] = {}
        for subject in subjects:
            if some := [one for one in self._taken.get(subject, ()) if one.until > since]:
                found[subject] = some[-MOST_TAKEN:]
        return found

    def uses(self, keys: Sequence[tuple[str, float]]) -> dict[tuple[str, float], bytes]:
        """Return the uses known of entitlements, by name and the time their window began."""
        return {key: self._uses[key] for key in keys if key in self._uses}

    def pardon(self, pardon: Pardon) -> Decision | None:
        """Keep a pardon, and end the decision that stands if it is one that is pardoned; return what was ended."""
        self._pardons.append(pardon)
        newest = self._newest.get(pardon.subject)
        return self.lift(pardon.subject, pardon.at) if newest and pardon.lifts(newest) else None

    def pardoned(self, after: int) -> Pardoned:
        """Return the pardons given after a position."""
        return Pardoned(len(self._pardons), tuple(self._pardons[after:]))

    def touched(self, since: float, after: int) -> Touched:
        """Return cases of members-to-be that were kept since a time, all at once."""
        del after
        recent = (subject for ages in self._ages for subject, at in ages.items() if at >= since)
        own = (one for one in recent if one.scope in MEMBER_SCOPES and one not in self._owned)
        return Touched(0, tuple((subject, self._cases[subject]) for subject in own))

    def heaviest(self, limit: int) -> list[tuple[Subject, bytes]]:
        """Return the cases of the highest ranks, newest first among equals."""
        ordered = (subject for ages in reversed(self._ages) for subject in reversed(ages))
        return [(subject, self._cases[subject]) for subject in islice(ordered, limit)]

    def size(self) -> int:
        """Return the number of subjects with a case."""
        return len(self._cases)

    def scrub(self) -> bool:
        """Return True: there is no file."""
        return True

    def take(self, subject: Subject, charges: Sequence[Charge], at: float) -> list[Allowance]:
        """Take all charges from the subject's meters, or none of them if one does not allow it."""
        taken = meters.take(self._meters.get(subject, {}), charges, at)
        self._meters.setdefault(subject, {}).update(taken.meters)
        return taken.allowances

    def give(self, subject: Subject, charges: Sequence[Charge], at: float) -> None:
        """Correct meters after settlement; never refuses."""
        kept = self._meters.setdefault(subject, {})
        kept.update(meters.give(kept, charges, at))

    def close(self) -> None:
        """Nothing is held."""
