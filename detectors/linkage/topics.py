"""Topics: the members' questions are draws of one pool, where people have topics of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Final

import numpy as np

from detectors.base import Baseline, Evidence, Family
from detectors.baseline import Floats
from detectors.linkage import blocks
from detectors.linkage.base import TOPIC, Id, Imprint
from detectors.linkage.context import Context
from detectors.linkage.sampling import sampled
from detectors.linkage.selection import LEAST

ENOUGH: Final = 4  # payloads before which a member has no topic


@dataclass(frozen=True)
class Topics:
    """What the members ask about differs from one to the next no more than from one question to the next.

    A pool is dealt out blindly, so each account's mean topic is the pool's, but for chance. People have topics of
    their own. Of unit vectors with sum S over m questions the mean is S/m, and w = (1 - |S/m|^2) m / (m - 1) is the
    spread between one subject's questions, without bias. Between subjects, without bias,

        b = mean of (|S/m|^2 - w/m) - mean over pairs of (S/m)(S'/m'),

    and b / (b + w) is the share of all variance that tells subjects apart. A trial is a block of four members, a
    success a share of at most ``share``.

    Not all people differ, though. Players of one game and users of one completion are as alike as a pool's accounts:
    among the lab's honest kinds one in ten always passes. Hence the high rate and the low ceiling: alone it never
    makes its family speak, it only stands beside what does.

    Numbers read from the baseline (``nulls``): ``topics.rate``, the share of honest blocks of one kind that pass.

    Attributes:
        share: of variance between members, up to which nothing tells them apart.
        ceiling: most that it ever says, nats.

    Example:
        >>> rng = np.random.default_rng(1)
        >>> def member(own, m=20):
        ...     rows = rng.standard_normal((m, TOPIC)) + own * rng.standard_normal(TOPIC)
        ...     rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        ...     return Imprint(exchanges=m, vectors=m, topic=rows.sum(axis=0).astype("<f4").tobytes())
        >>> def weight(own):
        ...     members = {f"key:{i}": member(own) for i in range(60)}
        ...     return Topics().evidence(members, Context(imprints=members), Baseline()).weight
        >>> weight(0.0) > 2.7, weight(0.5)
        (True, 0.0)

    References:
        Searle, Casella, McCulloch 1992, "Variance components"; Stillguard's threat notes, S11 and 1.1 ("all targeting
        the same narrow capability").
    """

    share: float = 0.01
    ceiling: float = 2.8

    name: ClassVar[str] = "topics"
    family: ClassVar[Family] = "identity"
    nulls: ClassVar[Mapping[str, float]] = MappingProxyType({"topics.rate": 0.6})

    def evidence(self, members: Mapping[Id, Imprint], _context: Context, baseline: Baseline) -> Evidence:
        """Weigh how alike the members' topics are."""
        lives = [one for one in sampled(members).values() if one.vectors >= ENOUGH and len(one.topic) == 4 * TOPIC]
        if len(lives) < LEAST:
            return Evidence()
        counts = np.array([one.vectors for one in lives], np.float64)
        means = np.array([np.frombuffer(one.topic, "<f4") for one in lives], np.float64) / counts[:, None]
        products: Floats = means @ means.T
        within = np.maximum((1.0 - np.diag(products)) * counts / (counts - 1.0), 1e-9)
        own = np.diag(products) - within / counts

        def alike(block: blocks.Indices) -> bool:
            square = products[np.ix_(block, block)]
            cross = (square.sum() - np.trace(square)) / (len(block) * (len(block) - 1))
            between = own[block].mean() - cross
            return bool(between <= self.share * (between + within[block].mean()))

        rate = baseline.number("topics.rate", self.nulls["topics.rate"])
        weight, passed = blocks.log_e(len(lives), alike, rate)
        because = {"members": float(len(lives)), "alike": passed}
        return Evidence(min(self.ceiling, max(0.0, weight)), because)
