"""The decisions that stand now, followed from the store: the proxy's memory of them, and the analyst's."""

from collections.abc import Mapping

from gateway.campaigns import SCOPE
from gateway.decisions import Decision, Subject
from gateway.stores.base import Store


class Register:
    """Standing decisions by subject: the newest of a subject counts, until it lapses or is lifted.

    ``decisions`` and ``campaigns`` are replaced and never changed, so that another thread may read them at any time
    without a lock. Whenever ``campaigns`` is replaced ``decisions`` is too, after it: who has seen the new one sees
    the other.

    Args:
        members: follow who is of which campaign as well.

    Attributes:
        decisions: by subject.
        campaigns: of each member, those whose decisions reach it.
    """

    def __init__(self, *, members: bool = False) -> None:
        self.decisions: Mapping[Subject, Decision] = {}
        self.campaigns: Mapping[Subject, tuple[Subject, ...]] = {}
        self._members = members
        self._position = self._enrolled = 0
        self._soonest = float("inf")  # when the next decision lapses: until then nobody has to look

    def follow(self, store: Store, at: float) -> bool:
        """Read what was decided since the last call, and drop what has lapsed; True if anything changed.

        One look costs one search in an index: less than asking the database first whether anything was written,
        which while journal entries arrive is always so.
        """
        enrolled = self._members and self._enrol(store)
        announced = store.announced(self._position, at)
        self._position = announced.position
        if not announced.decisions and at < self._soonest and not enrolled:
            return False
        standing = dict(self.decisions)
        standing.update({decision.subject: decision for decision in announced.decisions})
        self.decisions = {subject: decision for subject, decision in standing.items() if decision.until > at}
        self._soonest = min((decision.until for decision in self.decisions.values()), default=float("inf"))
        return True

    def _enrol(self, store: Store) -> bool:
        """Read who joined and left campaigns since the last call; True if anybody did."""
        told = store.memberships(self._enrolled)
        self._enrolled = told.position
        if not (told.whole or told.joined or told.left):
            return False
        of: dict[Subject, tuple[Subject, ...]] = {} if told.whole else dict(self.campaigns)
        for campaign, subject in told.left:
            rest = tuple(one for one in of.pop(subject, ()) if one.value != campaign)
            if rest:
                of[subject] = rest
        for campaign, subject in told.joined:
            of[subject] = tuple(sorted({*of.get(subject, ()), Subject(SCOPE, campaign)}))
        self.campaigns = of
        return True
