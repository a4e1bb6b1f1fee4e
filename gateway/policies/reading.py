"""What a condition may read of a standing: the variables of CEL, their types, and how they are filled.

Every number of a map is a double. Keys that are known but silent are filled with 0, so that a rule need not ask
``has`` for each: families, traffic classes, harvest, and the detectors and strikes that a rule names.
"""

import math
from collections.abc import Mapping
from typing import Any, Final, get_args

from cel_expr_python import cel

from detectors.base import Family, Harvest
from detectors.company import CLASSES
from gateway.decisions import Standing

SPEAKS: Final = math.log(5)
"""Nats from which a family counts as speaking.

An e-value of 5 comes to an innocent subject at most one time in five (Markov), so asking for a second family
makes a false alarm up to five times rarer on top of ``one_in``. Lower, and noise would count as a second family;
higher, and campaigns that stay small on each key would never show two.
"""

FAMILIES: Final[tuple[str, ...]] = get_args(Family)
HARVEST: Final[tuple[str, ...]] = Harvest.__struct_fields__
_T = cel.Type
_NUMBERS = _T.Map(_T.STRING, _T.DOUBLE)
VARIABLES: Final[Mapping[str, cel.Type]] = {
    "weight": _T.DOUBLE,  # fused, nats
    "one_in": _T.DOUBLE,  # the same as a false-alarm bound, subject-days
    "evidence": _NUMBERS,  # nats by detector
    "families": _NUMBERS,  # nats by family
    "speaking": _T.INT,  # families that speak
    "harvest": _NUMBERS,  # tokens, and counts of answers
    "class": _NUMBERS,  # share by traffic class
    "models": _T.List(_T.STRING),
    "tags": _T.List(_T.STRING),
    "scope": _T.STRING,
    "members": _T.INT,  # of a campaign; 0 of any other subject
    "hour": _T.INT,  # UTC, 0 to 23
    "weekday": _T.INT,  # UTC, Monday is 1 and Sunday 7
    "strikes": _T.Map(_T.STRING, _T.INT),  # times a rule was decided before, by policy/rule
}
_LARGEST = 700.0  # nats; exp of more is no finite double
_LATEST = 1e12  # seconds since the epoch; a clock beyond is broken
_DAY, _HOUR = 86400, 3600
_THURSDAY = 3  # the epoch's weekday, from Monday at 0
_NO_FAMILIES = dict.fromkeys(FAMILIES, 0.0)
_NO_CLASSES = dict.fromkeys(CLASSES, 0.0)


def speaking(standing: Standing) -> int:
    """Return how many families speak."""
    return sum([weight >= SPEAKS for weight in standing.families.values()])


def variables(standing: Standing, silent: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """Return the variables of a standing.

    Args:
        standing: whom it is about, and the numbers.
        silent: keys of ``evidence`` and ``strikes`` that are 0 where the standing does not name them.
    """
    moment = int(standing.at) if abs(standing.at) < _LATEST else 0
    harvest = standing.harvest
    evidence = dict.fromkeys(silent.get("evidence", ()), 0.0)
    evidence.update({name: float(said.weight) for name, said in standing.evidence.items()})
    return {
        "weight": float(standing.weight),
        "one_in": math.exp(min(standing.weight, _LARGEST)),
        "evidence": evidence,
        "families": {**_NO_FAMILIES, **standing.families},
        "speaking": speaking(standing),
        "harvest": {name: float(getattr(harvest, name)) for name in HARVEST},
        "class": {**_NO_CLASSES, **standing.company},
        "models": [_clean(model) for model in standing.models],
        "tags": [_clean(tag) for tag in standing.tags],
        "scope": standing.subject.scope,
        "members": standing.members,
        "hour": moment // _HOUR % 24,
        "weekday": (moment // _DAY + _THURSDAY) % 7 + 1,
        "strikes": {**dict.fromkeys(silent.get("strikes", ()), 0), **standing.strikes},
    }


def _clean(text: str) -> str:
    """Return a text that is UTF-8: a client can put half a character into a model's name."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
