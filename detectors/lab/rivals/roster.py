"""All rivals, with the parameters of their papers or near to them."""

from detectors.lab.rivals.base import Rival
from detectors.lab.rivals.buckets import Buckets, Rarefaction
from detectors.lab.rivals.heuristics import Steps, Weights
from detectors.lab.rivals.mahalanobis import Mahalanobis
from detectors.lab.rivals.mmd import Discrepancy
from detectors.lab.rivals.prada import Prada
from detectors.lab.rivals.rate_limit import RateLimit
from detectors.lab.rivals.seat import Seat


def rivals() -> list[Rival]:
    """Return one of each. MMD also stands with half a window: it sees less surely, and earlier."""
    return [
        RateLimit("rate_hour", 3600.0),
        RateLimit("rate_day", 86_400.0),
        Discrepancy("mmd_100", window=100),
        Discrepancy("mmd_200", window=200),
        Prada(),
        Seat(),
        Buckets(),
        Rarefaction(),
        Mahalanobis(),
        Steps(),
        Weights(),
    ]
