"""Who does the work of a replay: this process alone, or several that each read blocks and fold a share of the subjects.

Any number of processes comes to the same: blocks are cut by the files alone, each subject belongs to one share, and a
share is given its exchanges in order. Only a million subjects and more, when cases are forgotten, may tell.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from gateway.accounts import load_facts
from gateway.config import Config
from gateway.exemptions.index import NOBODY, Exemptions
from gateway.ledger import Ledgers, kin_of
from gateway.replay.changes import Change
from gateway.replay.exempting import Marker
from gateway.replay.folding import Folded, Rules, Share
from gateway.replay.handing import noted
from gateway.replay.holding import Holding
from gateway.replay.linking import Linking
from gateway.replay.reading import Bad, Block, Lines, Reader
from gateway.replay.timeline import Timeline


class CrewError(Exception):
    """A process of the crew has died."""


class Step(NamedTuple):
    """What one block came to.

    Attributes:
        exchanges: good lines.
        unread: those of them from which nothing is observed.
        bad: lines that were skipped.
        changes: of decisions, in no order.
        faults: failures of detectors, by name.
        at: the traffic's own time; no later change is earlier, unless clocks stepped.
        subjects: with a case so far.
    """

    exchanges: int
    unread: int
    bad: Sequence[Bad]
    changes: Sequence[Change]
    faults: Sequence[str]
    at: float
    subjects: int


class Order(NamedTuple):
    """All that a process needs to do its share."""

    config: Config
    rules: Rules
    jobs: int
    exemptions: Exemptions = NOBODY  # named as the record does

    def share(self) -> Share:
        """Return a share with nothing folded."""
        analysis = self.config.analysis
        held, cases = analysis.cases_in_memory // self.jobs, analysis.cases // self.jobs
        return Share(self.rules, Holding(self.rules.panel, held, cases, analysis.forget))

    def linking(self) -> Linking:
        """Return a linker that has seen nobody, for the process that sees every block."""
        return Linking(self.config, self.rules, self.exemptions)

    def ledgers(self) -> Ledgers:
        """Return empty ledgers in memory, for a process that is given every exchange."""
        file = self.config.identity.accounts_file
        return Ledgers(self.config.ledgers, None, kin_of(load_facts(file)) if file else {})


def alone(order: Order, blocks: Iterable[Block], timeline: Timeline, marker: Marker | None = None) -> Iterator[Step]:
    """Do everything in this process, block by block."""
    reader, share, marker = Reader(order.config), order.share(), marker or Marker()
    ledgers, linking = order.ledgers(), order.linking()
    try:
        for block in blocks:
            lines = reader.read(block)
            at = timeline.follow(lines.times)
            folded = share.fold(marker.mark(noted(ledgers, lines.groups)), at)
            linked = linking.lapse(at)
            if linking.due(at):
                linked += linking.link(share.touched(at), at)
            yield _step(lines, [folded], linked, at, share.subjects)
        at = timeline.end()
        folded = share.end(at)
        linked = [*linking.link(share.touched(at), at), *linking.lapse(at)]
        yield Step(0, 0, (), [*folded.changes, *linked], folded.faults, at, share.subjects)
    finally:
        share.close()


def _step(lines: Lines, folded: Sequence[Folded], linked: Sequence[Change], at: float, subjects: int) -> Step:
    changes = [*(change for one in folded for change in one.changes), *linked]
    faults = [name for one in folded for name in one.faults]
    return Step(len(lines.times), lines.unread, lines.bad, changes, faults, at, subjects)
