"""Shards: the work is divided, no two members do the same; or they all do, and then nothing is dealt out."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt

from detectors.base import CEILING, Baseline, Evidence, Family
from detectors.linkage.base import SAMPLE, Id, Imprint
from detectors.linkage.context import Context
from detectors.linkage.sampling import sampled
from detectors.linkage.selection import LEAST

ALL: Final = 2**64 - 1  # greatest fingerprint: a sample that is not full holds all payloads up to there
SAME: Final = 0.1  # of one member's payloads that another has too, from which on they do the same work
OTHERS: Final = 2.0  # members beside it that must have each payload: hiding behind that costs two thirds of a harvest
PAIRS: Final = 8  # partners with whom each member is compared
FEWER: Final = (0.0, 0.1, 0.3)  # of the overlap by chance, that a divided work may have


@dataclass(frozen=True)
class Shards:
    """The members share fewer questions than chance would make them share.

    A harvester splits its prompts, and asks none twice. Of people with the same topics some ask the same. Imprints
    keep the least fingerprints of payloads, so up to the smallest of the members' limits, a share t of all, they are
    complete. If ``context.chance`` = 1/N is the chance that two payloads of different ordinary members coincide,
    the coincidences seen between members with a_i such payloads are Poisson with a mean of at least

        E = sum over pairs of a_i a_j / (N t),

    and the weight is the log of the mean, over shares f of 0, 0.1 and 0.3, of f^seen e^((1-f) E). It says nothing
    without N, and stops at ``ceiling``: N is that of others' topics, and popular questions come in clumps.

    Attributes:
        ceiling: most that it ever says, nats.

    Example:
        >>> rng = np.random.default_rng(1)
        >>> def weight(draw):
        ...     payloads = (np.sort(draw(i).astype("<u8") * 2**40)[:64] for i in range(40))
        ...     members = {f"key:{i}": Imprint(exchanges=50, payloads=own.tobytes()) for i, own in enumerate(payloads)}
        ...     return Shards().evidence(members, Context(imprints=members, chance=1e-4), Baseline()).weight
        >>> weight(lambda i: 1 + 50 * i + np.arange(50)), weight(lambda i: rng.choice(10_000, 50, replace=False) + 1)
        (4.6, 0.0)

    References:
        Broder 1997 (least fingerprints); Chapman 1951 (capture and recapture); Stillguard's threat notes, S11.
    """

    ceiling: float = CEILING

    name: ClassVar[str] = "shards"
    family: ClassVar[Family] = "identity"
    nulls: ClassVar[Mapping[str, float]] = MappingProxyType({})

    def evidence(self, members: Mapping[Id, Imprint], context: Context, _baseline: Baseline) -> Evidence:
        """Weigh how few questions the members share."""
        samples = payloads(list(sampled(members).values()))
        if len(samples) < LEAST or context.chance <= 0.0:
            return Evidence()
        limit = min(_limit(sample) for sample in samples)
        seen = [sample[sample <= limit] for sample in samples]
        counts = np.array([len(sample) for sample in seen], np.float64)
        pairs = (counts.sum() ** 2 - (counts**2).sum()) / 2.0
        expected = float(pairs) * context.chance / max(limit / ALL, 1e-12)
        _, times = np.unique(np.concatenate(seen), return_counts=True)
        shared = float((times * (times - 1.0) / 2.0).sum())
        fair = [_power(share, shared) + (1.0 - share) * expected for share in FEWER]
        top = max(fair)
        weight = top + math.log(sum(math.exp(one - top) for one in fair) / len(FEWER))
        because = {"members": float(len(seen)), "payloads": float(counts.sum()), "shared": shared, "expected": expected}
        return Evidence(min(self.ceiling, max(0.0, weight)), because)


def same_work(members: Mapping[Id, Imprint]) -> bool:
    """Say whether the members do the same work: each payload of one is asked by two others at least, on average.

    A class does its exercises, a benchmark is run by everybody: such people are as even, as like in topics and as
    synchronous as one hand's accounts, so coordination must not count. Compared are pairs, up to the smaller of their
    samples' limits.

    Examples:
        >>> def lives(first):
        ...     own = (np.arange(first(i), first(i) + 20, dtype="<u8") for i in range(30))
        ...     return {f"key:{i}": Imprint(exchanges=20, payloads=these.tobytes()) for i, these in enumerate(own)}
        >>> same_work(lives(lambda i: 1 + i % 3)), same_work(lives(lambda i: 1 + 20 * i))
        (True, False)

    """
    samples = payloads(list(sampled(members).values()))
    if len(samples) < 2:  # noqa: PLR2004 - a pair
        return False
    both = least = 0
    for step in range(1, min(PAIRS, len(samples) - 1) + 1):
        for one, other in zip(samples, [*samples[step:], *samples[:step]], strict=True):
            limit = min(_limit(one), _limit(other))
            a, b = one[one <= limit], other[other <= limit]
            both += len(np.intersect1d(a, b, assume_unique=True))
            least += min(len(a), len(b))
    return least > 0 and both / least >= min(0.5, max(SAME, OTHERS / len(samples)))


def payloads(lives: Sequence[Imprint]) -> list[npt.NDArray[np.uint64]]:
    """Return the members' samples, sorted; who has none is left out."""
    return [np.frombuffer(one.payloads, "<u8") for one in lives if one.payloads]


def _limit(sample: npt.NDArray[np.uint64]) -> int:
    """Return the fingerprint up to which a sample holds all payloads."""
    return int(sample[-1]) if len(sample) >= SAMPLE else ALL


def _power(share: float, times: float) -> float:
    """Return the log of a share to a power."""
    if times <= 0.0:
        return 0.0
    return times * math.log(share) if share > 0.0 else -math.inf
