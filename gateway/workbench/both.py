"""Two policies judged on the same standings: what stands under each, and from when to when a subject differs.

Each policy decides as it would live: a decision renews, gives way to a stricter one, and lapses. Neither knows of the
other.
"""

import heapq
from collections import deque
from typing import NamedTuple

import msgspec

from gateway.candidate import differs
from gateway.deciding import decide
from gateway.decisions import Decision, Policy, Standing, Subject, Verdict
from gateway.policies.judging import counts_strikes, windows
from gateway.policies.ladder import Ladder, Rung, rank
from gateway.policies.several import Several
from gateway.stores.base import MOST_TAKEN, Taken
from gateway.strikes import counted

_EVERY = 256  # lapses that nobody waits for any more are swept out once there are so many to a subject held


class Stretch(NamedTuple):
    """A time in which a subject would have been treated otherwise.

    Attributes:
        subject: whom it is about.
        start, end: seconds since the epoch; ``end`` is infinity while it goes on.
        old, new: what stood under each policy; None for nothing.
        standing: how the subject stood when it began.
    """

    subject: Subject
    start: float
    end: float
    old: Decision | None
    new: Decision | None
    standing: Standing


class _Held(NamedTuple):
    """What stands on a subject under each policy, since when, and how it stood when it was last weighed."""

    old: Decision | None
    new: Decision | None
    since: float
    began: Standing
    last: Standing

    def stretch(self, end: float = float("inf")) -> Stretch | None:
        """Return the stretch that this is, up to ``end``; None if there is no difference."""
        if end <= self.since or not differs(self.old, self.new):
            return None
        return Stretch(self.last.subject, self.since, end, self.old, self.new, self.began)

    def ends(self) -> float:
        """Return when the next of the two lapses."""
        return min([one.until for one in (self.old, self.new) if one is not None], default=float("inf"))


class Both:
    """Two policies as one that a replay can ask; it keeps what stands under each.

    Args:
        old: the policy as it is.
        new: the policy as it is to be.

    Attributes:
        counts: False, for a replay: repetition is counted here, for each policy apart.
        taken: for each side, how often each rule was decided anew (renewals are none), by ``policy/rule``.
    """

    counts = False

    def __init__(self, old: Policy, new: Policy) -> None:
        self._policies = old, new
        self._past = _Past(old), _Past(new)
        self._held: dict[Subject, _Held] = {}
        self._lapses: list[tuple[float, Subject]] = []
        self._closed: list[Stretch] = []
        self.taken: tuple[dict[str, int], dict[str, int]] = ({}, {})

    def judge(self, standing: Standing) -> Verdict | None:
        """Judge by both. What is returned only sets the pace: it lasts as long as the shorter-lived of the two."""
        subject = standing.subject
        held = self._after_lapses(self._held.get(subject), standing.at)
        before = held or _Held(None, None, standing.at, standing, standing)
        sides = zip(self._policies, self._past, strict=True)
        verdicts = [policy.judge(past.told(standing)) for policy, past in sides]
        old = self._next(0, standing, verdicts[0], before.old)
        new = self._next(1, standing, verdicts[1], before.new)
        if (_treated(old), _treated(new)) == (_treated(before.old), _treated(before.new)):
            after = before._replace(old=old, new=new, last=standing)
        else:
            self._close(before, standing.at)
            after = _Held(old, new, standing.at, standing, standing)
        self._hold(subject, after)
        said = [verdict for verdict in verdicts if verdict is not None]
        shortest = min((verdict.lasts for verdict in said), default=0.0)
        return msgspec.structs.replace(max(said, key=rank), lasts=shortest) if said else None

    def _next(
        self, side: int, standing: Standing, verdict: Verdict | None, current: Decision | None
    ) -> Decision | None:
        decision = decide(standing, verdict, current, "")
        if decision is not None:
            self._past[side].took(decision)
        if decision is not None and _treated(decision) != _treated(current):
            name = f"{decision.policy}/{decision.rule}"
            self.taken[side][name] = self.taken[side].get(name, 0) + 1
        return decision or current

    def lapse(self, at: float) -> None:
        """Let lapse what has lapsed at a time that no later standing is before."""
        while self._lapses and self._lapses[0][0] <= at:
            _, subject = heapq.heappop(self._lapses)
            if held := self._held.get(subject):
                self._hold(subject, self._after_lapses(held, at))
        if len(self._lapses) > _EVERY + 2 * len(self._held):
            self._lapses = [(held.ends(), subject) for subject, held in self._held.items()]
            heapq.heapify(self._lapses)

    def _after_lapses(self, held: _Held | None, at: float) -> _Held | None:
        """Return what still stands at a time; None for nothing."""
        while held is not None and held.ends() <= at:
            end = held.ends()
            self._close(held, end)
            old, new = (one if one is not None and one.until > end else None for one in (held.old, held.new))
            held = _Held(old, new, end, held.last, held.last) if old or new else None
        return held

    def _hold(self, subject: Subject, held: _Held | None) -> None:
        if held is None or (held.old is None and held.new is None):
            self._held.pop(subject, None)
            return
        before = self._held.get(subject)
        self._held[subject] = held
        if before is None or before.ends() != held.ends():
            heapq.heappush(self._lapses, (held.ends(), subject))

    def _close(self, held: _Held, end: float) -> None:
        stretch = held.stretch(end)
        if stretch is not None:
            self._closed.append(stretch)

    def closed(self) -> list[Stretch]:
        """Return the stretches that ended since the last call, in order of their ends for each subject."""
        closed, self._closed = self._closed, []
        return closed

    def open(self, subject: Subject) -> Stretch | None:
        """Return the stretch in which a subject is now."""
        held = self._held.get(subject)
        return held.stretch() if held else None

    def last(self, subject: Subject) -> Standing | None:
        """Return how a subject on whom anything stands stood when it was last weighed."""
        held = self._held.get(subject)
        return held.last if held else None

    def going_on(self) -> list[Stretch]:
        """Return all stretches that have not ended."""
        return [stretch for held in self._held.values() if (stretch := held.stretch())]


