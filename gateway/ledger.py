"""The ledgers at work: before a batch is folded they tell what in it was served to others, and learn once it is kept.

Exchanges count for one member each: the account where it is known, else the key. What a question hands in is noted on
its observation (``takings``), so that detectors and imprints stay pure folds.

The order is: look the batch up, fold it, commit, and only then enter what was served. A batch whose commit fails is
read again and finds nothing of itself; an analyst that is killed between commit and entry forgets what that one batch
was served. Of several analysts only the one that holds the lease has ledgers, and only one folds.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from msgspec.structs import replace

from detectors.base import AnswerObservation, Taking
from detectors.linkage.base import Facts, Id, partner_mark
from detectors.linkage.holders import Deal
from detectors.linkage.ledger import Entered, Table
from detectors.linkage.reasoning import Presented, Reasoning
from detectors.linkage.recirculation import Recirculation
from gateway import metrics
from gateway.config import Ledger
from gateway.config import Ledgers as Settings
from gateway.decisions import Subject
from gateway.exchange import Entry
from gateway.intake import FAULTS, Read
from gateway.ledger_file import mapped, slots_in
from gateway.stores.base import StoreError
from gateway.stores.lease import Lease

LEASE: Final = "ledger.lock"
_HOUR: Final = 3600.0  # seconds
_MEMBERS: Final = ("account", "key")  # the first that an exchange has is who it counts for
log = logging.getLogger("stillguard.ledger")

Subjects: TypeAlias = Iterable[tuple[str, str]]


class _Tables(NamedTuple):
    reasoning: Reasoning | None
    recirculation: Recirculation | None


class _Waiting(NamedTuple):
    """A batch that was looked up and is not kept yet."""

    deals: Sequence[Deal] = ()
    presented: Presented = Presented()
    recirculated: int = 0


class Ledgers:
    """Both ledgers of an analyst, or of a replay.

    Args:
        settings: sizes and ages; a ledger of size 0 is off.
        folder: where the files lie; None: in memory, and gone at the end.
        kin: declared groups of members, by the mark of each (``partner_mark``): among kin nothing is told.
    """

    def __init__(self, settings: Settings, folder: Path | None, kin: Mapping[int, str] | None = None) -> None:
        self._settings, self._folder, self._kin = settings, folder, kin or {}
        self._lease = Lease(folder / LEASE) if folder else None
        self._tables: _Tables | None = None
        self._waiting = _Waiting()

    def declare(self, kin: Mapping[int, str]) -> None:
        """Take other declared groups from the next batch on; any thread may call it."""
        self._kin = kin
        for one in self._tables or ():
            if one:
                one.kin = kin

    def noted(self, deals: Sequence[Deal]) -> list[AnswerObservation]:
        """Return the answers of exchanges, in order of their ends, with what their questions hand in of others'."""
        self._waiting = _Waiting()
        plain = [deal.answer for deal in deals]
        if not deals or not self._open():
            return plain
        try:
            found = self._look(deals)
        except FAULTS as fault:
            metrics.DETECTOR_ERRORS.labels("ledger").inc()
            log.warning("a batch could not be looked up", extra={"fault": type(fault).__name__})
            return plain
        return [
            replace(answer, query=replace(answer.query, takings=takings)) if takings else answer
            for answer, takings in zip(plain, found, strict=True)
        ]

    def keep(self) -> None:
        """Learn what the last batch was served, now that it is kept."""
        waiting, self._waiting = self._waiting, _Waiting()
        if not waiting.deals or self._tables is None:
            return
        reasoning, recirculation = self._tables
        if reasoning:
            _count("reasoning", reasoning.enter(waiting.deals))
            for outcome, count in zip(Presented._fields, waiting.presented, strict=True):
                metrics.LEDGER_PRESENTED.labels(outcome).inc(count)
        if recirculation:
            _count("recirculation", recirculation.enter(waiting.deals))
            metrics.LEDGER_RETURNED.inc(waiting.recirculated)

    def tend(self, at: float) -> None:
        """Empty what is too old, stretch by stretch, and set the gauges."""
        for name, table in self._each():
            table.tend(at)
            metrics.LEDGER_SLOTS.labels(name).set(table.used)

    def forget(self, subject: Subject) -> None:
        """Erase all that says what a subject was served; what was never opened has nothing."""
        if self._folder is not None and not (self._folder / LEASE).exists():
            return
        if self._open():
            for _, table in self._each():
                table.forget(partner_mark(str(subject)))

    def close(self) -> None:
        """Let another have them."""
        self._tables = None
        if self._lease:
            self._lease.release()

    def _look(self, deals: Sequence[Deal]) -> list[tuple[Taking, ...]]:
        reasoning, recirculation = self._tables or _Tables(None, None)
        takings: list[tuple[Taking, ...]] = [()] * len(deals)
        presented, recirculated = Presented(), 0
        if reasoning:
            takings, presented = reasoning.look(deals)
        if recirculation:
            returned = recirculation.look(deals)
            recirculated = sum(map(bool, returned))
            takings = [one + other for one, other in zip(takings, returned, strict=True)]
        self._waiting = _Waiting(deals, presented, recirculated)
        return takings

    def _each(self) -> list[tuple[str, Table]]:
        return [(name, one.table) for name, one in (self._tables or _Tables(None, None))._asdict().items() if one]

    def _open(self) -> bool:
        """Open the tables if nobody else has them; return whether they are open."""
        if self._tables is not None:
            return True
        try:
            if self._lease and not self._lease.take():
                return False
        except StoreError as error:
            log.warning("the ledgers stay closed", extra={"error": str(error)})
            return False
        reasoning = self._table("reasoning", self._settings.reasoning)
        recirculation = self._table("recirculation", self._settings.recirculation)
        self._tables = _Tables(
            Reasoning(reasoning, self._kin) if reasoning else None,
            Recirculation(recirculation, self._kin) if recirculation else None,
        )
        return True

    def _table(self, name: str, settings: Ledger) -> Table | None:
        slots, keep = slots_in(settings.size), max(1, round(settings.keep / _HOUR))
        if not slots:
            return None
        if self._folder is None:
            return Table(np.zeros((slots, 2), np.uint64), keep)
        file = self._folder / f"ledger-{name}"
        try:
            table = Table(mapped(file, slots), keep)
        except OSError as error:
            metrics.LEDGER_IN_MEMORY.labels(name).set(1)
            log.warning(
                "no file for a ledger: it is kept in memory, and lost at the end",
                extra={"file": str(file), "error": error.strerror or type(error).__name__},
            )
            return Table(np.zeros((slots, 2), np.uint64), keep)
        metrics.LEDGER_IN_MEMORY.labels(name).set(0)
        return table


