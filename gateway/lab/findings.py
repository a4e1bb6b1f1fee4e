"""What a benchmark found, by the groups that its questions are about."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from detectors.lab.rivals.base import threshold
from gateway.lab.intervals import median
from gateway.lab.outcome import Outcome, Steps, Who, Windowed

HARVESTER = 300  # exchanges that a single-key harvester wants at least; fewer are the share of a campaign
LONG = 500  # exchanges of a tenant with a long history
RATE = 0.005  # share of honest tenants that may be alarmed: every detector is compared there, at least
OTHER_RATE = 0.01  # where published comparisons stand


class Findings(NamedTuple):
    """All that was measured.

    Attributes:
        outcomes: of the tenants judged, honest and not.
        learnt: windows of honest tenants that calibration may learn from.
        left_out: every tenant's alarm, by the detector that was left out; ``none`` is the whole panel.
        detectors: the panel's, in order of the traces' columns.
        one_in: what the mildest rung that touches the client promises, subject-days.
    """

    outcomes: Sequence[Outcome]
    learnt: Sequence[tuple[Who, Windowed]]
    left_out: dict[str, list[tuple[Outcome, int]]]
    detectors: Sequence[str]
    one_in: float

    def honest(self) -> list[Outcome]:
        """Return honest tenants, without those that need an entitlement."""
        return [one for one in self.outcomes if one.who.label == "benign" and not one.who.contracted]

    def contracted(self) -> list[Outcome]:
        """Return honest tenants that need an entitlement."""
        return [one for one in self.outcomes if one.who.label == "benign" and one.who.contracted]

    def single(self) -> list[Outcome]:
        """Return harvesters on one key that do nothing else."""
        return [one for one in self.thieves() if one.who.share >= 1.0 and one.who.plan >= HARVESTER]

    def slow(self) -> list[Outcome]:
        """Return accounts that carry a small part of a campaign each."""
        return [one for one in self.thieves() if one.who.share >= 1.0 and one.who.plan < HARVESTER]

    def padded(self) -> list[Outcome]:
        """Return harvesters that hide in cover traffic of their own."""
        return [one for one in self.thieves() if one.who.share < 1.0]

    def thieves(self) -> list[Outcome]:
        """Return all adversaries."""
        return [one for one in self.outcomes if one.who.label == "adversary"]

    def rivals(self) -> list[str]:
        """Return the rivals' names."""
        return list(self.outcomes[0].rivals) if self.outcomes else []

    def rate(self) -> float:
        """Return the share of honest tenants that every rival may alarm: what the policy alarmed, at least ``RATE``."""
        honest = self.honest()
        return max(RATE, sum(one.alarm > 0 for one in honest) / max(1, len(honest)))

    def limits(self, share: float) -> dict[str, float]:
        """Return each rival's threshold at a share of the honest tenants judged here: the kindest to the rival."""
        honest = self.honest()
        return {name: threshold([one.rivals[name].peak() for one in honest], share) for name in self.rivals()}


def by(outcomes: Iterable[Outcome], key: Callable[[Outcome], str]) -> Iterator[tuple[str, list[Outcome]]]:
    """Yield groups in order of their names."""
    groups: dict[str, list[Outcome]] = {}
    for one in outcomes:
        groups.setdefault(key(one), []).append(one)
    yield from sorted(groups.items())


def fused(one: Outcome) -> Steps:
    """Return the panel's fused weight as a running score, like a rival's: no families and no harvest are asked for."""
    highest = np.maximum.accumulate(one.trace.fused) if len(one.trace.fused) else one.trace.fused
    return Steps(one.trace.at, highest)


def kind(one: Outcome) -> str:
    """Return the tenant's kind; padded harvesters are one kind for each share, whatever they harvest."""
    padded = one.who.label == "adversary" and one.who.share < 1.0
    return f"padded_{one.who.share:.0%}".removesuffix("%") if padded else one.who.kind


def detected(alarms: Sequence[int]) -> float:
    """Return the share of alarms that are some."""
    return sum(alarm > 0 for alarm in alarms) / max(1, len(alarms))


def queries(alarms: Sequence[int]) -> float:
    """Return the median of queries to the alarm, where never is infinity."""
    return median([float(alarm) if alarm else math.inf for alarm in alarms])


def false_alarms(outcomes: Iterable[Outcome], one_in: float) -> int:
    """Return how often fused weights rose above log(one_in), over all tenants."""
    limit, count = math.log(one_in), 0
    for one in outcomes:
        above = False
        for weight in one.trace.fused:
            count += weight >= limit and not above
            above = bool(weight >= limit)
    return count


def windows(outcomes: Iterable[Outcome], size: int) -> list[tuple[Outcome, Windowed]]:
    """Return the windows of a size that hold at least half of the attack that their tenant plans, if it plans any."""
    found = []
    for one in outcomes:
        least = one.who.share / 2.0 if one.who.label == "adversary" else 0.0
        found += [(one, window) for window in one.windows if window.size == size and window.attack >= least]
    return found
