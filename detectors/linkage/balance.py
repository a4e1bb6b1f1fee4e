"""Balance: loads are dealt out evenly, where independent customers differ by factors."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import ClassVar, Final

import numpy as np
from scipy.special import gammainc, gammaln
from scipy.stats import t as student

from detectors.base import Baseline, Evidence, Family
from detectors.baseline import Floats
from detectors.linkage.base import Id, Imprint
from detectors.linkage.context import Context
from detectors.linkage.sampling import sampled
from detectors.linkage.selection import LEAST

DAY: Final = 86_400.0  # seconds
STEP: Final = 0.05  # of the grid of log rates: a twentieth
GRID: Final = np.arange(math.log(1e-3), math.log(1e5), STEP)  # log of exchanges a day: one in three years to any key
BUSIEST: Final = 400  # exchanges beyond which a rate is known no better: nobody is steadier than a twentieth
SHORTEST: Final = 1.0 / 24.0  # days: who came for less than an hour came for an hour, as imprints count hours
ADMITTED: Final = (0.0, 1.0, 0.8, 0.5)  # of the least busy member: what may have been asked of all, to be linked
MOST_ASKED: Final = 24  # exchanges that linkage, or a store that drops its smallest cases, asks for at most
SPREADS: Final = (0.05, 0.1, 0.15, 0.2, 0.3)  # of dealt-out loads, sd of log rates: even, to within a third
STRAY, ASTRAY = 0.05, 1.0  # share of members that linkage brought along by mistake, and the spread of their log rates
WIDER: Final = (1.0, 1.3, 1.7, 2.3, 3.2)  # times the least spread: how customers may differ
CENTRES: Final = np.arange(-3.0, 9.01, 0.1)  # log of median exchanges a day
LOW: Final = np.arange(-12.0, 9.01, 0.5)  # the same for customers: those far below are seen by their upper tail only
NEAR: Final = np.arange(-0.5, 0.51, 0.05)  # about the best of these, to find the better one beside it
DECILES: Final = 2.563  # standard deviations between the lowest and the highest tenth of a bell
TAIL: Final = 3.0  # degrees of freedom of a heavy tail


@dataclass(frozen=True)
class Balance:
    """The members' rates lie closer together than those of independent customers ever do.

    A pool deals its work out: each account gets so many questions a day, as many as the next. Customers differ by
    factors, whatever they share. Of each member counts how many exchanges fell between its first and its last, and
    over how many days, so that late-comers and those who were stopped compare with the rest. Null: each member's log
    rate is drawn from one bell, or from one with a heavy tail (Student, 3 degrees of freedom), of any centre and of a
    spread of at least ``spread``, and the count is Poisson; only those may have been linked, or kept, who showed at
    least some number of exchanges, any up to 24: the busy end of a crowd is even too. Alternative: the same with a
    spread of 0.05 to 0.3, but for one in twenty that linkage brought along by mistake. The weight is

        log mean over alternatives L(counts) - max over nulls L(counts)

    and under each null the mean of its exponential is at most 1, in finite samples and without any regularity.
    Counts of five exchanges each are Poisson in both, so they say hardly anything, as it should be.

    It is blind to a pool that deals out unevenly on purpose, at the price of accounts that idle.

    Numbers read from the baseline (``nulls``): ``balance.spread``, the least standard deviation of log rates among
    independent customers of one kind.

    Example:
        >>> rng = np.random.default_rng(1)
        >>> def group(rates):
        ...     lives = [Imprint(exchanges=2 + rng.poisson(9 * rate), last_at=9 * DAY, first_at=0.0) for rate in rates]
        ...     return {f"key:{i}": life for i, life in enumerate(lives)}
        >>> def weight(rates):
        ...     members = group(rates)
        ...     return Balance().evidence(members, Context(imprints=members), Baseline()).weight
        >>> weight([20.0] * 60) > 20.0, weight(rng.lognormal(3.0, 1.2, 60)), weight([20.0] * 7)
        (True, 0.0, 0.0)

    References:
        Wasserman, Ramdas, Balakrishnan 2020, "Universal inference" (any density over the null's maximum);
        Robbins 1970 (mixtures); Aitchison, Ho 1989 (Poisson and log-normal); Stillguard's threat notes, 1.6 and 9.
    """

    spread: float = 0.6

    name: ClassVar[str] = "balance"
    family: ClassVar[Family] = "timing"
    nulls: ClassVar[Mapping[str, float]] = MappingProxyType({"balance.spread": 0.6})

    def evidence(self, members: Mapping[Id, Imprint], _context: Context, baseline: Baseline) -> Evidence:
        """Weigh how evenly the members ask."""
        lives = [one for one in sampled(members).values() if one.exchanges >= 2]  # noqa: PLR2004 - first and last
        if len(lives) < LEAST:
            return Evidence()
        least = max(self.spread, baseline.number("balance.spread", self.spread))
        counts, days = loads(lives)
        weight = log_e(counts, days, least)
        low, high = np.quantile(counts / days, [0.1, 0.9])
        because = {
            "members": float(len(members)),
            "low": float(low),
            "high": float(high),
            "factor": math.exp(DECILES * least),
        }
        return Evidence(max(0.0, weight), because)


def loads(lives: Sequence[Imprint]) -> tuple[Floats, Floats]:
    """Return exchanges between the first and the last, at most ``BUSIEST``, and the days that they took."""
    between = np.array([one.exchanges - 2 for one in lives], np.float64)
    days = np.maximum(np.array([(one.last_at - one.first_at) / DAY for one in lives]), SHORTEST)
    scale = np.minimum(1.0, BUSIEST / np.maximum(between, 1.0))
    return np.floor(between * scale), days * scale


def log_e(counts: Floats, days: Floats, least: float) -> float:
    """Return the log e-value (nats, maybe below 0) against a spread of at least ``least``."""
    shown = _poisson(counts, days)
    even = _log_likelihood(shown, _dealt(tuple(s for s in SPREADS if s <= least / 2.0)))
    top = float(even.max())
    mean = top + math.log(float(np.exp(even - top).mean()))
    spreads = tuple(least * wider for wider in WIDER)
    weight = math.inf
    for least_seen in dict.fromkeys(int(share * min(MOST_ASKED, counts.min())) for share in ADMITTED):
        if weight > 0.0:  # a further null only lowers it
            weight = min(weight, mean - _greatest(shown, _seen(days, least_seen), spreads))
    return weight


def _seen(days: Floats, least: int) -> Floats:
    """Return the chance at each rate that a member shows at least so many exchanges, shape (members, grid)."""
    if least == 0:
        return np.ones((1, len(GRID)))
    chance: Floats = gammainc(least, np.exp(GRID)[None, :] * days[:, None])
    return chance


def _greatest(shown: Floats, seen: Floats, spreads: tuple[float, ...]) -> float:
    """Return the null's greatest log-likelihood: the best of coarse centres, then the best near it."""
    coarse = _given(shown, seen, _bells(spreads, LOW.tobytes()))
    best = float(LOW[int(coarse.argmax()) // len(spreads) % len(LOW)])
    near = _given(shown, seen, _laws(spreads, best + NEAR))
    return max(float(coarse.max()), float(near.max()))


def _given(shown: Floats, seen: Floats, bells: Floats) -> Floats:
    """Return the log-likelihood of all members under each bell, given that they are seen."""
    return _log_likelihood(shown, bells) - len(shown) / len(seen) * _log_likelihood(seen, bells)


def _poisson(counts: Floats, days: Floats) -> Floats:
    """Return the likelihood of each member's count at each rate of the grid, shape (members, grid)."""
    means = GRID[None, :] + np.log(days)[:, None]
    likelihood: Floats = np.exp(counts[:, None] * means - np.exp(means) - gammaln(counts + 1.0)[:, None])
    return likelihood


def _log_likelihood(each: Floats, bells: Floats) -> Floats:
    """Return the log-likelihood of all members under each bell."""
    found: Floats = np.log(np.maximum(each @ bells, 1e-300)).sum(axis=0)
    return found


@lru_cache(maxsize=4)
def _dealt(spreads: tuple[float, ...]) -> Floats:
    """Return the laws of dealt-out rates: a bell, and about the same centre some that were brought along by mistake."""
    stray = _laws((ASTRAY,), CENTRES)[:, : len(CENTRES)]  # the bells; heavy tails stand behind them
    both = [(1.0 - STRAY) * _laws((spread,), CENTRES) + STRAY * stray for spread in spreads]
    return np.concatenate(both, axis=1)


@lru_cache(maxsize=16)
def _bells(spreads: tuple[float, ...], centres: bytes) -> Floats:
    """Return ``_laws``, kept."""
    return _laws(spreads, np.frombuffer(centres))


def _laws(spreads: tuple[float, ...], centres: Floats) -> Floats:
    """Return the laws of log rates on the grid, normal ones and, if wide, heavy ones beside; shape (grid, laws)."""
    z = GRID[:, None, None] - centres[None, :, None]
    z = z / np.array(spreads)[None, None, :]
    laws = [np.exp(-0.5 * z * z).reshape(len(GRID), -1)]
    if spreads[0] > SPREADS[-1]:  # customers
        laws.append(student.pdf(z, TAIL).reshape(len(GRID), -1))
    both = np.concatenate(laws, axis=1)
    found: Floats = both / np.maximum(both.sum(axis=0, keepdims=True), 1e-300)
    return found
