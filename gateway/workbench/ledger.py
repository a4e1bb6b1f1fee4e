"""What two policies would have done otherwise, by subject and in all, and what it would have cost. Bounded memory."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from detectors.base import AnswerObservation, Harvest
from gateway.candidate import NONE, way
from gateway.decisions import SEVERITY_TOUCHES_CLIENT, Decision, Subject
from gateway.reasons import reasons
from gateway.replay.names import told
from gateway.workbench.both import Stretch

MOST: Final = 20_000  # subjects told apart, some 3 KiB each; those that come later are only in the sums
STEPS: Final = 20  # changes told of one subject
Pair: TypeAlias = tuple[str, str]  # actions under the old and the new policy, with their modes


class Taken(msgspec.Struct):
    """What a subject asked for while it would have been treated otherwise: counts, tokens, seconds."""

    exchanges: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    seconds: float = 0.0

    def add(self, answer: AnswerObservation) -> None:
        """Count one exchange."""
        self.exchanges += 1
        self.completion_tokens += answer.completion_tokens
        self.reasoning_tokens += answer.reasoning_tokens

    def grow(self, before: Harvest, after: Harvest) -> None:
        """Count what was taken between two standings."""
        self.exchanges += max(0, after.exchanges - before.exchanges)
        self.completion_tokens += max(0, after.completion_tokens - before.completion_tokens)
        self.reasoning_tokens += max(0, after.reasoning_tokens - before.reasoning_tokens)


class Side(NamedTuple):
    """What stands under one policy, as it is told."""

    action: str
    mode: str
    severity: int
    policy: str
    rule: str

    @property
    def touches(self) -> bool:
        """Whether the client notices anything."""
        return self.mode == "enforce" and self.severity >= SEVERITY_TOUCHES_CLIENT

    @property
    def label(self) -> str:
        """Return action and mode in two words, or ``none``."""
        return self.action if self.action == NONE else f"{self.action} ({self.mode})"


def side(decision: Decision | None) -> Side:
    """Return a decision as it is told."""
    if decision is None:
        return Side(NONE, "", 0, "", "")
    return Side(decision.action, decision.mode, decision.severity, decision.policy, decision.rule)


class Row(msgspec.Struct):
    """One subject that would have been treated otherwise.

    Attributes:
        subject: as the input names it.
        label: what the operator says of it; empty if nothing.
        first: when it first would have been, seconds since the epoch.
        old, new, way: of the harshest difference, and what the new is beside the old. What counts is the way in which
            it first differed: what is decided earlier lapses earlier, so a stricter policy may be milder for a while.
        weight, harvest, reasons: when that began.
        steps: when and how it changed, the first of them.
        taken: by pair of actions, what it asked for meanwhile.
    """

    subject: dict[str, Any]
    label: str
    first: float
    old: Side
    new: Side
    way: str
    weight: float
    harvest: Harvest
    reasons: list[str]
    steps: list[dict[str, Any]] = []
    taken: dict[Pair, Taken] = {}

    @property
    def cost(self) -> tuple[int, int]:
        """Exchanges and tokens while one of the two policies touched the client and the other did not, or less."""
        return (
            sum(taken.exchanges for taken in self.taken.values()),
            sum(taken.completion_tokens for taken in self.taken.values()),
        )

    @property
    def harshness(self) -> int:
        """How far apart the two treatments are, in grades of severity."""
        return _apart(self.old, self.new)


def _apart(old: Side, new: Side) -> int:
    """Return grades of severity between two treatments; shadow counts as much as watching does."""
    grades = [one.severity if one.touches else min(one.severity, 1) for one in (old, new)]
    return abs(grades[0] - grades[1])


class Ledger:
    """Takes in stretches and what was asked for in them.

    Args:
        labels: what the operator says of subjects, by ``label_key``.
        most: subjects told apart.

    Attributes:
        rows: by subject.
        sums: by pair of actions, what was asked for in all.
        subjects: by pair of actions and label, how many subjects met with it.
        untold: subjects that came when there was no room for more; one that came twice counts twice.
    """

    def __init__(self, labels: Mapping[tuple[str, ...], str] | None = None, most: int = MOST) -> None:
        self._labels = labels or {}
        self._most = most
        self.rows: dict[Subject, Row] = {}
        self.sums: dict[Pair, Taken] = {}
        self.subjects: Counter[tuple[Pair, str]] = Counter()
        self.untold = 0

    def enter(self, stretch: Stretch) -> None:
        """Take in that a stretch began; doing so again changes nothing."""
        old, new = side(stretch.old), side(stretch.new)
        row = self.rows.get(stretch.subject)
        if row is None:
            label = self._labels.get(label_key(told(stretch.subject)), "")
            if len(self.rows) >= self._most:
                return
            row = self.rows[stretch.subject] = _row(stretch, label, old, new)
        elif _apart(old, new) > row.harshness and (not row.harshness or way(stretch.old, stretch.new) == row.way):
            self.rows[stretch.subject] = row = _row(stretch, row.label, old, new, row)
        step = {"at": stretch.start, "old": old.label, "new": new.label, "until": None}
        if not row.steps or row.steps[-1]["at"] != stretch.start:
            row.steps[:] = [*row.steps, step][:STEPS]
        pair = (old.label, new.label)
        if pair not in row.taken:
            row.taken[pair] = Taken()
            self.subjects[pair, row.label] += 1

    def leave(self, stretch: Stretch) -> None:
        """Take in that a stretch ended; it was entered before."""
        self._miss(stretch)
        for taken in self._sums(stretch):
            taken.seconds += stretch.end - stretch.start
        row = self.rows.get(stretch.subject)
        for step in row.steps if row else ():
            if step["at"] == stretch.start:
                step["until"] = stretch.end

    def remain(self, stretch: Stretch) -> None:
        """Take in that a stretch goes on at the end of all."""
        self.enter(stretch)
        self._miss(stretch)

    def _miss(self, stretch: Stretch) -> None:
        """Count a subject that there was no room for."""
        if stretch.subject not in self.rows:
            label = self._labels.get(label_key(told(stretch.subject)), "")
            self.subjects[_pair(stretch), label] += 1
            self.untold += 1

    def count(self, stretches: Sequence[Stretch], answer: AnswerObservation) -> None:
        """Count an exchange that fell into stretches of its subjects: for each of them, and once in a sum."""
        pairs = set()
        for stretch in stretches:
            pair = _pair(stretch)
            row = self.rows.get(stretch.subject)
            if row is not None and pair in row.taken:
                row.taken[pair].add(answer)
            if pair not in pairs:
                self.sums.setdefault(pair, Taken()).add(answer)
                pairs.add(pair)

    def grow(self, stretch: Stretch, before: Harvest, after: Harvest) -> None:
        """Count what was taken in a stretch between two standings."""
        for taken in self._sums(stretch):
            taken.grow(before, after)

    def _sums(self, stretch: Stretch) -> Iterator[Taken]:
        pair = _pair(stretch)
        yield self.sums.setdefault(pair, Taken())
        row = self.rows.get(stretch.subject)
        if row is not None and pair in row.taken:
            yield row.taken[pair]

    def ordered(self) -> list[Row]:
        """Return the subjects, the most harshly differing first, and of those the ones with most at stake."""
        return sorted(self.rows.values(), key=lambda row: (-row.harshness, [-one for one in row.cost], row.first))


def _pair(stretch: Stretch) -> Pair:
    return side(stretch.old).label, side(stretch.new).label


def _row(stretch: Stretch, label: str, old: Side, new: Side, before: Row | None = None) -> Row:
    standing = stretch.standing
    return Row(
        subject=told(stretch.subject), label=label, first=before.first if before else stretch.start,
        old=old, new=new, way=way(stretch.old, stretch.new), weight=standing.weight, harvest=standing.harvest,
        reasons=reasons(standing.evidence), steps=before.steps if before else [], taken=before.taken if before else {},
    )  # fmt: skip


def label_key(subject: Mapping[str, Any]) -> tuple[str, ...]:
    """Return under what a label is kept: scope and value, and of a user whose it is."""
    owner = subject.get("of") or {}
    return tuple(str(one) for one in (subject["scope"], subject["value"], *owner.values()))
