"""Folds a share of the subjects, weighs them at the pace of the analyst, and says what changed.

Subjects that have always seen the same exchanges (an account with one key, on one network) share one folio. They are
folded and weighed once, and each is judged by itself.
"""

import heapq
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import NamedTuple, TypeAlias

import msgspec

from detectors.base import Baseline, Observation, Panel
from gateway.deciding import decide
from gateway.decisions import Decision, Policy, Standing, Subject
from gateway.engine import Folio, fold_all, importance, seal, weigh_all
from gateway.exemptions.base import verdict_under
from gateway.pace import LEAST, due, renewable
from gateway.policies.judging import least
from gateway.replay.changes import Change, decided, lapsed
from gateway.replay.circumstances import Circumstances
from gateway.replay.holding import Holding
from gateway.replay.reading import Group, Marked

TOGETHER = 16  # subjects folded side by side: more cost no less each, and push what was read out of the caches
_EVERY = 256  # lapses that nobody waits for any more are swept out once there are so many to a standing decision


class Rules(NamedTuple):
    """What is decided by."""

    panel: Panel
    baseline: Baseline
    policy: Policy
    tags: Mapping[str, tuple[str, ...]] = {}  # of accounts, by name


class Folded(NamedTuple):
    """What a block came to for one share of the subjects: changes in no order, and failures of detectors by name."""

    changes: list[Change]
    faults: list[str]


class _Held(NamedTuple):
    decision: Decision
    standing: Standing  # when the subject was last weighed


class _Stop(NamedTuple):
    """Where observations are to be folded, and those who are due to be weighed then; nobody at the end of a walk."""

    folio: Folio
    observations: Sequence[Observation]
    due: Sequence[Subject]
    at: float
    marked: Marked | None = None


_Walk: TypeAlias = Generator[_Stop, Folio, None]


