"""What a benchmark of campaigns found, and its figures, each with what it must and should reach."""

import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from gateway.lab import intervals
from gateway.lab.campaign_outcome import Ledger, Outcome
from gateway.lab.campaign_reading import identity
from gateway.lab.campaign_rivals import Compared
from gateway.lab.figures import Figure

RATE: Final = 0.005  # share of honest accounts that every rival may alarm, at least
_NINETY: Final = 0.9


class Findings(NamedTuple):
    """All that was measured.

    Attributes:
        ledger: what became of each group.
        rivals: how others fared on the same traffic.
    """

    ledger: Ledger
    rivals: Sequence[Compared]


def rate(ledger: Ledger) -> float:
    """Return the share of honest accounts that rivals may alarm: what was named here, at least ``RATE``."""
    honest = [identity(one) in ledger.named for one in ledger.honest()]
    return max(RATE, sum(honest) / max(1, len(honest)))


def figures(found: Findings) -> Iterator[Figure]:
    """Yield every figure."""
    campaigns = found.ledger.campaigns()
    caught = [one for one in campaigns if one.found_at]
    yield _share("found", len(caught), len(campaigns), ">=", 0.90, 1.0)
    yield from _attributed(caught)
    yield from _gone(campaigns)
    yield from _timely(campaigns)
    yield from _innocent(found.ledger)
    yield from _beside(found)
    for kind, some in by_kind(campaigns):
        yield _share(f"found_{kind}", sum(one.found_at > 0 for one in some), len(some), ">=")


def by_kind(campaigns: Sequence[Outcome]) -> Iterator[tuple[str, list[Outcome]]]:
    """Yield campaigns of each kind."""
    groups: dict[str, list[Outcome]] = {}
    for one in campaigns:
        groups.setdefault(one.group.kind, []).append(one)
    yield from sorted(groups.items())


def _share(name: str, hit: int, n: int, op: str, must: float | None = None, aim: float | None = None) -> Figure:
    return Figure(name, hit / n if n else None, "share", op, must, aim, n, intervals.share(hit, n))


def _attributed(caught: Sequence[Outcome]) -> Iterator[Figure]:
    right = sum(len(one.named & one.keys) for one in caught)
    yield _share("keys_attributed", right, sum(len(one.keys) for one in caught), ">=", 0.90, 0.97)
    named = sum(len(one.named) for one in caught)
    yield _share("precision", sum(len(one.rightly) for one in caught), named, ">=", 0.99, 0.999)
    yield _share("purity", right, named, ">=")
    each = sorted(len(one.named & one.keys) / max(1, len(one.keys)) for one in caught)
    yield Figure("keys_attributed_worst", each[0] if each else None, "share", ">=", None, None, len(each))


def _gone(campaigns: Sequence[Outcome]) -> Iterator[Figure]:
    gone = [one.gone for one in campaigns]
    value = intervals.median(gone) if gone else None
    between = intervals.bootstrap([[one] for one in gone], intervals.median) if gone else None
    yield Figure("harvest_gone", value, "share", "<=", 0.10, 0.03, len(gone), between)
    ninth = float(np.quantile(gone, _NINETY)) if gone else None
    yield Figure("harvest_gone_90th_percentile", ninth, "share", "<=", None, None, len(gone))


def _timely(campaigns: Sequence[Outcome]) -> Iterator[Figure]:
    slow = [one.days for one in campaigns if one.group.kind == "wide_slow"]
    yield Figure("wide_slow_days", _finite(max(slow, default=math.inf)), "days", "<=", 4.0, 2.0, len(slow))
    second = [one.second_pool for one in campaigns if one.group.banned_at]
    value = _finite(max(second, default=math.inf))
    yield Figure("second_pool_exchanges", value, "exchanges", "<=", 2000.0, 500.0, len(second))
    yield Figure("second_pool_median", _finite(intervals.median(second)), "exchanges", "<=", None, None, len(second))


def _innocent(ledger: Ledger) -> Iterator[Figure]:
    innocent = ledger.innocents()
    accused = [one for one in innocent if ledger.accused(one)]
    yield Figure(
        "innocent_groups_named", float(len(accused)), "groups", "<=", 0.0, 0.0, len(innocent),
        intervals.share(len(accused), len(innocent)),
    )  # fmt: skip
    members = [identity(m) in ledger.named for one in innocent for m in one.members]
    yield Figure("innocent_members_named", float(sum(members)), "accounts", "<=", None, 0.0, len(members))
    people = [identity(m) in ledger.named for m in ledger.trial.company.individuals]
    yield Figure("individuals_named", float(sum(people)), "accounts", "<=", None, 0.0, len(people))
    framed = [identity(m) in ledger.named for one in ledger.innocents("framed") for m in one.members]
    yield Figure("framed_innocents_named", float(sum(framed)), "accounts", "<=", 0.0, 0.0, len(framed))


def _beside(found: Findings) -> Iterator[Figure]:
    ledger = found.ledger
    alone = ledger.trial.alone
    guilty = [alone[one].alarm > 0 for one in ledger.trial.served if one in alone]
    yield _share("keys_alarmed_one_by_one", sum(guilty), len(guilty), ">=")
    honest = [alone[identity(m)].alarm > 0 for m in ledger.honest() if identity(m) in alone]
    yield _share("honest_accounts_alarmed_one_by_one", sum(honest), len(honest), "<=")
    best = max((one for one in found.rivals if "alone" in one.name), key=lambda one: one.campaigns[0], default=None)
    if best:
        yield _share("best_of_single_keys_found", *best.campaigns, ">=")
    pools = max((one for one in found.rivals if "pools" in one.name), key=lambda one: one.campaigns[0], default=None)
    if pools:
        yield _share("best_of_pools_found", *pools.campaigns, ">=")
    seconds = sorted(ledger.trial.seconds)
    if seconds:
        yield Figure("pass_seconds_median", seconds[len(seconds) // 2], "s", "<=", None, None, len(seconds))
        yield Figure("pass_seconds_longest", seconds[-1], "s", "<=", None, None, len(seconds))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
