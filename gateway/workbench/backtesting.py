"""A backtest: recorded traffic, or decisions that were taken, judged once by two policies. It streams."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from gateway.decisions import Standing, Subject
from gateway.replay.crew import Order
from gateway.replay.merging import blocks
from gateway.replay.reading import Bad, Group, Reader
from gateway.replay.sources import Source
from gateway.replay.timeline import Timeline
from gateway.workbench.both import Both, Stretch
from gateway.workbench.ledger import Ledger


class Went(NamedTuple):
    """How a backtest went.

    Attributes:
        exchanges: folded; of decisions, how many were judged.
        subjects: with a case; 0 of decisions.
        bad: lines that were skipped.
        until: the traffic's own time at the end, seconds since the epoch.
    """

    exchanges: int
    subjects: int
    bad: int
    until: float


class Watching(NamedTuple):
    """Who is told on the way: each bad line, and how far it went (bytes read, exchanges, subjects that differ)."""

    bad: Callable[[Bad], None]
    far: Callable[[int, int, int], None]


def traffic(sources: Sequence[Source], order: Order, both: Both, ledger: Ledger, watching: Watching) -> Went:
    """Fold recorded traffic by the code that runs live; ``both`` is the policy of ``order``."""
    reader, share, timeline = Reader(order.config), order.share(), Timeline()
    exchanges = bad = 0
    try:
        for block in blocks(sources):
            lines = reader.read(block)
            share.fold(lines.groups, timeline.follow(lines.times))
            both.lapse(timeline.at)
            _count(lines.groups, both, ledger)
            exchanges += len(lines.times)
            for one in lines.bad:
                bad += 1
                watching.bad(one)
            watching.far(sum(source.read for source in sources), exchanges, len(ledger.rows))
        both.lapse(timeline.end())
        _settle(both, ledger)
        return Went(exchanges, share.subjects, bad, timeline.end())
    finally:
        share.close()


def _count(groups: Iterable[Group], both: Both, ledger: Ledger) -> None:
    """Count a block's exchanges into the stretches that they fell in."""
    spans: dict[Subject, list[Stretch]] = {}
    closed = both.closed()
    for stretch in closed:
        ledger.enter(stretch)
        spans.setdefault(stretch.subject, []).append(stretch)
    for group in groups:
        own = [
            stretch
            for subject in (Subject(*each) for each in group.subjects)
            for stretch in (*spans.get(subject, ()), *_open(both, ledger, subject))
        ]
        for answer in group.answers if own else ():
            ledger.count([stretch for stretch in own if stretch.start < answer.query.at <= stretch.end], answer)
    for stretch in closed:
        ledger.leave(stretch)


def _open(both: Both, ledger: Ledger, subject: Subject) -> Iterable[Stretch]:
    stretch = both.open(subject)
    if stretch is None:
        return ()
    ledger.enter(stretch)
    return (stretch,)


def decided(standings: Iterable[Standing], both: Both, ledger: Ledger, far: Callable[[int], None]) -> Went:
    """Judge again the numbers on which decisions were taken, in order of time.

    What was taken home meanwhile is what the harvest grew by from one decision on a subject to its next.
    """
    judged, at = 0, 0.0
    for standing in standings:
        at = max(at, standing.at)
        before, stretch = both.last(standing.subject), both.open(standing.subject)
        if before is not None and standing.at <= before.at:
            continue  # the same again: as it was lifted
        both.judge(standing)
        if stretch is not None and before is not None:
            ledger.enter(stretch)
            ledger.grow(stretch, before.harvest, standing.harvest)
        both.lapse(at)
        _settled(both, ledger)
        judged += 1
        far(judged)
    _settle(both, ledger)
    return Went(judged, 0, 0, at)


def _settled(both: Both, ledger: Ledger) -> None:
    for stretch in both.closed():
        ledger.enter(stretch)
        ledger.leave(stretch)


def _settle(both: Both, ledger: Ledger) -> None:
    """Enter what has ended and what goes on at the end."""
    _settled(both, ledger)
    for stretch in both.going_on():
        ledger.remain(stretch)
