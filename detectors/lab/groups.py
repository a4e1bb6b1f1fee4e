"""From honest accounts of each kind to the numbers that coordination holds groups against."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from detectors.base import Baseline
from detectors.linkage.balance import loads
from detectors.linkage.base import Id, Imprint
from detectors.linkage.context import Context
from detectors.linkage.selection import LEAST
from detectors.linkage.synchrony import Synchrony
from detectors.linkage.topics import Topics

LOWEST: Final = 0.1  # of kinds that may differ less in their loads: exams that everybody sits alike, and small kinds
HIGHEST: Final = 0.9  # of kinds whose blocks may pass at most as often as the rate


def learnt(kinds: Mapping[str, Mapping[Id, Imprint]]) -> dict[str, float]:
    """Return ``balance.spread``, ``topics.rate`` and ``synchrony.rate``, from imprints of honest accounts by kind.

    Kinds of fewer than ``LEAST`` accounts teach nothing. The spread is that of the log rates, which holds the chance
    of counting too, so it is a little too wide for kinds that ask little; those are not the ones it is lowest for.
    """
    spreads: list[float] = []
    passed: dict[str, list[float]] = {"topics": [], "synchrony": []}
    for members in kinds.values():
        lives = [one for one in members.values() if one.exchanges > 2]  # noqa: PLR2004 - something between first and last
        if len(lives) < LEAST:
            continue
        counts, days = loads(lives)
        spreads.append(float(np.log((counts + 0.5) / days).std(ddof=1)))
        context = Context(imprints=members)
        for detector in (Topics(), Synchrony()):
            because = detector.evidence(members, context, Baseline()).because
            if because:
                passed[detector.name].append(because["alike"])
    return {
        "balance.spread": _quantile(spreads, LOWEST),
        "topics.rate": _quantile(passed["topics"], HIGHEST),
        "synchrony.rate": _quantile(passed["synchrony"], HIGHEST),
    }


def _quantile(values: list[float], share: float) -> float:
    return round(float(np.quantile(values, share)), 4) if values else 0.0
