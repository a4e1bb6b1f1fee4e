"""Judges a tenant: folds its life through the engine as the analyst does, and asks the policy at every look."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec
import numpy as np

from detectors.base import Baseline, Harvest, Observation, Panel
from detectors.lab.rivals.base import Rival
from detectors.lab.traffic import DAY
from gateway.decisions import SEVERITY_TOUCHES_CLIENT, Policy, Standing, Subject
from gateway.engine import begin, fold, weigh
from gateway.lab.lives import Life, Playable, lived
from gateway.lab.outcome import Outcome, Trace, Who, Windowed, steps
from gateway.policies.reading import SPEAKS
from gateway.rehearsal import Pair

SUBJECT = Subject("key", "lab")
AMPLE = Harvest(10**9, 10**9, 10**9, 10**9, 1e9)  # more than any rung asks for
SIZES = {200: 6, 1500: 4}  # exchanges of a window, and windows of that size at most a tenant
_EVERY = 32  # exchanges that are all looked at; later ones at each sixteenth more: an alarm is found 6 % late at most
_GROWTH = 16
_EVEN = 0.5


class Bench(NamedTuple):
    """What tenants are judged with.

    Attributes:
        panel, baseline, policy: as an operator would run them.
        rivals: the literature's detectors, fitted.
        sizes: windows that are judged alone, and how many of each at most a tenant.
        most: exchanges of a life at most; 0: all.
    """

    panel: Panel
    baseline: Baseline
    policy: Policy
    rivals: Sequence[Rival] = ()
    sizes: dict[int, int] = SIZES
    most: int = 0


def schedule(count: int) -> list[int]:
    """Return the numbers of exchanges at which to look, counted from 1.

    Examples:
        >>> schedule(40)[30:]
        [31, 32, 34, 36, 38, 40]

    """
    found, number = [], 0
    while number < count:
        number = min(count, number + (1 if number < _EVERY else number // _GROWTH))
        found.append(number)
    return found


def standings(bench: Bench, pairs: Sequence[Pair], looks: Sequence[int]) -> Iterator[Standing]:
    """Yield how a subject stands after each of the numbered exchanges."""
    folio = begin(bench.panel)
    for start, end in pairwise([0, *looks]):
        fresh: list[Observation] = [observation for pair in pairs[start:end] for observation in pair]
        folio = fold(bench.panel, folio, fresh).folio
        yield weigh(bench.panel, bench.baseline, folio, SUBJECT, pairs[end - 1][1].at).standing


def touches(policy: Policy, standing: Standing) -> bool:
    """Say whether the policy would touch the client: that counts as an alarm."""
    verdict = policy.judge(standing)
    return verdict is not None and verdict.severity >= SEVERITY_TOUCHES_CLIENT


def judge(bench: Bench, tenant: Playable) -> Outcome:
    """Return what becomes of a tenant."""
    life = lived(tenant, bench.most, embedded=bool(bench.rivals))
    looks = schedule(len(life.pairs))
    alarm = convinced = 0
    seen: list[Standing] = []
    for number, standing in zip(looks, standings(bench, life.pairs, looks), strict=True):
        seen.append(standing)
        alarm = alarm or number * touches(bench.policy, standing)
        convinced = convinced or number * touches(bench.policy, msgspec.structs.replace(standing, harvest=AMPLE))
    return Outcome(
        who=Who.of(tenant),
        exchanges=len(life.pairs),
        attacks=int(life.attack.sum()),
        placed=next((name for name, likely in seen[-1].company.items() if likely > _EVEN), "") if seen else "",
        days=life.days(),
        trace=_trace(bench.panel, life, looks, seen),
        alarm=alarm,
        convinced=convinced,
        taken=int(life.attack[: alarm or None].sum()),
        rivals={rival.name: steps(rival.scores(life.trail)) for rival in bench.rivals},
        windows=tuple(windowed(bench, life)) if _windowed(tenant) else (),
    )


def _windowed(tenant: Playable) -> bool:
    """Windows are for finding padded adversaries, and honest tenants say what it costs."""
    return tenant.label == "benign" or tenant.share < 1.0


def _trace(panel: Panel, life: Life, looks: Sequence[int], seen: Sequence[Standing]) -> Trace:
    start = life.pairs[0][0].at if life.pairs else 0.0
    weights = [[one.evidence[name].weight for name in panel] for one in seen]
    return Trace(
        at=np.array(looks, np.int64),
        days=np.array([int((one.at - start) // DAY) for one in seen], np.int64),
        weights=np.array(weights, np.float32).reshape(len(seen), len(panel)),
        fused=np.array([one.weight for one in seen]),
        families=np.array([sum(w >= SPEAKS for w in one.families.values()) for one in seen], np.int64),
        harvests=np.array([msgspec.structs.astuple(one.harvest) for one in seen]).reshape(len(seen), 5),
    )


def windowed(bench: Bench, life: Life) -> Iterator[Windowed]:
    """Yield stretches of a life, each judged alone: evenly spaced, none overlapping another of its size."""
    for size, most in bench.sizes.items():
        whole = len(life.pairs) // size
        for number in sorted({math.floor((i + 0.5) * whole / most) for i in range(most)} if whole else ()):
            part = life.part(number * size, size)
            (standing,) = standings(bench, part.pairs, [size])
            peaks = {rival.name: steps(rival.scores(part.trail)).peak() for rival in bench.rivals}
            yield Windowed(size, number * size, float(part.attack.mean()), standing.weight, peaks)
