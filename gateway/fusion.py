"""Fusion: what detectors say of a subject becomes one weight a family. Pure.

E-values of one family average, because a mean of e-values is one however dependent they are: so a family's weight is
the log of their mean over all its detectors in the panel, silent ones (e-value 1) included.

Reference: Vovk, Wang 2021, "E-values: calibration, combination and applications".
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from detectors.base import Baseline, Detector, Evidence, Panel

FAULTS: Final = (ValueError, ArithmeticError, LookupError, RuntimeError)  # what numbers and damaged sketches raise


def spoken(panel: Panel, states: Mapping[str, Any], baseline: Baseline, faults: list[str]) -> dict[str, Evidence]:
    """Return each detector's evidence; one that fails, or says what is no number, says nothing and joins ``faults``."""
    return spoken_all(panel, [states], [baseline], [faults])[0]


def spoken_all(
    panel: Panel, states: Sequence[Mapping[str, Any]], baselines: Sequence[Baseline], faults: Sequence[list[str]]
) -> list[dict[str, Evidence]]:
    """Return the same for many subjects, each with its baseline and its faults."""
    with_baseline = list(zip(states, baselines, faults, strict=True))
    columns = [
        [_said(name, detector, own[name], baseline, faulty) for own, baseline, faulty in with_baseline]
        for name, detector in panel.items()
    ]
    return [dict(zip(panel, row, strict=True)) for row in zip(*columns, strict=True)] if panel else [{} for _ in states]


def families(panel: Panel, evidence: Mapping[str, Evidence]) -> dict[str, float]:
    """Return the weight of each family, nats."""
    members: dict[str, list[float]] = {}
    for name, detector in panel.items():
        members.setdefault(detector.family, []).append(evidence[name].weight)
    return {family: log_mean(weights) if any(weights) else 0.0 for family, weights in members.items()}


def _said(name: str, detector: Detector[Any], state: Any, baseline: Baseline, faults: list[str]) -> Evidence:
    try:
        evidence = detector.evidence(state, baseline)
    except FAULTS:
        faults.append(name)
        return Evidence()
    if 0.0 <= evidence.weight < math.inf:
        return evidence
    if evidence.weight < 0:  # says nothing, in other words
        return Evidence(0.0, evidence.because)
    faults.append(name)
    return Evidence()


def log_mean(weights: Sequence[float]) -> float:
    """Return the log of the mean of e-values, given and returned in nats; never below 0."""
    largest = max(weights, default=0.0)
    if largest <= 0.0:
        return 0.0
    return max(0.0, largest + math.log(sum([math.exp(w - largest) for w in weights]) / len(weights)))
