"""Fixed weights on a few shares, in the manner of two published gateways; nothing is learnt.

References: AegisGate Platform v4.5.0 (``distillation_detect.go``: steps at published cut-offs) and Glasswally (the
published weights of its workers). Lists of data centres and countries are left out: every client of an API may run in a
data centre, and an origin is no behaviour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from detectors.base import CELLS
from detectors.lab.rivals.base import Scores, Trail, running
from detectors.lab.rivals.buckets import filled
from detectors.lab.rivals.rate_limit import counted

_HOUR = 3600.0  # seconds
_LEAST = 20  # prompts before a share means anything


class Shares(NamedTuple):
    """What the heuristics look at, up to each exchange.

    Attributes:
        hourly: prompts within the last hour.
        opening: share of prompts with the commonest opening words.
        reasoning: share of prompts that demand reasoning.
        roaming: different cells a prompt.
        addresses: different addresses.
    """

    hourly: Scores
    opening: Scores
    reasoning: Scores
    roaming: Scores
    addresses: Scores


def shares(trail: Trail) -> Shares:
    """Return what the heuristics look at."""
    count = len(trail.asked)
    number = np.arange(1, count + 1, dtype=np.float64)
    commonest, tally = np.zeros(count), dict[int, int]()
    most = 0
    for i, query in enumerate(trail.asked):
        if query.opening:
            tally[query.opening] = tally.get(query.opening, 0) + 1
            most = max(most, tally[query.opening])
        commonest[i] = most
    demands = np.cumsum([query.demands_reasoning for query in trail.asked], dtype=np.float64)
    addresses = np.array(trail.addresses, np.float64) if len(trail.addresses) else np.ones(count)
    return Shares(
        counted(trail.at, _HOUR),
        commonest / number,
        demands / number,
        filled(trail) / np.minimum(number, CELLS),
        addresses,
    )


@dataclass(frozen=True)
class Steps:
    """Points for each cut-off that is passed, in the manner of AegisGate.

    Attributes:
        name: what tables call it.
    """

    name: str = "heuristic_steps"

    def fit(self, trails: Sequence[Trail]) -> Self:
        """Return itself: nothing is learnt."""
        del trails
        return self

    def scores(self, trail: Trail) -> Scores:
        """Return the highest sum of points so far; shares count from 20 prompts on."""
        seen = shares(trail)
        spoken = np.arange(1, len(trail.asked) + 1) >= _LEAST
        points = (
            0.30 * (seen.hourly > 100)  # noqa: PLR2004 - the published cut-offs
            + 0.25 * (spoken & (seen.opening > 0.3))  # noqa: PLR2004
            + 0.35 * (spoken & (seen.reasoning > 0.6))  # noqa: PLR2004
            + 0.15 * (seen.addresses > 5)  # noqa: PLR2004
        )
        return running(points)


@dataclass(frozen=True)
class Weights:
    """A weighted mean of graded signals, in the manner of Glasswally.

    Attributes:
        name: what tables call it.
    """

    name: str = "heuristic_weights"

    def fit(self, trails: Sequence[Trail]) -> Self:
        """Return itself: nothing is learnt."""
        del trails
        return self

    def scores(self, trail: Trail) -> Scores:
        """Return the highest weighted mean so far; shares count from 20 prompts on."""
        seen = shares(trail)
        spoken = np.arange(1, len(trail.asked) + 1) >= _LEAST
        graded = (
            0.14 * spoken * seen.opening  # fingerprint
            + 0.10 * np.minimum(seen.hourly / 100.0, 1.0)  # velocity
            + 0.09 * spoken * seen.reasoning  # chain of thought
            + 0.08 * spoken * seen.roaming  # embeddings spread out
            + 0.08 * np.minimum(seen.addresses / 5.0, 1.0)  # one subject at many addresses
        )
        return running(graded / 0.49)
