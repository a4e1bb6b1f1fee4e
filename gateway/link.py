"""A proxy's one thread to disk: journal entries out, decisions in, meters asked.

The event loop never touches the store. ``post`` puts an entry on a bounded queue and returns at once; the thread
writes what has gathered, at most once per flush interval, and looks for new decisions as often. A full queue drops
the newest entry and counts it: traffic never waits for analysis.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from gateway.actions.base import Allowance, Charge
from gateway.decisions import Decision, Subject
from gateway.exchange import Entry


class Link(Protocol):
    """What the proxy sees of journal and store."""

    @property
    def standing(self) -> Mapping[Subject, Decision]:
        """Decisions that stand now, strictest per subject; a plain dictionary in memory, expired ones taken out."""
        ...

    def post(self, entry: Entry) -> bool:
        """Queue an entry for the journal; False if the queue is full and it was dropped (and counted)."""
        ...

    async def take(self, subject: Subject, charges: Sequence[Charge]) -> list[Allowance]:
        """Take charges from shared meters. If the store fails, all is allowed and the failure is counted."""
        ...

    def give(self, subject: Subject, charges: Sequence[Charge]) -> None:
        """Correct shared meters, soon, without waiting."""
        ...