def kin_of(facts: Mapping[Id, Facts]) -> dict[int, str]:
    """Return the declared group of each member that has one, by its mark."""
    return {partner_mark(one): known.kin for one, known in facts.items() if known.kin}


def member(subjects: Subjects) -> str:
    """Return who an exchange counts for, as ``scope:value``; empty if it has neither account nor key.

    >>> member([("key", "k"), ("account", "acme"), ("network", "n")]), member([("network", "n")])
    ('account:acme', '')
    """
    found: dict[str, str] = {}
    for scope, value in subjects:
        found.setdefault(scope, f"{scope}:{value}")
    return next((found[scope] for scope in _MEMBERS if scope in found), "")


def noted_reads(ledgers: Ledgers, entries: Sequence[Entry], reads: Sequence[Read]) -> list[Read]:
    """Return what was read of entries, with what their questions hand in of others'."""
    noted = list(reads)
    whose = [(place, who) for place, entry in enumerate(entries) if (who := member(entry.subjects))]
    deals = [
        (place, Deal(partner_mark(who), answer))
        for place, who in whose
        for answer in reads[place].observations
        if isinstance(answer, AnswerObservation)
    ]
    for (place, deal), answer in zip(deals, ledgers.noted([deal for _, deal in deals]), strict=True):
        if answer is not deal.answer:
            noted[place] = reads[place]._replace(observations=(answer.query, answer))
    return noted


def _count(name: str, entered: Entered) -> None:
    metrics.LEDGER_ENTERED.labels(name).inc(entered.new)
    metrics.LEDGER_EVICTED.labels(name).inc(entered.evicted)
