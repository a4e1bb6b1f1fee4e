"""What others would have made of the same traffic: detectors of single keys, pools by one mark, and an oracle.

Single keys: the literature's detectors and our own panel, an account at a time. Pools: accounts counted by what they
share, in the manner of public heuristics (AegisGate clusters by address and prompt; Glasswally weighs fixed shares).
The oracle is told the true groups, and tests whether the first thousand queries of each are distributed as honest
traffic is (MMD); no guard can be told that. Each is set to the same share of honest accounts, or groups, alarmed.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from detectors.lab.rivals.base import Rival, Trail, threshold
from detectors.lab.rivals.mmd import Discrepancy
from detectors.linkage.base import Id, Imprint, Mark
from gateway.lab.campaign_outcome import Ledger
from gateway.lab.campaign_reading import identity
from gateway.lab.campaign_witness import Witness, unpacked

Peaks: TypeAlias = Mapping[Id, float]
Count: TypeAlias = tuple[int, int]  # so many of so many
_FEW: Final = 3  # exchanges with a scaffold before it counts as used
_BUSY: Final = 100.0  # exchanges an hour at which Glasswally's velocity is full
_MOST: Final = 0.5  # share of a group's accounts, above which it counts as alarmed


class Compared(NamedTuple):
    """How one rival fared: accounts, campaigns and honest groups most of whose accounts were alarmed.

    Attributes:
        name: of the rival.
        keys: attacking accounts alarmed.
        campaigns: campaigns alarmed.
        honest: honest accounts alarmed.
        groups: honest groups alarmed.
    """

    name: str
    keys: Count
    campaigns: Count
    honest: Count
    groups: Count


def compared(ledger: Ledger, witness: Witness, rivals: Sequence[Rival], share: float) -> Iterator[Compared]:
    """Yield how each rival fared at a share of honest accounts alarmed.

    Args:
        ledger: of the trial.
        witness: of its traffic.
        rivals: fitted on honest accounts that are not judged.
        share: of honest accounts that may be alarmed.
    """
    alone = {one: told.peak for one, told in ledger.trial.alone.items()}
    yield _fared(ledger, "stillguard, each key alone", alone, share)
    trails = list(witness.trails())
    for rival in rivals:
        peaks = {one: _peak(rival.scores(trail)) for one, trail in trails}
        yield _fared(ledger, f"{rival.name}, each key alone", peaks, share)
    for name, pool in POOLS.items():
        yield _fared(ledger, f"pools by {name}", pool(ledger.trial.imprints), share)
    yield _oracle(ledger, witness, [trail for one, trail in trails if not ledger.group_of[one]])


def _peak(scores: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> float:
    return float(scores[-1]) if len(scores) else -math.inf


def _fared(ledger: Ledger, name: str, peaks: Peaks, share: float) -> Compared:
    honest = [identity(one) for one in ledger.honest() if identity(one) in peaks]
    limit = threshold([peaks[one] for one in honest], share)
    alarmed = {one for one, peak in peaks.items() if peak >= limit and peak > -math.inf}
    guilty = [one for one in ledger.trial.served if one in peaks]
    sides = {True: [0, 0], False: [0, 0]}
    for group in ledger.groups.values():
        mine = [identity(one) for one in group.members if identity(one) in peaks]
        if mine and group.side != "framed":
            count = sides[group.side == "campaign"]
            count[0] += sum(one in alarmed for one in mine) > len(mine) * _MOST
            count[1] += 1
    return Compared(
        name, (sum(one in alarmed for one in guilty), len(guilty)), (sides[True][0], sides[True][1]),
        (sum(one in alarmed for one in honest), len(honest)), (sides[False][0], sides[False][1]),
    )  # fmt: skip


def _oracle(ledger: Ledger, witness: Witness, honest: Sequence[Trail]) -> Compared:
    """Return how MMD fares that is told the true groups, at a threshold that no honest group reaches."""
    test = Discrepancy("mmd", window=200).fit(honest)
    scores: dict[str, float] = {}
    for name, vectors in witness.vectors.items():
        lifted = test.lift(unpacked(vectors))
        n, total = len(lifted), lifted.sum(axis=0, dtype=np.float64)
        own = (float(total @ total) - n) / (n * (n - 1)) if n > 1 else -math.inf
        scores[name] = own + test.within - 2.0 * float(total @ test.mean) / n
    innocent = [scores[one.name] for one in ledger.innocents() if one.name in scores]
    guilty = [scores[one.name] for one in ledger.groups.values() if one.side == "campaign" and one.name in scores]
    limit = threshold(innocent, 0.0)
    return Compared(
        "mmd, told the true groups", (0, 0), (sum(one >= limit for one in guilty), len(guilty)), (0, 0),
        (sum(one >= limit for one in innocent), len(innocent)),
    )  # fmt: skip


def _shared(imprints: Mapping[Id, Imprint], marks: Callable[[Imprint], Iterable[object]]) -> Peaks:
    """Return the size of the largest pool that each account is in; a pool is all who show one mark."""
    shown = {one: set(marks(imprint)) for one, imprint in imprints.items()}
    sizes = Counter(mark for own in shown.values() for mark in own)
    return {one: float(max((sizes[mark] for mark in own), default=0)) for one, own in shown.items()}


def _values(marks: Iterable[Mark], least: int = 1) -> list[int]:
    return [mark.value for mark in marks if mark.count >= least]


def _clustered(imprint: Imprint) -> list[tuple[int, int]]:
    return [(one, other) for one in _values(imprint.networks) for other in _values(imprint.openings, _FEW)]


def _weighed(imprints: Mapping[Id, Imprint]) -> Peaks:
    """Return fixed weights on pooled shares, in the manner of Glasswally's workers."""
    clients = _shared(imprints, lambda one: _values(one.clients))
    networks = _shared(imprints, lambda one: _values(one.networks))
    asns = _shared(imprints, lambda one: _values(one.asns))
    openings = _shared(imprints, lambda one: _values(one.openings, _FEW))
    found = {}
    for one, imprint in imprints.items():
        busy = max(imprint.hours, default=0) / _BUSY
        found[one] = (
            0.14 * _grade(openings[one]) + 0.10 * min(1.0, busy) + 0.09 * imprint.demands / max(1, imprint.exchanges)
            + 0.08 * _grade(networks[one]) + 0.07 * _grade(asns[one]) + 0.07 * _grade(clients[one])
        )  # fmt: skip
    return found