class Share:
    """One share of all subjects.

    Args:
        rules: detectors, baseline, policy.
        holding: where the cases are.
    """

    def __init__(self, rules: Rules, holding: Holding) -> None:
        self._rules = rules
        self._holding = holding
        self._circumstances = Circumstances(rules.policy, rules.tags)
        self._least = least(rules.policy)
        self._held: dict[Subject, _Held] = {}
        self._lapses: list[tuple[float, Subject]] = []
        self._changes: list[Change] = []
        self._faults: list[str] = []
        self._touched: set[Subject] = set()  # members whose cases changed since they were last asked for

    @property
    def subjects(self) -> int:
        """Subjects seen so far."""
        return self._holding.begun

    def fold(self, groups: Sequence[Group], at: float) -> Folded:
        """Fold a block's exchanges, and let lapse what has lapsed.

        Args:
            groups: with the subjects of this share only.
            at: the traffic's own time after the block, seconds since the epoch.
        """
        members: dict[Subject, list[int]] = {}
        for number, group in enumerate(groups):
            for scope, value in group.subjects:
                members.setdefault(Subject(scope, value), []).append(number)
        self._circumstances.block(members, groups)
        self._touched.update(_members(groups))
        folios = self._holding.open(members, at)
        alike: dict[tuple[int, tuple[int, ...]], list[Subject]] = {}
        for subject, numbers in members.items():
            alike.setdefault((id(folios[subject]), tuple(numbers)), []).append(subject)
        walks = [
            (subjects, self._walk(subjects, folios[subjects[0]], [groups[place] for place in places]))
            for (_, places), subjects in alike.items()
        ]
        for start in range(0, len(walks), TOGETHER):
            folios.update(self._march(walks[start : start + TOGETHER]))
        self._holding.keep(folios, at)
        return self._folded(at)

    def end(self, at: float) -> Folded:
        """Let lapse what has lapsed at the end of the traffic."""
        return self._folded(at)

    def touched(self, at: float) -> dict[Subject, bytes]:
        """Return the cases of members, sealed, that changed since the last call: what the linker reads."""
        found = {subject: seal(folio) for subject, folio in self._holding.open(self._touched, at).items()}
        self._touched = set()
        return found

    def close(self) -> None:
        """Let go of the cases."""
        self._holding.close()

    def _folded(self, at: float) -> Folded:
        self._lapse(at)
        folded = Folded(self._changes, self._faults)
        self._changes, self._faults = [], []
        return folded

    def _march(self, walks: Sequence[tuple[Sequence[Subject], _Walk]]) -> dict[Subject, Folio]:
        """Take walks from stop to stop, all together; return where each subject got to."""
        arrived: dict[Subject, Folio] = {}
        going = [(subjects, walk, next(walk)) for subjects, walk in walks]
        while going:
            folded = fold_all(self._rules.panel, [(stop.folio, stop.observations) for _, _, stop in going])
            self._faults += [name for folding in folded for name in folding.faults]
            folios = self._weigh([stop for _, _, stop in going], [folding.folio for folding in folded])
            further = []
            for (subjects, walk, stop), folio in zip(going, folios, strict=True):
                if stop.due:
                    further.append((subjects, walk, walk.send(folio)))
                else:
                    arrived.update(dict.fromkeys(subjects, folio))
            going = further
        return arrived

    def _weigh(self, stops: Sequence[_Stop], folios: Sequence[Folio]) -> list[Folio]:
        """Judge who is due; return the folios with their ranks."""
        cases = [(folio, stop.due[0], stop.at) for stop, folio in zip(stops, folios, strict=True) if stop.due]
        weighed = iter(weigh_all(self._rules.panel, self._rules.baseline, cases))
        ranked = []
        for stop, folio in zip(stops, folios, strict=True):
            if not stop.due:
                ranked.append(folio)
                continue
            standing, faults = next(weighed)
            self._faults += faults
            self._judge(standing, stop.marked)
            for subject in stop.due[1:]:
                self._judge(msgspec.structs.replace(standing, subject=subject), stop.marked)
            ranked.append(folio._replace(rank=importance(standing)))
        return ranked

    def _walk(self, subjects: Sequence[Subject], folio: Folio, groups: Sequence[Group]) -> _Walk:
        """Go through the exchanges of subjects that are alike; stop where one is due, and at the end."""
        waiting: list[Observation] = []
        count, last_at = folio.observations, folio.last_at
        current = [self._decision(subject) for subject in subjects]
        for group, exchange in _merged(groups):
            waiting += exchange
            before, count = count, count + len(exchange)
            was_at, last_at = last_at, max(last_at, exchange[0].at, exchange[-1].at)
            if due(before, count, was_at, last_at):
                wanted = list(subjects)
            elif count >= LEAST and any(current):
                pairs = zip(subjects, current, strict=True)
                wanted = [subject for subject, one in pairs if one and renewable(one, was_at, last_at)]
            else:
                continue
            if wanted:
                folio = yield _Stop(folio, waiting, wanted, exchange[-1].at, group.marked)
                waiting = []
                current = [self._decision(subject) for subject in subjects]
        yield _Stop(folio, waiting, (), last_at)

    def _decision(self, subject: Subject) -> Decision | None:
        held = self._held.get(subject)
        return held.decision if held else None

    def _judge(self, standing: Standing, marked: Marked | None) -> None:
        held = self._held.get(standing.subject)
        if held is not None and held.decision.until <= standing.at:
            self._end(held)
            held = None
        if held is None and standing.weight < self._least:
            return  # as most: what else the policy may read of it need not be found out
        standing = self._circumstances.complete(standing)
        exempt = marked.exempt if marked is not None and standing.subject in marked.covers else None
        if exempt is not None:
            standing = msgspec.structs.replace(standing, tags=(*standing.tags, *exempt.tags))
        verdict = verdict_under(self._rules.policy.judge(standing), exempt)
        current = held.decision if held else None
        decision = decide(standing, verdict, current, "")
        if decision is not None:
            self._circumstances.took(decision)
            if current is None or differs(current, decision):
                self._changes.append(decided(decision))
            self._held[standing.subject] = _Held(decision, standing)
            heapq.heappush(self._lapses, (decision.until, standing.subject))
        elif held is not None:
            self._held[standing.subject] = _Held(held.decision, standing)

    def _end(self, held: _Held) -> None:
        del self._held[held.decision.subject]
        self._changes.append(lapsed(held.decision, held.standing))

    def _lapse(self, at: float) -> None:
        """End what has lapsed; a renewed decision is waited for under its new time."""
        while self._lapses and self._lapses[0][0] <= at:
            until, subject = heapq.heappop(self._lapses)
            held = self._held.get(subject)
            if held is not None and held.decision.until == until:
                self._end(held)
        if len(self._lapses) > _EVERY + 2 * len(self._held):
            self._lapses = [(held.decision.until, subject) for subject, held in self._held.items()]
            heapq.heapify(self._lapses)


def _members(groups: Iterable[Group]) -> Iterator[Subject]:
    """Yield whom exchanges count for where groups are looked for: accounts, and keys that no account owns."""
    for group in groups:
        wanted = "account" if group.account else "key"
        for scope, value in group.subjects:
            if scope == wanted:
                yield Subject(scope, value)
                break


def _merged(groups: Sequence[Group]) -> Iterable[tuple[Group, tuple[Observation, ...]]]:
    """Yield exchanges in the order of their lines, each with its group."""
    if len(groups) == 1:
        return zip(repeat(groups[0]), groups[0].exchanges(), strict=False)
    placed = (zip(group.places, repeat(group), group.exchanges(), strict=False) for group in groups)
    return ((group, exchange) for _, group, exchange in heapq.merge(*placed, key=lambda one: one[0]))


def differs(old: Decision, new: Decision) -> bool:
    """Whether a new decision is another one, and no renewal."""
    return (old.action, old.parameters, old.policy, old.rule) != (new.action, new.parameters, new.policy, new.rule)
