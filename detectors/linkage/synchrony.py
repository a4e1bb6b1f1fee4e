"""Synchrony: one hand's hours are dealt out as its questions are, where people come in sittings of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Final

import numpy as np

from detectors.base import CEILING, Baseline, Evidence, Family
from detectors.baseline import Floats
from detectors.linkage import blocks
from detectors.linkage.base import HOURS, Id, Imprint
from detectors.linkage.context import Context
from detectors.linkage.sampling import sampled
from detectors.linkage.selection import LEAST
from detectors.stats import betting, calibration

ENOUGH: Final = 6  # exchanges within the hours remembered, before which a member has no sittings
TURNS: Final = 32  # rotations that complementary hours are compared with
_SEED: Final = 20_261_127  # of the rotations: any would do, as long as it stays


@dataclass(frozen=True)
class Synchrony:
    """Which hour a question falls into tells nothing of which member asks it; or the members' hours fill each other up.

    People come in sittings: where one question of somebody's falls, the next is near, and nobody else's is. One hand
    deals hour by hour to whichever account is next, so two questions of one account share an hour no oftener than two
    of different accounts do; that also holds for a pool that rests, starts and stops together. With n questions, n_h
    of them in hour h, without bias

        within = sum of n_h (n_h - 1) / (n (n - 1)),    across = sum of n_h n'_h / (n n').

    A trial is a block of four members, a success across >= ``share`` * within. Beside it stands the opposite: shifts.
    If members' hours are turned by chance, each by as many hours as dice say, their sum is rougher than that of
    members who relieve each other; people's common day makes it smoother turned, so it hides shifts and invents none.
    The two e-values are averaged.

    Daily jobs that start on the hour share hours too; a pool that imitates sittings, account by account, is not seen.

    Numbers read from the baseline (``nulls``): ``synchrony.rate``, the share of honest blocks of one kind that pass.

    Attributes:
        share: of two questions of one member in one hour, that those of two members reach.
        ceiling: most that it ever says, nats: installations that report on a schedule, and nightly jobs, pass too.

    Example:
        >>> rng = np.random.default_rng(1)
        >>> def member(sittings, n=60):
        ...     hours = np.bincount(rng.choice(HOURS, sittings)[rng.integers(0, sittings, n)], minlength=HOURS)
        ...     return Imprint(exchanges=n, hour=999, hours=hours.astype(np.uint8).tobytes())
        >>> def weight(sittings):
        ...     members = {f"key:{i}": member(sittings) for i in range(60)}
        ...     return Synchrony().evidence(members, Context(imprints=members), Baseline()).weight
        >>> weight(100_000), weight(9)
        (4.6, 0.0)

    References:
        Ripley 1976 (coincidences within and across); Stillguard's threat notes, 1.1 ("synchronised traffic … timing
        that suggests load balancing") and S10.
    """

    share: float = 0.5
    ceiling: float = CEILING

    name: ClassVar[str] = "synchrony"
    family: ClassVar[Family] = "timing"
    nulls: ClassVar[Mapping[str, float]] = MappingProxyType({"synchrony.rate": 0.25})

    def evidence(self, members: Mapping[Id, Imprint], _context: Context, baseline: Baseline) -> Evidence:
        """Weigh how the members' hours go together."""
        hours = _hours([one for one in sampled(members).values() if one.hours])
        if len(hours) < LEAST:
            return Evidence()
        counts = hours.sum(axis=1)
        within = (hours * (hours - 1.0)).sum(axis=1) / (counts * (counts - 1.0))
        shares = hours / counts[:, None]
        products: Floats = shares @ shares.T

        def alike(block: blocks.Indices) -> bool:
            square = products[np.ix_(block, block)]
            across = (square.sum() - np.trace(square)) / (len(block) * (len(block) - 1))
            return bool(across > 0.0 and across >= self.share * within[block].mean())

        rate = baseline.number("synchrony.rate", self.nulls["synchrony.rate"])
        dealt, passed = blocks.log_e(len(hours), alike, rate)
        weight = betting.log_mean(dealt, relieving(hours))
        cross = (products.sum() - np.trace(products)) / (len(hours) * (len(hours) - 1))
        because = {
            "members": float(len(hours)),
            "alike": passed,
            "within": float(within.mean()),
            "across": float(cross),
        }
        return Evidence(min(self.ceiling, max(0.0, weight)), because)


def _hours(lives: Sequence[Imprint]) -> Floats:
    """Return exchanges by hour on one clock, of each member with enough on it, shape (members, HOURS)."""
    newest = max((one.hour for one in lives), default=0)
    rows = np.zeros((len(lives), HOURS))
    for place, one in enumerate(lives):
        ends = HOURS - min(newest - one.hour, HOURS)
        counts = np.frombuffer(one.hours, np.uint8)[-HOURS:]
        kept = counts[max(0, len(counts) - ends) :] if ends else counts[:0]
        rows[place, ends - len(kept) : ends] = kept
    enough: Floats = rows[rows.sum(axis=1) >= ENOUGH]
    return enough


def relieving(hours: Floats) -> float:
    """Return the log e-value (nats, maybe below 0) of hours that fill each other up more evenly than chance does."""
    members, length = hours.shape
    dice = np.random.default_rng(_SEED)
    places = np.arange(length)[None, None, :] + dice.integers(0, length, (TURNS, members, 1))
    rows = np.arange(members)[None, :, None]
    turned = hours[rows, places % length].sum(axis=1)
    rough = (turned * turned).sum(axis=1)
    smooth = float((hours.sum(axis=0) ** 2).sum())
    z = (float(rough.mean()) - smooth) / max(float(rough.std()), 1e-9)
    return calibration.log_e_of_p(calibration.upper_tail(z))
