"""The crew of several processes: each reads blocks and folds a share of the subjects, and this one hands out work."""

import multiprocessing
import queue
import signal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from multiprocessing.context import SpawnProcess
from typing import Any, NamedTuple, TypeAlias

import msgspec

from gateway.birth import spare_collector
from gateway.decisions import Subject
from gateway.replay.changes import Change
from gateway.replay.crew import CrewError, Order, Step
from gateway.replay.exempting import Marker
from gateway.replay.folding import Folded
from gateway.replay.handing import noted
from gateway.replay.reading import Block, Group, Lines, Reader
from gateway.replay.shares import Shares
from gateway.replay.timeline import Timeline

_AHEAD = 3  # blocks on the way for each process
_PATIENCE = 1.0  # seconds between two looks whether the others live
_GRACE = 10.0  # seconds that a process may take to end

Subjects: TypeAlias = tuple[tuple[str, str], ...]

_groups = msgspec.msgpack.Decoder(Group)
_changes = msgspec.msgpack.Decoder(list[Change])
_pack = msgspec.msgpack.Encoder().encode


class _Found(NamedTuple):
    """A block as it was read: its groups stay packed on their way through this process."""

    lines: Lines
    groups: list[tuple[Subjects, int, bytes]]


class _Fold(NamedTuple):
    """What a share is to fold of a block: for each group its own subjects, and the packed group."""

    number: int
    at: float
    groups: list[tuple[Subjects, bytes]]
    last: bool = False
    link: bool = False  # the linker makes a pass after it: tell it whose cases changed


class _Done(NamedTuple):
    number: int
    changes: bytes
    faults: list[str]
    subjects: int
    cases: Mapping[Subject, bytes]  # of members, for the linker


def together(order: Order, blocks: Iterable[Block], timeline: Timeline, marker: Marker | None = None) -> Iterator[Step]:
    """Do everything with ``order.jobs`` processes; steps come in the order of the blocks, and the last is the end.

    Raises:
        CrewError: a process died.
    """
    crew = _Crew(order, marker or Marker())
    try:
        yield from crew.work(iter(blocks), timeline)
    finally:
        crew.dismiss()


