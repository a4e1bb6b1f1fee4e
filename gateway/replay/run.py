"""A whole replay: what goes in, who works, what is written, and the account at the end."""

import heapq
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from gateway import clock
from gateway.accounts import load_tags
from gateway.app.analysing import baseline_of
from gateway.config import Config
from gateway.plugins import panel
from gateway.policies.file import load_policies
from gateway.replay.changes import Change
from gateway.replay.crew import Order, Step, alone
from gateway.replay.exempting import Marker
from gateway.replay.folding import Rules
from gateway.replay.merging import blocks
from gateway.replay.processes import together
from gateway.replay.reading import Bad
from gateway.replay.sources import Source
from gateway.replay.timeline import Timeline

BALANCED = Path(__file__).parents[1] / "policies" / "balanced.yaml"  # the shipped policy
TOLD = 20  # bad lines that are shown in full


class StoppedError(Exception):
    """A bad line has stopped a strict run."""

    def __init__(self, bad: Bad) -> None:
        super().__init__(f"{bad.file}:{bad.line}: {bad.reason}")


class Account(NamedTuple):
    """What a replay came to.

    Attributes:
        exchanges: good lines, folded.
        unread: of them, failed exchanges and surfaces that generate nothing.
        late: of them, out of order by more than an hour.
        subjects: with a case.
        bad: skipped lines by reason.
        decisions: changes by severity; 0 are lapses.
        faults: failures of detectors by name.
        seconds: from beginning to end.
        core_seconds: of processor time, over all processes, the start of others included.
        jobs: processes.
        uses: what was taken under each entitlement, in each of its windows.
    """

    exchanges: int
    unread: int
    late: int
    subjects: int
    bad: dict[str, int]
    decisions: dict[int, int]
    faults: dict[str, int]
    seconds: float
    core_seconds: float
    jobs: int
    uses: Sequence[dict[str, Any]] = ()

    def row(self) -> dict[str, Any]:
        """Return the account as ``-o json`` prints it."""
        core_seconds = max(self.core_seconds, 1e-9)
        decisions = {str(severity): count for severity, count in sorted(self.decisions.items())}
        return self._asdict() | {
            "decisions": decisions,
            "bad_lines": sum(self.bad.values()),
            "exchanges_per_second": self.exchanges / max(self.seconds, 1e-9),
            "exchanges_per_core_second": self.exchanges / core_seconds,
        }


def rules_of(config: Config) -> Rules:
    """Return what a configuration decides by; raises Faults, PluginError, OSError or msgspec.DecodeError."""
    accounts = config.identity.accounts_file
    tags = load_tags(accounts) if accounts else {}
    return Rules(panel(config.panel), baseline_of(config), load_policies(config.policies), tags)


def shipped() -> Config:
    """Return the configuration of a replay that is given none: all defaults, and the balanced policy."""
    return Config.model_validate({"routes": [{"upstream": "http://127.0.0.1"}], "policies": BALANCED})


class Watching(NamedTuple):
    """Who is told on the way: each bad line, and after each block how far it went."""

    bad: Callable[[Bad], None]
    far: Callable[[int, int, int], None]  # bytes read, exchanges, changes


def replay(
    sources: Sequence[Source], order: Order, out: BinaryIO | None, watching: Watching, *,
    strict: bool = False,
) -> Account:  # fmt: skip
    """Fold recorded traffic and write each change of a decision as a line.

    Args:
        sources: the files.
        order: what with.
        out: where changes are written.
        watching: who is told on the way.
        strict: stop at the first bad line.

    Raises:
        StoppedError: strictly, at the first bad line; changes before its block are written.
        CrewError: a process died.
    """
    began, worked, timeline = clock.monotonic(), _worked(), Timeline()
    work, marker = alone if order.jobs == 1 else together, Marker(order.exemptions)
    totals, bad, decisions, faults = Counter[str](), Counter[str](), Counter[int](), Counter[str]()
    writing = _Writing(out)
    for step in work(order, blocks(sources), timeline, marker):
        for one in _damage(sources, step.bad):
            if strict:
                raise StoppedError(one)
            bad[one.reason] += 1
            watching.bad(one)
        totals.update(exchanges=step.exchanges, unread=step.unread)
        totals["subjects"] = step.subjects
        decisions.update(change.severity for change in step.changes)
        faults.update(step.faults)
        writing.add(step)
        watching.far(sum(source.read for source in sources), totals["exchanges"], sum(decisions.values()))
    writing.end()
    return Account(
        totals["exchanges"], totals["unread"], timeline.late, totals["subjects"], dict(bad), dict(decisions),
        dict(faults), clock.monotonic() - began, _worked() - worked, order.jobs, marker.uses(),
    )  # fmt: skip


def _worked() -> float:
    """Return seconds of processor time of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _damage(sources: Sequence[Source], bad: Iterable[Bad]) -> Iterator[Bad]:
    """Yield bad lines, and then where a file itself was damaged so far."""
    yield from bad
    for source in sources:
        while source.bad:
            yield source.bad.pop(0)


class _Writing:
    """Writes changes in order of time: those later than the traffic's own time wait for others that come before."""

    def __init__(self, out: BinaryIO | None) -> None:
        self._out = out
        self._waiting: list[tuple[tuple[float, str, str, int], int, Change]] = []
        self._count = 0

    def add(self, step: Step) -> None:
        """Take a block's changes, and write those that nothing can come before any more."""
        for change in sorted(step.changes, key=lambda change: change.order):
            self._count += 1
            heapq.heappush(self._waiting, (change.order, self._count, change))
        self._write(step.at)

    def end(self) -> None:
        """Write all that waits."""
        self._write(float("inf"))

    def _write(self, at: float) -> None:
        while self._waiting and self._waiting[0][0][0] < at:
            change = heapq.heappop(self._waiting)[2]
            if self._out is not None:
                self._out.write(change.line() + b"\n")
