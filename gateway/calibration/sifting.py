"""Who is left out of the learning, as traffic that is watched may hold harvesters. Pure.

Left out are the subjects that already weigh most against the numbers one starts from: at most the stated share, and
only those that convince. Leaving out a share of the highest in any case would make honest traffic look narrower than it
is, and its false alarms more than promised; leaving out only who convinces hardly touches honest traffic (at most one
in a hundred where the numbers fit). And whoever does not convince can at worst keep the numbers as they are: to push
one up, a subject has to lie beyond it.
"""

import math
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from detectors.base import Baseline, Panel
from gateway.calibration.lives import Life
from gateway.engine import weigh

CONVINCES: Final = math.log(100.0)  # nats; an honest subject gets there at most one time in a hundred (Ville)


def suspicion(panel: Panel, baseline: Baseline, life: Life) -> float:
    """Return the highest fused weight of a life's looks, nats."""
    return max(
        weigh(panel, baseline, seen.folio, life.subject, seen.folio.last_at).standing.weight for seen in life.looks
    )


def suspects(suspicions: Sequence[float], share: float, honest: AbstractSet[int] = frozenset()) -> set[int]:
    """Return the places of those left out: at most ``share`` of all, the highest first, and only who convinces.

    Those known to be honest are never among them.

    Examples:
        >>> sorted(suspects([0.0, 20.0, 1.0, 5.0, 0.0, 9.0, 0.0, 0.0, 0.0, 0.0], 0.2)), suspects([1.0] * 10, 0.2)
        ([1, 5], set())

    """
    most = math.floor(share * len(suspicions) + 1e-9)
    unknown = (i for i in range(len(suspicions)) if i not in honest)
    highest = sorted(unknown, key=lambda i: -suspicions[i])[:most]
    return {i for i in highest if suspicions[i] >= CONVINCES}
