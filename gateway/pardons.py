"""What people say of decisions: a pardon spares a subject from a rule, a label says whether a decision was right."""

from typing import Literal, NamedTuple, TypeAlias

import msgspec

from gateway.decisions import Decision, Standing, Subject, Verdict

Kind: TypeAlias = Literal["false_alarm", "confirmed"]


class Pardon(msgspec.Struct, frozen=True, kw_only=True):
    """A subject is spared from a rule for a time, unless the evidence against it grows too much.

    Attributes:
        decision: id of the decision that was pardoned.
        subject: who is spared.
        policy, rule, severity: from what; milder rules of the same policy are included, stricter ones are not.
        at, until: given, and ends, seconds since the epoch.
        ceiling: fused weight from which on the pardon holds no more, nats.
        reason, by: why, and who gave it.
    """

    decision: str
    subject: Subject
    policy: str
    rule: str
    severity: int
    at: float
    until: float
    ceiling: float
    reason: str
    by: str

    def spares(self, standing: Standing, verdict: Verdict, at: float) -> bool:
        """Whether a verdict on a standing is one that is pardoned at a time, seconds since the epoch."""
        return (
            verdict.policy == self.policy
            and verdict.severity <= self.severity
            and self.at <= at < self.until
            and standing.weight < self.ceiling
        )

    def lifts(self, decision: Decision) -> bool:
        """Whether a decision that stands is the pardoned one, or one like it."""
        return decision.id == self.decision or (decision.policy == self.policy and decision.severity <= self.severity)


class Pardoned(NamedTuple):
    """Pardons given after a position, and the newest position."""

    position: int
    pardons: tuple[Pardon, ...]


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody has looked: the decision was a false alarm, or it was confirmed.

    Attributes:
        decision: its id.
        subject, policy, rule, weight: the decision's, for whoever learns from labels; nats.
        label: what it was.
        at: when that was said, seconds since the epoch.
        by, note: who said it, and what else.
    """

    decision: str
    subject: Subject
    policy: str
    rule: str
    weight: float
    label: Kind
    at: float
    by: str
    note: str = ""


def pardon_of(decision: Decision, *, at: float, lasts: float, growth: float, reason: str, by: str) -> Pardon:
    """Return the pardon of a decision.

    Args:
        decision: that is pardoned.
        at: now, seconds since the epoch.
        lasts: seconds.
        growth: nats that the evidence may grow by before the pardon holds no more.
        reason: why.
        by: who gives it.
    """
    return Pardon(
        decision=decision.id,
        subject=decision.subject,
        policy=decision.policy,
        rule=decision.rule,
        severity=decision.severity,
        at=at,
        until=at + lasts,
        ceiling=decision.weight + growth,
        reason=reason,
        by=by,
    )


def label_of(decision: Decision, label: Kind, *, at: float, by: str, note: str = "") -> Label:
    """Return a label of a decision, given at a time (seconds since the epoch)."""
    return Label(
        decision=decision.id,
        subject=decision.subject,
        policy=decision.policy,
        rule=decision.rule,
        weight=decision.weight,
        label=label,
        at=at,
        by=by,
        note=note,
    )
