"""What the analyst holds of the decision log: it takes over what the store says, in order, each thing exactly once.

Every record that comes from the store says from which position. So the log itself knows how far it has come: after a
crash between the store's commit and the log's write, or a full disk, it goes on from there, and nothing is missing
or there twice.
"""

import logging
from collections import deque
from typing import Any

import msgspec

from gateway.decision_log.forgetting import FORGET, Request, forget
from gateway.decision_log.record import Record, subject_text
from gateway.decision_log.tail import STORE, Cursor
from gateway.decision_log.writer import DecisionLog, LogError
from gateway.decisions import Subject
from gateway.stores.audit import Audit, Decided, Note

AT_ONCE = 1000  # decisions or notes taken over in one look
LIFTED_BEFORE = 3.0  # seconds between a lift and the deletion of its row: proxies look twice a second
log = logging.getLogger("stillguard.log")


class Chronicle:
    """Keeps a log abreast of a store.

    Args:
        written: the log.
        audit: the log's side of the store.
        patience: seconds that a request to forget must be old.
    """

    def __init__(self, written: DecisionLog, audit: Audit, patience: float = LIFTED_BEFORE) -> None:
        self._log, self._audit, self._patience = written, audit, patience
        self._told: deque[Record] = deque()

    def tell(self, kind: str, at: float, body: dict[str, Any]) -> None:
        """Have something recorded at the next look that is in no store; any thread may call it."""
        self._told.append(Record(kind, at, body))

    def follow(self) -> list[Subject]:
        """Take over what is new, and tend the log; return subjects that were forgotten.

        Raises StoreError if the store cannot be read. A log that cannot be written is no reason to stop: it is
        counted, and the next look goes on from where this one came to.
        """
        forgotten: list[Subject] = []
        try:
            self._log.append([self._told.popleft() for _ in range(len(self._told))])
            if self._log.open():
                self._recognise()
                self._decisions()
                forgotten = self._notes()
        except (LogError, OSError) as error:
            log.warning("the decision log lags behind the store", extra={"error": str(error)})
        self._log.tend()
        return forgotten

    def _recognise(self) -> None:
        """Say which store is followed: at first, when it is another one, and when it lost what the log has seen."""
        known, found = self._log.cursor, self._audit.extent()
        if known.identity != found.identity:
            self._follow(Cursor(found.identity), "a new log" if not known.identity else "another data file")
        elif known.decisions > found.decisions or known.notes > found.notes:
            lost = Cursor(found.identity, min(known.decisions, found.decisions), min(known.notes, found.notes))
            self._follow(lost, "the data file lost its last commits")

    def _follow(self, cursor: Cursor, because: str) -> None:
        self._log.write([Record("store", self._log.clock(), {"because": because, STORE: cursor._asdict()})])

    def _decisions(self) -> None:
        self._log.write([_decided(one) for one in self._audit.decided(self._log.cursor.decisions, AT_ONCE)])

    def _notes(self) -> list[Subject]:
        """Take notes over and delete them; one that asks to forget ends the look."""
        notes = self._audit.notes(0, AT_ONCE)
        plain = notes[: next((place for place, note in enumerate(notes) if note.kind == FORGET), len(notes))]
        if plain:
            self._log.write([_noted(note) for note in plain if note.position > self._log.cursor.notes])
            self._audit.settle(plain[-1].position)
        return self._forget(notes[len(plain)]) if len(plain) < len(notes) else []

    def _forget(self, note: Note) -> list[Subject]:
        if abs(self._log.clock() - note.at) < self._patience:
            return []
        scope, _, value = subject_text(note.body["subject"]).partition(":")
        subject = Subject(scope, value)
        by, reason = (str(note.body.get(name, "")) for name in ("by", "reason"))
        named = forget(self._log, Request(subject, by, reason, note.position))
        rows = self._audit.forget(subject)
        self._audit.settle(note.position)
        log.info("a subject was forgotten", extra={"entries": named + sum(rows.values())})
        return [subject]

    def close(self) -> None:
        """Sign, and let others write."""
        self._log.close()


def _decided(decided: Decided) -> Record:
    decision = decided.decision
    store = {STORE: {"decisions": decided.position}}
    if decided.lifted:
        body = {"id": decision.id, "subject": decision.subject, "action": decision.action}
        return Record("lifted", decision.until, body | store)
    body = msgspec.to_builtins(decision)
    del body["at"]
    return Record("decision", decision.at, body | store)


def _noted(note: Note) -> Record:
    return Record(note.kind, note.at, note.body | {STORE: {"notes": note.position}})
