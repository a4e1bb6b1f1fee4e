"""Plays tenants through the features and the engine that run live, and keeps what the baseline is learnt from."""

from collections.abc import Sequence

from detectors.base import Observation, Panel
from detectors.lab.school import LOOKS, Look, Record
from gateway.engine import Folio, begin, fold
from gateway.lab.judging import Bench
from gateway.lab.lives import Playable, lived
from gateway.rehearsal import Pair

_BATCH = 512  # exchanges folded together between two looks


def record(panel: Panel, pairs: Sequence[Pair], kind: str = "", *, adversary: bool = False) -> Record:
    """Return a life, looked at as its exchanges grow by half an octave, and at its end."""
    folio = begin(panel)
    looks: list[Look] = []
    fresh: list[Observation] = []
    for count, pair in enumerate(pairs, 1):
        fresh += pair
        due = count in _LOOKS or count == len(pairs)
        if due or len(fresh) >= 2 * _BATCH:
            folio, fresh = fold(panel, folio, fresh).folio, []
        if due:
            looks.append(_look(count, folio))
    return Record(kind, adversary, looks)


def schooled(bench: Bench, tenant: Playable) -> Record:
    """Return one tenant's life; a padded adversary teaches nothing, so its life is empty."""
    if tenant.label == "adversary" and tenant.share < 1.0:
        return Record("", True, ())
    adversary = tenant.label == "adversary"
    kind = "" if adversary else tenant.traffic_class
    return record(bench.panel, lived(tenant, embedded=False).pairs, kind, adversary=adversary)


def _look(count: int, folio: Folio) -> Look:
    return Look(count, folio.states, folio.company)


_LOOKS = frozenset(LOOKS)
