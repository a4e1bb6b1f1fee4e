"""Quorum: so many detectors must agree, each by so many nats."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from gateway.decisions import Standing, Verdict


@dataclass(frozen=True)
class Quorum:
    """Count detectors instead of adding their weights.

    Attributes:
        detectors: how many must agree.
        nats: how much each of them must say.
        action: what to do then, with ``parameters``.
        lasts: for how long, seconds.
    """

    name: ClassVar[str] = "quorum"

    detectors: int = 3
    nats: float = 4.6
    action: str = "watch"
    lasts: float = 3600.0
    parameters: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.detectors < 1:
            raise ValueError("detectors: at least 1")

    def judge(self, standing: Standing) -> Verdict | None:
        """Return the verdict once enough detectors agree."""
        agree = sum(evidence.weight >= self.nats for evidence in standing.evidence.values())
        if agree < self.detectors:
            return None
        # The guard fills in severity, policy, revision and mode: they are the action's and the policy file's.
        return Verdict(action=self.action, severity=0, lasts=self.lasts, parameters=self.parameters, rule="agreed")
