"""What any policy says, with the faults of its rules where it tells them: a plug-in need only have ``judge``."""

import math
from collections.abc import Mapping

from gateway.decisions import Judgement, Policy, Standing

USUAL = 30 * 86400.0  # seconds within which a strike counts that no rung escalates on


def judgement(policy: Policy, standing: Standing) -> Judgement:
    """Return the policy's verdict on a standing, and which of its rules could not be asked."""
    tells = getattr(policy, "judgement", None)
    if tells is None:
        return Judgement(policy.judge(standing))
    told: Judgement = tells(standing)
    return told


def windows(policy: Policy) -> Mapping[str, float]:
    """Return by strike the seconds within which it counts for a policy; ``USUAL`` where a strike is not named."""
    found: Mapping[str, float] = getattr(policy, "windows", {})
    return found


def counts_strikes(policy: Policy) -> bool:
    """Return whether a policy reads strikes at all; one that does not say so might."""
    return bool(getattr(policy, "counts", True))


def least(policy: Policy) -> float:
    """Return the fused weight, nats, below which a policy says nothing of anybody; one that does not say may always."""
    return float(getattr(policy, "least", -math.inf))
