"""What the analyst tells its operator: a few numbers a batch, and one log line a decision. No text, no keys."""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from detectors.base import AnswerObservation, Observation
from gateway import metrics
from gateway.decisions import Decision, RuleFault, Standing
from gateway.exchange import Entry

log = logging.getLogger("stillguard.analyst")


class Found(NamedTuple):
    """What one batch came to, once it is committed.

    Attributes:
        entries: as read from the journal.
        observations: of all entries, each once.
        standings: of the subjects that were touched.
        decisions: taken.
        faults: a detector's name for each thing that it could not fold or read; ``intake`` for an entry.
        corrupt: entries that could not be decoded.
        unasked: rules whose condition could not be evaluated, once for each standing.
    """

    entries: Sequence[Entry]
    observations: Sequence[Observation]
    standings: Sequence[Standing]
    decisions: Sequence[Decision]
    faults: Sequence[str]
    corrupt: int
    unasked: Sequence[RuleFault] = ()


class Reporting:
    """Keeps the labelled series at hand, and knows which gauges it has to set back to 0."""

    def __init__(self, detectors: Iterable[str]) -> None:
        self._evidence = {name: metrics.EVIDENCE.labels(name) for name in detectors}
        self._queries = metrics.OBSERVATIONS.labels("query")
        self._answers = metrics.OBSERVATIONS.labels("answer")
        self._tokens = {way: metrics.TOKENS.labels(way) for way in ("prompt", "completion", "reasoning")}
        self._active: Counter[tuple[str, str]] = Counter()
        self._told: set[tuple[str, str]] = set()

    def batch(self, found: Found, at: float) -> None:
        """Count a batch, and log its decisions."""
        answers = [o for o in found.observations if isinstance(o, AnswerObservation)]
        self._answers.inc(len(answers))
        self._queries.inc(len(found.observations) - len(answers))
        self._tokens["prompt"].inc(sum(answer.prompt_tokens for answer in answers))
        self._tokens["completion"].inc(sum(answer.completion_tokens for answer in answers))
        self._tokens["reasoning"].inc(sum(answer.reasoning_tokens for answer in answers))
        metrics.JOURNAL_CORRUPT.inc(found.corrupt)
        for name, times in Counter(found.faults).items():
            metrics.DETECTOR_ERRORS.labels(name).inc(times)
        for fault in found.unasked:
            self.unasked(fault)
        for standing in found.standings:
            for name, evidence in standing.evidence.items():
                if evidence.weight > 0:  # silence is by far the commonest, and would cost more than the weighing
                    self._evidence[name].observe(evidence.weight)
        if found.entries:
            newest = max(entry.at + entry.took for entry in found.entries)
            metrics.ANALYST_LAG.set(max(0.0, at - newest))
        for decision in found.decisions:
            self.decided(decision)

    def edited(self) -> None:
        """Log faults of rules anew: they may be others'."""
        self._told.clear()

    def unasked(self, fault: RuleFault) -> None:
        """Count a rule that could not be evaluated, and log the first time."""
        metrics.POLICY_FAULTS.labels(fault.policy, fault.rule).inc()
        if (fault.policy, fault.rule) not in self._told:
            self._told.add((fault.policy, fault.rule))
            extra = {"policy": fault.policy, "rule": fault.rule, "fault": fault.reason}
            log.warning("a rule cannot be evaluated: it touches nobody", extra=extra)

    def decided(self, decision: Decision) -> None:
        """Count and log one decision."""
        scope = decision.subject.scope
        metrics.DECISIONS.labels(decision.policy, decision.rule, decision.action, scope, decision.mode).inc()
        log.info(
            "decision",
            extra={
                "decision": decision.id,
                "subject": str(decision.subject),
                "action": decision.action,
                "severity": decision.severity,
                "mode": decision.mode,
                "until": decision.until,
                "policy": decision.policy,
                "rule": decision.rule,
                "revision": decision.revision,
                "weight": round(decision.weight, 3),
                "families": {name: round(weight, 3) for name, weight in decision.families.items()},
                "exchanges": decision.harvest.exchanges,
                "traces": round(decision.harvest.traces, 1),
            },
        )

    def levels(self, standing: Iterable[Decision], cases: int, depth: int) -> None:
        """Set the gauges: decisions that stand, subjects with a case, entries that wait."""
        active: Counter[tuple[str, str]] = Counter((decision.action, decision.mode) for decision in standing)
        for labels in self._active.keys() | active.keys():
            metrics.ACTIVE.labels(*labels).set(active[labels])
        self._active = active
        metrics.CASES.set(cases)
        metrics.JOURNAL_DEPTH.set(depth)
