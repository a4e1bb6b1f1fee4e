"""The core of a group: what most of its members do, and who contradicts it."""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from detectors.baseline import Floats
from detectors.linkage.base import TOPIC, Id, Imprint

ENOUGH: Final = 8  # exchanges before which nobody contradicts anything
SURE: Final = 4.0  # standard errors by which a member's own mean must lie apart: one in 30,000 of the core's by chance
APART: Final = 0.5  # of a share: half of what it does is something else
LONGER: Final = 1.4  # of the mean log length: four times as long, or a quarter
SPREADS: Final = 6.0  # of the core's own spread (median deviation) that count as its own: a core may be mixed
TURNED: Final = 0.35  # of the cosine with the core's topic, below the core's usual: contents of another kind


def contradicting(imprints: Mapping[Id, Imprint]) -> set[Id]:
    """Return those whose own behaviour contradicts the core: what most do, the median, which a minority cannot move.

    Compared are the shares of single questions, of conversations and of tools, the mean logarithms of what is asked
    and taken, and the topic. A member is told apart only where its own exchanges make it sure, and where the core
    itself is of one kind: in a mixed group nobody is out of place.
    """
    names = sorted(one for one, imprint in imprints.items() if imprint.exchanges >= ENOUGH)
    if not names:
        return set()
    lives = [imprints[one] for one in names]
    apart = np.zeros(len(names), np.bool_)
    counts = np.array([life.exchanges for life in lives], np.float64)
    for kind in ("single", "talks", "tools"):
        shares = np.array([getattr(life, kind) for life in lives]) / counts
        apart |= _out(shares, 0.5 / np.sqrt(counts), APART)
    for kind in ("asked", "taken"):
        means = np.array([getattr(life, kind)[0] for life in lives]) / counts
        squares = np.array([getattr(life, kind)[1] for life in lives]) / counts
        errors = np.sqrt(np.maximum(squares - means * means, 0.04) / counts)  # nobody's lengths vary by less than 20 %
        apart |= _out(means, errors, LONGER)
    cosines = _cosines([life.topic for life in lives], np.array([life.vectors for life in lives], np.float64))
    apart |= (cosines < 0.0) & _out(cosines, np.zeros(len(names)), TURNED)
    return {name for name, out in zip(names, apart, strict=True) if out}


def _out(values: Floats, errors: Floats, least: float) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Say which values lie apart from their median, beyond their own errors, ``least`` and the core's spread."""
    away = np.abs(values - np.median(values))
    out: np.ndarray[tuple[int], np.dtype[np.bool_]] = away > np.maximum(
        np.maximum(SURE * errors, least), SPREADS * float(np.median(away))
    )
    return out


def _cosines(topics: list[bytes], vectors: Floats) -> Floats:
    """Return how each topic points along the core's, less what is usual, at most 0; 0 where too little is known."""
    rows = np.zeros((len(topics), TOPIC))
    for place, topic in enumerate(topics):
        if len(topic) == 4 * TOPIC:
            rows[place] = np.frombuffer(topic, "<f4")
    lengths = np.sqrt((rows * rows).sum(axis=1))
    known = (vectors >= ENOUGH) & (lengths > 0.0)
    if not known.any():
        return np.zeros(len(topics))
    unit = rows / np.maximum(lengths, 1e-9)[:, None]
    core = np.median(unit[known], axis=0)
    size = math.sqrt(float(core @ core))
    cosines = unit @ core / size if size > 0.0 else np.zeros(len(topics))
    return np.where(known, np.minimum(cosines - float(np.median(cosines[known])), 0.0), 0.0)