class _Crew:
    def __init__(self, order: Order, marker: Marker) -> None:
        context = multiprocessing.get_context("spawn")
        self._jobs = order.jobs
        self._outbox: Any = context.Queue()
        self._inboxes: list[Any] = [context.Queue() for _ in range(order.jobs)]
        self._shares = Shares(order.jobs)
        self._marker = marker
        self._ledgers, self._linking = order.ledgers(), order.linking()
        self._found: dict[int, _Found] = {}
        self._done: dict[int, list[_Done]] = {}
        self._loads = [0] * order.jobs  # blocks that each is reading
        self._readers: dict[int, int] = {}
        self._passes: set[int] = set()  # blocks after which the linker makes a pass
        self._processes: list[SpawnProcess] = []
        for inbox in self._inboxes:
            process = context.Process(target=_work, args=(order, inbox, self._outbox), daemon=True)
            process.start()
            self._processes.append(process)

    def work(self, blocks: Iterator[Block], timeline: Timeline) -> Iterator[Step]:
        """Keep all busy; yield what each block came to."""
        handed = folded = told = 0
        read: dict[int, tuple[Lines, float]] = {}
        more = True
        while more or told < handed:
            while more and handed - told < self._jobs * _AHEAD:
                block = next(blocks, None)
                more = block is not None
                if block is not None:
                    self._hand(block)
                    handed += 1
            if told == handed:
                break
            self._hear()
            while folded in self._found:
                found = self._found.pop(folded)
                at = timeline.follow(found.lines.times)
                read[folded] = found.lines, at
                self._share_out(folded, found, at)
                folded += 1
            while len(self._done.get(told, ())) == self._jobs:
                lines, at = read.pop(told)
                done = self._done.pop(told)
                yield _step(lines, done, self._linked(told, done, at), at)
                told += 1
        yield self._end(handed, timeline.end())

    def _hand(self, block: Block) -> None:
        """Give a block to read to whoever has least to do."""
        who = self._loads.index(min(self._loads))
        self._loads[who] += 1
        self._readers[block.number] = who
        self._inboxes[who].put(block)

    def _share_out(self, number: int, found: _Found, at: float) -> None:
        shared: list[list[tuple[Subjects, bytes]]] = [[] for _ in self._inboxes]
        for subjects, count, packed in self._marked(found.groups):
            for share, own in self._shares.split(subjects, count).items():
                shared[share].append((own, packed))
        link = self._linking.due(at)
        if link:
            self._passes.add(number)
        for inbox, groups in zip(self._inboxes, shared, strict=True):
            inbox.put(_Fold(number, at, groups, link=link))

    def _marked(self, packed: list[tuple[Subjects, int, bytes]]) -> list[tuple[Subjects, int, bytes]]:
        """Note what questions hand in of others', mark who is exempt, and pack again only what that changed."""
        groups = [_groups.decode(group) for _, _, group in packed]
        before = {id(group): whole for group, whole in zip(groups, packed, strict=True)}
        marked = self._marker.mark(noted(self._ledgers, groups))
        return [before.get(id(group)) or _sized(group) for group in marked]

    def _linked(self, number: int, done: Sequence[_Done], at: float, *, last: bool = False) -> list[Change]:
        """Return what changes of campaigns after a block."""
        lapsed = [] if last else self._linking.lapse(at)
        if number not in self._passes:
            return lapsed
        cases = {subject: case for one in done for subject, case in one.cases.items()}
        changes = [*lapsed, *self._linking.link(cases, at)]
        return [*changes, *self._linking.lapse(at)] if last else changes

    def _end(self, number: int, at: float) -> Step:
        self._passes.add(number)
        for inbox in self._inboxes:
            inbox.put(_Fold(number, at, [], last=True, link=True))
        while len(self._done.get(number, ())) < self._jobs:
            self._hear()
        done = self._done.pop(number)
        return _step(Lines(number, [], [], [], 0), done, self._linked(number, done, at, last=True), at)

    def _hear(self) -> None:
        """Wait for the next result."""
        while True:
            try:
                heard = self._outbox.get(timeout=_PATIENCE)
                break
            except queue.Empty:
                dead = [process.exitcode for process in self._processes if not process.is_alive()]
                if dead:
                    raise CrewError(f"a process ended with exit code {dead[0]}: out of memory?") from None
        if isinstance(heard, _Found):
            self._found[heard.lines.number] = heard
            self._loads[self._readers.pop(heard.lines.number)] -= 1
        else:
            self._done.setdefault(heard.number, []).append(heard)

    def dismiss(self) -> None:
        """End all processes: those that are at the end already by themselves, others at once."""
        finished = not self._readers
        for inbox, process in zip(self._inboxes, self._processes, strict=True):
            if finished:
                inbox.put(None)
            else:
                process.terminate()
            inbox.close()
        for process in self._processes:
            process.join(_GRACE)
            if process.is_alive():
                process.kill()
                process.join()
        for box in (*self._inboxes, self._outbox):
            box.close()
            box.cancel_join_thread()


def _step(lines: Lines, done: Sequence[_Done], linked: Sequence[Change], at: float) -> Step:
    changes = [*(change for one in done for change in _changes.decode(one.changes)), *linked]
    faults = [name for one in done for name in one.faults]
    subjects = sum(one.subjects for one in done)
    return Step(len(lines.times), lines.unread, lines.bad, changes, faults, at, subjects)


def _work(order: Order, inbox: Any, outbox: Any) -> None:
    """Be one process of the crew, until told to end or the one that started it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    reader, share = Reader(order.config), order.share()
    spare_collector()
    try:
        while (task := _next(inbox)) is not None:
            if isinstance(task, Block):
                outbox.put(_packed(reader.read(task)))
                continue
            groups = [msgspec.structs.replace(_groups.decode(packed), subjects=own) for own, packed in task.groups]
            folded: Folded = share.end(task.at) if task.last else share.fold(groups, task.at)
            cases = share.touched(task.at) if task.link else {}
            outbox.put(_Done(task.number, _pack(folded.changes), folded.faults, share.subjects, cases))
    finally:
        share.close()


def _packed(lines: Lines) -> _Found:
    return _Found(msgspec.structs.replace(lines, groups=[]), [_sized(group) for group in lines.groups])


def _sized(group: Group) -> tuple[Subjects, int, bytes]:
    return group.subjects, len(group.places), _pack(group)


def _next(inbox: Any) -> Any:
    parent = multiprocessing.parent_process()
    while True:
        try:
            return inbox.get(timeout=_PATIENCE)
        except queue.Empty:
            if parent is not None and not parent.is_alive():
                return None
