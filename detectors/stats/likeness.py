"""How much a subject's shares look like harvesting: learnt weights of evidence, and the honest tail that they face.

A score is linear in a few shares of the subject's own behaviour, each with a weight that may grow with the logarithm
of how much was seen. The weights are learnt by ``stillguard lab learn`` (logistic regression, each sign fixed before
by its cause), and no score means anything by itself: what counts is how rarely honest subjects ever reach it. Over
honest subjects' whole lives the highest score has a law whose upper tail is taken as exponential: median and scale are
learnt, per traffic class, from quantiles that a few contaminated subjects cannot move. A score's p-value under that
law is worth an e-value, and since the law is that of the *highest* score of a life, the e-value holds at any time.

References:
    Good 1950, "Probability and the weighing of evidence" (weights that add); Pickands 1975 (exponential tails);
    Vovk, Wang 2021 (from p-values to e-values).
"""

import math
from collections.abc import Mapping

from detectors.base import Baseline
from detectors.stats import calibration

LEAST = 8  # exchanges before which nothing is said: weights stand as they are there
OCTAVES = 8.0  # doublings from there until a weight has grown by its whole slope: at 2,048 exchanges


def grown(n: float) -> float:
    """Return how far n exchanges are on the way that weights grow: 0 at ``LEAST``, 1 after ``OCTAVES`` doublings."""
    return max(0.0, math.log2(max(n, 1.0) / LEAST) / OCTAVES)


def enough(n: float) -> bool:
    """Return whether so many exchanges may say anything: most subjects never get there, and need not be looked at."""
    return n >= LEAST


def score(name: str, shares: Mapping[str, float], n: float, baseline: Baseline) -> float:
    """Return the score of a subject's shares after n exchanges; its unit means nothing but by ``log_e``."""
    way = grown(n)
    weight, slope, rest = _law(name, tuple(shares), baseline)
    total = weight + way * slope
    for share, weight, slope in rest:
        total += (weight + way * slope) * shares[share]
    return total


def _law(name: str, shares: tuple[str, ...], baseline: Baseline) -> tuple[float, float, list[tuple[str, float, float]]]:
    """Return a detector's bias and its slope, and each share that has a weight, with it and its slope; found once."""
    place = ("law", name, shares)
    if place not in baseline.kept:
        table = baseline.weights.get(name, {})
        pairs = [(share, table.get(share, 0.0), table.get(f"{share}.slope", 0.0)) for share in ("bias", *shares)]
        (_, bias, slope), *rest = pairs
        baseline.kept[place] = bias, slope, [pair for pair in rest if any(pair[1:])]
    law: tuple[float, float, list[tuple[str, float, float]]] = baseline.kept[place]
    return law


def log_e(name: str, shares: Mapping[str, float], n: float, baseline: Baseline) -> float:
    """Return the log e-value (nats, never below 0) of shares against the honest tail; 0 where none was learnt."""
    scale = baseline.number(f"{name}.tail.scale", 0.0)
    if not enough(n) or scale <= 0.0:
        return 0.0
    beyond = (score(name, shares, n, baseline) - baseline.number(f"{name}.tail.from", 0.0)) / scale
    if beyond <= 0.0:
        return 0.0
    share = baseline.number(f"{name}.tail.share", 0.2)  # of honest subjects that ever get as far as the tail
    return max(0.0, calibration.log_e_of_p(share * math.exp(-min(beyond, 600.0))))