class _Past:
    """What one policy has decided before, where it reads that."""

    def __init__(self, policy: Policy) -> None:
        self._windows = windows(policy)
        self._counts = counts_strikes(policy)
        self._taken: dict[Subject, deque[Taken]] = {}
        self._number = 0

    def told(self, standing: Standing) -> Standing:
        """Return a standing with the strikes that this policy would have given."""
        taken = self._taken.get(standing.subject)
        if not taken:
            return standing
        strikes = standing.strikes | counted(taken, self._windows, standing.at)
        return msgspec.structs.replace(standing, strikes=strikes)

    def took(self, decision: Decision) -> None:
        """Remember a decision."""
        if self._counts:
            self._number += 1  # what is judged again has no id
            one = Taken(str(self._number), decision.at, decision.until, decision.policy, decision.rule, decision.mode)
            self._taken.setdefault(decision.subject, deque(maxlen=MOST_TAKEN)).append(one)


def _treated(decision: Decision | None) -> object:
    if decision is None:
        return None
    return decision.action, decision.parameters, decision.mode, decision.policy, decision.rule


def enforced(policy: Policy) -> Policy:
    """Return a policy with all its rungs enforced that are not off; one that is no ladder stays as it is."""
    if isinstance(policy, Several):
        return Several([enforced(each) for each in policy.policies])
    if not isinstance(policy, Ladder):
        return policy
    return msgspec.structs.replace(policy, rungs=tuple(map(_enforced, policy.rungs)))


def _enforced(rung: Rung) -> Rung:
    steps = tuple(
        msgspec.structs.replace(step, verdict=msgspec.structs.replace(step.verdict, mode="enforce"))
        for step in rung.steps
    )
    return msgspec.structs.replace(
        rung, verdict=msgspec.structs.replace(rung.verdict, mode="enforce"), steps=steps
    )  # fmt: skip
