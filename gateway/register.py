"""The decisions that stand now, followed from the store: the proxy's memory of them, and the analyst's."""

from collections.abc import Mapping

from gateway.decisions import Decision, Subject
from gateway.stores.base import Store


class Register:
    """Standing decisions by subject: the newest of a subject counts, until it lapses or is lifted.

    ``decisions`` is replaced and never changed, so that another thread may read it at any time without a lock.
    """

    def __init__(self) -> None:
        self.decisions: Mapping[Subject, Decision] = {}
        self._position = 0
        self._soonest = float("inf")  # when the next decision lapses: until then nobody has to look

    def follow(self, store: Store, at: float) -> bool:
        """Read what was decided since the last call, and drop what has lapsed; True if anything changed.

        One look costs one search in an index: less than asking the database first whether anything was written,
        which while journal entries arrive is always so.
        """
        announced = store.announced(self._position, at)
        self._position = announced.position
        if not announced.decisions and at < self._soonest:
            return False
        standing = dict(self.decisions)
        standing.update({decision.subject: decision for decision in announced.decisions})
        self.decisions = {subject: decision for subject, decision in standing.items() if decision.until > at}
        self._soonest = min((decision.until for decision in self.decisions.values()), default=float("inf"))
        return True
