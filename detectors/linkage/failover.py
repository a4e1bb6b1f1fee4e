"""Failover: a member is refused, and within hours the others take its work over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Final

import numpy as np

from detectors.base import Baseline, Evidence, Family
from detectors.baseline import Floats
from detectors.linkage.base import HOURS, Id, Imprint
from detectors.linkage.context import Context
from detectors.stats import betting

HOUR: Final = 3_600.0  # seconds
WITHIN: Final = (2, 6, 24)  # hours in which traffic comes back: a script's failover, a person's, the next day's
LEAST: Final = 24  # hours beside the ban's own that it is compared with
SURGES: Final = 2.0  # power of the uplift that is compared: the greater, the more one hour may stand out


@dataclass(frozen=True)
class Failover:
    """The others' traffic rises as one member's ends, more than at hours when nobody was refused.

    Pools move on: accounts that were idle wake up, new ones appear. The uplift at an hour t is what others ask in the
    w hours from t on, newcomers included, less what they asked in the w hours before, if that is more than nothing.
    Under the null refusals have nothing to do with the others' hours, so the hour of a refusal is an hour like any
    other, however the group's traffic comes in clumps; with f the square of the uplift,

        e = f(t) / mean of f over all hours and t itself

    has mean 1. So one refusal is worth at most the log of the hours looked at, 5.8 nats. The three widths w are
    averaged, refusals within ``apart`` hours are one event, and events are averaged.

    Attributes:
        apart: hours within which refusals are one event.

    Example:
        >>> from detectors.linkage.context import Ban
        >>> def member(begins, ends):
        ...     return Imprint(exchanges=50, hour=ends, hours=bytes([2] * (ends - begins + 1)))
        >>> def weight(begins):
        ...     pool = {f"key:a{i}": member(1000, 1199) for i in range(5)}
        ...     others = {f"key:b{i}": member(begins(i), 1335) for i in range(5)}
        ...     bans = tuple(Ban(one, 1200 * HOUR) for one in pool)
        ...     context = Context(imprints=pool | others, bans=bans)
        ...     return round(Failover().evidence(context.imprints, context, Baseline()).weight, 1)
        >>> weight(lambda i: 1201) > 3.0, weight(lambda i: 1010 + 20 * i)
        (True, 0.0)

    References:
        Koning 2023, "Post-hoc and anytime valid permutation and group invariance testing"; Stillguard's threat notes,
        1.3 (pool 1 to pool 2) and S11.
    """

    apart: int = 24

    name: ClassVar[str] = "failover"
    family: ClassVar[Family] = "timing"
    nulls: ClassVar[Mapping[str, float]] = MappingProxyType({})

    def evidence(self, members: Mapping[Id, Imprint], context: Context, _baseline: Baseline) -> Evidence:
        """Weigh what happened after refusals."""
        bans = sorted((int(ban.at // HOUR), ban.member) for ban in context.bans if ban.member in members)
        if not bans or len(members) == len({member for _, member in bans}):
            return Evidence()
        weights, took = [], 0.0
        newest = max(one.hour for one in members.values())
        begun = int((_traffic(list(members.values()), newest) > 0.0).argmax())
        for hour, banned in _events(bans, self.apart):
            others = _traffic([one for name, one in members.items() if name not in banned], newest)
            place = HOURS - 1 - (newest - hour)
            if 0 < place < HOURS - 1:
                weights.append(_log_e(others, place, begun))
                took += float(others[place : place + WITHIN[-1]].sum())
        if not weights:
            return Evidence()
        because = {"refused": float(len({member for _, member in bans})), "events": float(len(weights)), "took": took}
        return Evidence(max(0.0, betting.log_mean(*weights)), because)


def _events(bans: Sequence[tuple[int, Id]], apart: int) -> list[tuple[int, set[Id]]]:
    """Return refusals that are near each other as one, at the hour of the first."""
    events: list[tuple[int, set[Id]]] = []
    for hour, member in bans:
        if events and hour - events[-1][0] < apart:
            events[-1][1].add(member)
        else:
            events.append((hour, {member}))
    return events


def _traffic(lives: Sequence[Imprint], newest: int) -> Floats:
    """Return the exchanges of all in each hour up to the newest, HOURS of them."""
    total = np.zeros(HOURS)
    for one in lives:
        ends = HOURS - min(newest - one.hour, HOURS)
        counts = np.frombuffer(one.hours, np.uint8)[-HOURS:]
        kept = counts[max(0, len(counts) - ends) :] if ends else counts[:0]
        total[ends - len(kept) : ends] += kept
    return total


def _log_e(traffic: Floats, place: int, begun: int) -> float:
    """Return the log e-value (nats, maybe below 0) of the uplift at one hour against all since the group began."""
    sums = np.concatenate([[0.0], np.cumsum(traffic)])
    bets = []
    for width in WITHIN:
        hours = np.arange(min(max(width, begun), place), HOURS - width + 1)
        if len(hours) < LEAST or place > HOURS - width or place < width:
            continue
        uplift = np.maximum(0.0, sums[hours + width] - 2.0 * sums[hours] + sums[hours - width]) ** SURGES
        own = float(uplift[place - hours[0]])
        bets.append(float(np.log(max(own, 1e-300) / max(float(uplift.mean()), 1e-300))))
    return betting.log_mean(*bets) if bets else 0.0