def _grade(pool: float) -> float:
    """Return how large a pool is, 0 to 1: on the scale of orders of magnitude up to a thousand accounts."""
    return min(1.0, math.log10(max(1.0, pool)) / 3.0)


def _volume(imprints: Mapping[Id, Imprint]) -> Peaks:
    """Return the most exchanges that any scaffold of an account has over all accounts, singles only."""
    totals: Counter[int] = Counter()
    for imprint in imprints.values():
        totals.update({mark.value: mark.count for mark in imprint.scaffolds if imprint.single})
    return {
        one: float(max((totals[mark.value] for mark in imprint.scaffolds), default=0))
        for one, imprint in imprints.items()
    }


POOLS: Final[Mapping[str, Callable[[Mapping[Id, Imprint]], Peaks]]] = {
    "network": lambda all_: _shared(all_, lambda one: _values(one.networks)),
    "scaffold": lambda all_: _shared(all_, lambda one: _values(one.scaffolds, _FEW)),
    "software": lambda all_: _shared(all_, lambda one: _values(one.clients)),
    "software and habit": lambda all_: _shared(all_, lambda one: _values(one.habits, _FEW)),
    "scaffold's volume": _volume,
    "network and prompt (AegisGate)": lambda all_: _shared(all_, _clustered),
    "fixed weights (Glasswally)": _weighed,
}
