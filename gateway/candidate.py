"""A candidate policy beside the live one: judged on the same standings, kept in no store, acted on never.

It says how many subjects would be treated otherwise if the candidate were live, in metrics and in a small file that the
admin server shows. Whatever is wrong with a candidate, the live policy does not notice.
"""

import heapq
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from detectors.base import Harvest
from gateway import metrics
from gateway.decisions import Decision, Policy, Standing, Subject, Verdict
from gateway.fusion import FAULTS
from gateway.policies.ladder import rank
from gateway.policies.several import Several
from gateway.reasons import reasons

FILE: Final = "candidate.json"  # in the data folder
MOST: Final = 10_000  # subjects remembered, about 2 KiB each; the one untouched for longest goes first
SHOWN: Final = 200  # rows in the file, the most harshly treated first
NONE: Final = "none"  # the action of a policy that says nothing
WAYS: Final = ("stricter", "milder", "otherwise")
log = logging.getLogger("stillguard.analyst")


class Difference(NamedTuple):
    """A subject that the two policies would treat otherwise, as it stood when it was last weighed."""

    subject: Subject
    at: float
    live: Verdict | None
    candidate: Verdict | None
    weight: float
    harvest: Harvest
    reasons: Sequence[str]

    @property
    def until(self) -> float:
        """When this is no longer said without another weighing, seconds since the epoch."""
        return self.at + max(verdict.lasts for verdict in (self.live, self.candidate) if verdict is not None)

    @property
    def way(self) -> str:
        """What the candidate would do: stricter, milder or otherwise."""
        return way(self.live, self.candidate)

    def row(self) -> dict[str, Any]:
        """Return the difference as it is shown."""
        return self._asdict() | {
            "subject": self.subject._asdict(),
            "way": self.way,
            "live": _said(self.live),
            "candidate": _said(self.candidate),
        }


class _Run(NamedTuple):
    """One candidate at work, replaced as a whole; differences untouched for longest come first."""

    policy: Policy | None
    faults: tuple[str, ...]
    found: dict[Subject, Difference]
    gone: list[Subject]  # at most one: somebody was forgotten for lack of room


def way(one: Verdict | Decision | None, other: Verdict | Decision | None) -> str:
    """Return what the other is beside the one: stricter, milder, or otherwise where they rank alike."""
    before, after = _rank(one), _rank(other)
    return WAYS[2] if before == after else WAYS[0] if after > before else WAYS[1]


def _rank(verdict: Verdict | Decision | None) -> tuple[bool, int, bool]:
    return (False, 0, False) if verdict is None else rank(verdict)


def _said(verdict: Verdict | None) -> dict[str, Any]:
    if verdict is None:
        return {"action": NONE}
    return {
        "action": verdict.action, "mode": verdict.mode, "policy": verdict.policy, "rule": verdict.rule,
        "revision": verdict.revision,
    }  # fmt: skip


def differs(live: Verdict | Decision | None, candidate: Verdict | Decision | None) -> bool:
    """Whether a client would be treated otherwise: another action, other parameters of it, or in another mode."""
    return _treatment(live) != _treatment(candidate)


def _treatment(verdict: Verdict | Decision | None) -> object:
    return None if verdict is None else (verdict.action, verdict.parameters, verdict.mode)


class Candidate:
    """Judges standings by a candidate too. Without one it does nothing.

    Args:
        file: where the policy is written; None if there is no candidate.
        shown: where the differences are written for the admin server; None writes nothing.
        most: subjects remembered.
    """

    def __init__(self, file: Path | None = None, shown: Path | None = None, most: int = MOST) -> None:
        self._file = file
        self._shown = shown
        self._most = most
        self._run = _Run(None, (), {}, [])
        self._news = True

    def take(self, policy: Policy) -> None:
        """Judge by this candidate from now on; any thread may call it. The same again goes on where it stands."""
        if policy == self._run.policy and not self._run.faults:
            return
        self._run, self._news = _Run(policy, (), {}, []), True

    def refuse(self, faults: Sequence[str]) -> None:
        """Judge by no candidate from now on, for these faults; any thread may call it."""
        self._run, self._news = _Run(None, tuple(faults), {}, []), True

    def beside(self, live: Policy) -> Policy:
        """Return both policies, to be asked what they read of a standing; where they disagree, the live one counts."""
        candidate = self._run.policy
        return live if candidate is None else Several((candidate, live))

    def watch(self, standings: Iterable[Standing], live: Policy) -> None:
        """Judge these standings by both; every pair of verdicts in which either says anything is counted."""
        run = self._run
        if run.policy is None:
            return
        for standing in standings:
            try:
                self._take(run, standing, live.judge(standing), run.policy.judge(standing))
            except FAULTS as fault:  # a policy of somebody else's
                log.warning("the candidate cannot judge", extra={"error": repr(fault)})

    def _take(self, run: _Run, standing: Standing, live: Verdict | None, candidate: Verdict | None) -> None:
        subject = standing.subject
        self._news = run.found.pop(subject, None) is not None or self._news
        if live is None and candidate is None:
            return
        metrics.CANDIDATE.labels(_action(live), _action(candidate)).inc()
        if not differs(live, candidate):
            return
        said = tuple(reasons(standing.evidence))
        run.found[subject] = Difference(subject, standing.at, live, candidate, standing.weight, standing.harvest, said)
        self._news = True
        if len(run.found) > self._most:
            run.gone[:] = [next(iter(run.found))]
            run.found.pop(run.gone[0])

    def tell(self, at: float, keep: Callable[[Path, bytes], None] | None = None) -> None:
        """Set the gauges, and write the file anew if there is anything new to say.

        Args:
            at: now, seconds since the epoch.
            keep: writes the file; whole or not at all by default.
        """
        if self._file is None:
            return
        run = self._run
        for subject in [subject for subject, one in run.found.items() if one.until <= at]:
            del run.found[subject]
            self._news = True
        if self._news:
            self._news = False
            self._tell(run, keep or _replace)

    def _tell(self, run: _Run, keep: Callable[[Path, bytes], None]) -> None:
        found = list(run.found.values())
        ways = Counter(one.way for one in found)
        for way in WAYS:
            metrics.CANDIDATE_SUBJECTS.labels(way).set(ways[way])
        if self._shown is None:
            return
        try:
            keep(self._shown, msgspec.json.encode(_told(str(self._file), run, found)))
        except OSError as error:
            self._news = True
            log.warning("the candidate's differences could not be written", extra={"error": str(error)})


def _told(file: str, run: _Run, found: Sequence[Difference]) -> dict[str, Any]:
    pairs = Counter((_action(one.live), _action(one.candidate)) for one in found)
    first = heapq.nlargest(SHOWN, found, key=lambda one: (_rank(one.candidate), one.weight))
    return {
        "file": file,
        "faults": run.faults,
        "subjects": len(found),
        "forgotten": bool(run.gone),
        "by_action": [
            {"live": live, "candidate": candidate, "subjects": count}
            for (live, candidate), count in pairs.most_common()
        ],
        "rows": [one.row() for one in first],
    }


def _action(verdict: Verdict | None) -> str:
    return NONE if verdict is None else verdict.action


def _replace(path: Path, body: bytes) -> None:
    """Put the file there whole or not at all, readable to its owner only."""
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(body)
    new.replace(path)
