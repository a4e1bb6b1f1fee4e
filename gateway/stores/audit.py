"""What the decision log reads of a store: every decision in order, and notes that others left for it.

Operators' commands run in processes of their own, and the decision log has one writer. So a command leaves a note
in the store, and the analyst, who writes the log, takes it over and deletes it.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from gateway.decisions import Decision, Subject


class Decided(NamedTuple):
    """A decision as it was announced.

    Attributes:
        position: where, counting from 1 and never used twice.
        decision: what was decided.
        lifted: True if the same decision was announced before, and this is its end.
    """

    position: int
    decision: Decision
    lifted: bool


class Note(NamedTuple):
    """A record-to-be of the decision log: its position, kind, time (seconds since the epoch) and body."""

    position: int
    kind: str
    at: float
    body: dict[str, Any]


class Extent(NamedTuple):
    """How far a store goes.

    Attributes:
        identity: tells this store from any other.
        decisions, notes: the highest positions ever given.
    """

    identity: int
    decisions: int
    notes: int


class Audit(Protocol):
    """The log's side of a store."""

    def note(self, kind: str, at: float, body: dict[str, Any]) -> int:
        """Leave a note for the decision log; return its position."""
        ...

    def notes(self, after: int, limit: int) -> Sequence[Note]:
        """Return notes after a position, oldest first."""
        ...

    def settle(self, upto: int) -> None:
        """Delete the notes up to a position: the log holds them."""
        ...

    def decided(self, after: int, limit: int) -> Sequence[Decided]:
        """Return all decisions announced after a position, oldest first."""
        ...

    def extent(self) -> Extent:
        """Return which store it is, and the highest positions ever given."""
        ...

    def forget(self, subject: Subject) -> dict[str, int]:
        """Delete all that is kept of a subject; return the rows deleted, by table."""
        ...
