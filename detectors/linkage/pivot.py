"""Pivot: on the day a model comes out, half of the group is on it, and its kind is not."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Final

from detectors.base import CEILING, Baseline, Evidence, Family
from detectors.linkage.base import Id, Imprint
from detectors.linkage.context import Context, Release
from detectors.linkage.selection import LEAST
from detectors.stats import betting

DAY: Final = 86_400.0  # seconds after a release within which a move counts


@dataclass(frozen=True)
class Pivot:
    """More members move to a new model within its first day than ordinary subjects of their class do.

    A trial is a member that was active before the release and after it, a success one whose first exchange with the
    new model lies within 24 hours of the release. The null's rate is the class's own share, a little more at least
    (``baseline``'s ``pivot.rate``): everybody benchmarks on release day, but not everybody does everything. Members
    decide alone under the null; an office that is told to move does not, hence the ceiling. Releases are averaged.

    Numbers read from the baseline (``nulls``): ``pivot.rate``, the share that any class may have on a first day.

    Attributes:
        ceiling: most that it ever says, nats.

    Example:
        >>> from detectors.linkage.base import Mark
        >>> def member(moves):
        ...     marks = (Mark(7, 9, 10 * DAY + (3_600.0 if moves else 5 * DAY), 20 * DAY),)
        ...     return Imprint(exchanges=50, first_at=1.0, last_at=20 * DAY, models=marks)
        >>> def weight(moving):
        ...     members = {f"key:{i}": member(i < moving) for i in range(40)}
        ...     context = Context(imprints=members, releases=(Release(7, 10 * DAY, 0.1),))
        ...     return Pivot().evidence(members, context, Baseline()).weight
        >>> weight(20), weight(4)
        (4.6, 0.0)

    References:
        Stillguard's threat notes, 1.1 (MiniMax: nearly half of its traffic within 24 hours) and S11.
    """

    ceiling: float = CEILING

    name: ClassVar[str] = "pivot"
    family: ClassVar[Family] = "timing"
    nulls: ClassVar[Mapping[str, float]] = MappingProxyType({"pivot.rate": 0.15})

    def evidence(self, members: Mapping[Id, Imprint], context: Context, baseline: Baseline) -> Evidence:
        """Weigh how many members moved on the first day."""
        least = baseline.number("pivot.rate", self.nulls["pivot.rate"])
        found = []
        for release in context.releases:
            moved = _moved(members, release)
            if len(moved) >= LEAST:
                rate = max(least, release.share)
                bet = betting.log_e(len(moved), sum(moved), rate)
                found.append((bet, float(len(moved)), sum(moved) / len(moved), release.share))
        if not found:
            return Evidence()
        weight = betting.log_mean(*[bet for bet, _, _, _ in found])
        _, trials, share, usual = max(found)
        because = {"members": trials, "moved": share, "usual": usual}
        return Evidence(min(self.ceiling, max(0.0, weight)), because)


def _moved(members: Mapping[Id, Imprint], release: Release) -> list[bool]:
    """Say of each member that was there before and after whether it moved on the first day."""
    return [
        any(mark.value == release.model and mark.first_at < release.at + DAY for mark in one.models)
        for one in members.values()
        if one.first_at < release.at <= one.last_at
    ]
