"""Where lives come from: recorded traffic, folded as it is read, or the cases of a guard that runs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from detectors.base import AnswerObservation, Panel
from gateway.calibration.lives import DAY, Growing, Life, Seen
from gateway.calibration.sample import Sample
from gateway.config import Config
from gateway.decisions import Subject
from gateway.engine import unseal
from gateway.replay.merging import blocks
from gateway.replay.reading import Bad, Group, Reader
from gateway.replay.sources import Source
from gateway.replay.timeline import Timeline


class Gathered(NamedTuple):
    """Lives, and what they were read from.

    Attributes:
        lives: in the order of the sample, which says nothing about them.
        subjects: there were in all, those not in the sample included.
        exchanges: good lines, or exchanges of the sampled cases.
        unread: lines from which nothing is observed: failed exchanges, surfaces that generate nothing.
        nameless: lines that name nobody in the scope.
        late: lines more than an hour out of order.
        bad: skipped lines by reason.
        faults: failures of detectors by name.
    """

    lives: list[Life]
    subjects: int
    exchanges: int
    unread: int = 0
    nameless: int = 0
    late: int = 0
    bad: Mapping[str, int] = MappingProxyType({})
    faults: Mapping[str, int] = MappingProxyType({})


class Step(NamedTuple):
    """What one block held that cannot be used, and how many bytes were read so far."""

    bad: Sequence[Bad]
    read: int


class Recorded:
    """Gathers the lives of recorded traffic.

    Args:
        config: with the one scope whose subjects are gathered.
        panel: the detectors.
        sample: which subjects, if there are too many.
    """

    def __init__(self, config: Config, panel: Panel, sample: Sample) -> None:
        self._reader = Reader(config)
        self._panel = panel
        self._sample = sample
        self._growing: dict[Subject, Growing] = {}
        self._counts = Counter[str]()
        self._bad = Counter[str]()
        self._faults = Counter[str]()
        self._timeline = Timeline()

    def read(self, sources: Sequence[Source]) -> Iterator[Step]:
        """Fold all lines, block by block; several files are merged by time."""
        for block in blocks(sources):
            lines = self._reader.read(block)
            self._timeline.follow(lines.times)
            self._counts.update(exchanges=len(lines.times), unread=lines.unread)
            for group in lines.groups:
                self._take(group)
            bad = [*lines.bad, *_damage(sources)]
            self._bad.update([one.reason for one in bad])
            yield Step(bad, sum(source.read for source in sources))
        damaged = [*_damage(sources)]
        self._bad.update([one.reason for one in damaged])
        yield Step(damaged, sum(source.read for source in sources))

    def _take(self, group: Group) -> None:
        if not group.subjects:
            self._counts["nameless"] += len(group.answers)
        for scope, value in group.subjects:
            self._grow(Subject(scope, value), group.answers)

    def _grow(self, subject: Subject, answers: Sequence[AnswerObservation]) -> None:
        if subject not in self._growing:
            gone = self._sample.offer(subject)
            if gone == subject:
                return
            if gone is not None:
                del self._growing[gone]
            self._growing[subject] = Growing(self._panel)
        self._faults.update(self._growing[subject].add(answers))

    def gathered(self) -> Gathered:
        """Return the lives so far."""
        ordered = sorted(self._growing, key=self._sample.place)
        counts = self._counts
        return Gathered(
            [self._growing[subject].life(subject) for subject in ordered],
            self._sample.total(), counts["exchanges"], counts["unread"], counts["nameless"], self._timeline.late,
            self._bad, self._faults,
        )  # fmt: skip


def standing(cases: Iterable[tuple[Subject, bytes]], panel: Panel, sample: Sample) -> Gathered:
    """Return the lives of stored cases: each is one look, as it stands.

    A case does not hold on which days its subject was there, so these are all days from its first to its last.
    """
    kept: dict[Subject, bytes] = {}
    for subject, stored in cases:
        gone = sample.offer(subject)
        if gone != subject:
            kept[subject] = stored
        if gone is not None:
            kept.pop(gone, None)
    faults = Counter[str]()
    lives = []
    for subject in sorted(kept, key=sample.place):
        folio, failed = unseal(panel, kept[subject])
        faults.update(failed)
        if folio.observations:
            days = int(folio.last_at // DAY) - int(folio.first_at // DAY) + 1
            lives.append(Life(subject, [Seen(max(1, folio.company.counts[0]), folio)], days))
    return Gathered(lives, sample.total(), sum(life.exchanges for life in lives), faults=faults)


def _damage(sources: Sequence[Source]) -> Iterator[Bad]:
    """Yield where files themselves were damaged so far."""
    for source in sources:
        while source.bad:
            yield source.bad.pop(0)
