"""What became of a subject, as one line of the output: a decision taken, made stricter or milder, or lapsed."""

import math
from collections.abc import Iterable
from typing import Any

import msgspec

from detectors.base import Evidence, Harvest
from gateway.decisions import Decision, Standing, Subject
from gateway.reasons import reasons
from gateway.replay.names import told

_LARGEST = 700.0  # nats; the largest e-value that a JSON reader can hold is near exp(709)
LAPSED = "none"  # the action of a subject on whom no decision stands


class Change(msgspec.Struct, frozen=True, array_like=True):
    """One change of a subject's decision; ``until`` is when it lapses if nothing renews it, 0 for a lapse.

    ``exempt`` names the entitlement because of which it only watches; ``members`` are scope and value of each member
    of a campaign.
    """

    at: float
    scope: str
    value: str
    action: str
    severity: int
    weight: float
    evidence: dict[str, Evidence]
    harvest: Harvest
    policy: str = ""
    rule: str = ""
    until: float = 0.0
    exempt: str = ""
    members: tuple[tuple[str, str], ...] = ()

    @property
    def order(self) -> tuple[float, str, str, int]:
        """By time; at one time a lapse goes before what takes its place."""
        return self.at, self.scope, self.value, self.severity

    def line(self) -> bytes:
        """Return the change as JSON, without a line end."""
        row: dict[str, Any] = {
            "at": self.at,
            "subject": told(Subject(self.scope, self.value)),
            "action": self.action,
            "severity": self.severity,
            "one_in": one_in(self.weight),
            "weight": self.weight,
            "evidence": self.evidence,
            "reasons": reasons(self.evidence),
            "harvest": self.harvest,
            "policy": self.policy,
            "rule": self.rule,
        }
        if self.until:
            row["until"] = self.until
        if self.members:
            row["members"] = [told(Subject(*member)) for member in self.members]
        if self.exempt:
            row["exempt"] = self.exempt
        return msgspec.json.encode(row)


def one_in(weight: float) -> float:
    """Return one false alarm in how many subject-days a weight (nats) stands for, capped to a finite number.

    >>> one_in(0.0), one_in(1e9) < float("inf")
    (1.0, True)
    """
    return math.exp(min(weight, _LARGEST))


def decided(decision: Decision, members: Iterable[Subject] = ()) -> Change:
    """Return the change that a new decision makes; of one on a campaign, with those whom it reaches."""
    return Change(
        at=decision.at,
        scope=decision.subject.scope,
        value=decision.subject.value,
        action=decision.action,
        severity=decision.severity,
        weight=decision.weight,
        evidence=decision.evidence,
        harvest=decision.harvest,
        policy=decision.policy,
        rule=decision.rule,
        until=decision.until,
        exempt=decision.exempt,
        members=tuple((scope, value) for scope, value in members),
    )


def lapsed(decision: Decision, standing: Standing) -> Change:
    """Return the end of a decision, with how its subject stood when it was last weighed."""
    return Change(
        at=decision.until,
        scope=decision.subject.scope,
        value=decision.subject.value,
        action=LAPSED,
        severity=0,
        weight=standing.weight,
        evidence=standing.evidence,
        harvest=standing.harvest,
        policy=decision.policy,
        rule=decision.rule,
    )
