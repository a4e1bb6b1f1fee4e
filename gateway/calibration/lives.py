"""Subjects' lives as calibration holds them: cases at a few moments, and how long the subject was there. Pure.

A life may be long, so exchanges are folded as they come and only the looks are kept: some two dozen at most, since
each comes after half as many exchanges again as the one before.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from detectors.base import AnswerObservation, Baseline, Observation, Panel
from detectors.lab.school import COMPANY, LOOKS, OWN_PLACE, Look, Record
from gateway.decisions import Subject
from gateway.engine import Folio, begin, fold

DAY = 86_400.0  # seconds


class Seen(NamedTuple):
    """A subject's case after so many exchanges."""

    exchanges: int
    folio: Folio


class Life(NamedTuple):
    """One subject's life.

    Attributes:
        subject: whose.
        looks: oldest first; at least one.
        days: calendar days (UTC) on which it was there.
    """

    subject: Subject
    looks: Sequence[Seen]
    days: int

    @property
    def exchanges(self) -> int:
        """Exchanges in all."""
        return self.looks[-1].exchanges

    def record(self, baseline: Baseline) -> Record:
        """Return what the baseline is learnt from, the subject being placed by a baseline that was taught."""
        looks = [Look(seen.exchanges, seen.folio.states, seen.folio.company) for seen in self.looks]
        return Record(self.placed(baseline), adversary=False, looks=looks)

    def placed(self, baseline: Baseline) -> str:
        """Return the traffic class that the subject most likely keeps to; empty if none is likelier than not."""
        placed = COMPANY.placed(self.looks[-1].folio.company, baseline)
        return next((kind for kind, likely in placed.items() if likely > OWN_PLACE), "")


class Growing:
    """A life that goes on."""

    def __init__(self, panel: Panel) -> None:
        self._panel = panel
        self._folio = begin(panel)
        self._days: set[int] = set()
        self._looks: list[Seen] = []
        self._count = 0

    def add(self, answers: Sequence[AnswerObservation]) -> list[str]:
        """Fold exchanges, in order, and look where a look is due; return the names of detectors that failed."""
        faults: list[str] = []
        start = 0
        while start < len(answers):
            place = bisect_right(LOOKS, self._count)
            due = LOOKS[place] if place < len(LOOKS) else self._count + len(answers)
            piece = answers[start : start + due - self._count]
            observations: list[Observation] = [one for answer in piece for one in (answer.query, answer)]
            self._folio, failed = fold(self._panel, self._folio, observations)
            faults += failed
            self._count += len(piece)
            start += len(piece)
            if self._count == due and place < len(LOOKS):
                self._looks.append(Seen(due, self._folio))
        self._days.update([int(answer.query.at // DAY) for answer in answers])
        return faults

    def life(self, subject: Subject) -> Life:
        """Return the life so far, its end included."""
        ended = bool(self._looks) and self._looks[-1].exchanges == self._count
        last = [] if ended else [Seen(self._count, self._folio)]
        return Life(subject, [*self._looks, *last], len(self._days))
