"""How many false alarms to expect: learn from one half of the subjects, judge the other, and the other way round. Pure.

No subject is judged by numbers that it had a part in. Half as many subjects make the numbers coarser than those that
are written in the end, so what is measured errs, if at all, on the high side. A life is looked at wherever the learning
looked.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from detectors.base import Baseline, Harvest, Panel
from detectors.lab.learning import FEWEST
from gateway.calibration.learning import learnt, telling
from gateway.calibration.lives import Life
from gateway.decisions import Policy, Standing
from gateway.engine import weigh
from gateway.lab.intervals import rate
from gateway.policies.ladder import Ladder, Rung
from gateway.policies.several import Several

_AMPLE: Final = Harvest(10**9, 10**9, 10**9, 10**9, 1e9)  # more than any rung asks for


class Verdicts(NamedTuple):
    """What became of one life: by rung, whether it ever alarmed, and whether it would have with any harvest."""

    alarmed: tuple[bool, ...]
    convinced: tuple[bool, ...]


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What a rung did to subjects that are taken for honest.

    Attributes:
        policy, rule, action, severity, mode: the rung.
        promise: subject-days for one false alarm, at least (``one_in``).
        alarmed: subjects that ever met it.
        kept: of them, those that nobody had left out of the learning.
        convinced: subjects that would have met it with any harvest.
        subjects, days: judged; subject-days.
        expected, at_most: alarmed by subject-day, and its upper bound (97.5 % one-sided, Poisson).
        kept_expected, kept_at_most: the same of ``kept``.
    """

    policy: str
    rule: str
    action: str
    severity: int
    mode: str
    promise: float
    alarmed: int
    kept: int
    convinced: int
    subjects: int
    days: int
    expected: float
    at_most: float
    kept_expected: float
    kept_at_most: float


def rungs(policy: Policy, scope: str) -> list[tuple[str, Rung]]:
    """Return the rungs of all ladders that apply to a scope, each with its policy's name."""
    if isinstance(policy, Several):
        return [one for each in policy.policies for one in rungs(each, scope)]
    if isinstance(policy, Ladder):
        return [(policy.name, rung) for rung in policy.rungs if scope in rung.scopes]
    return []


def crossed(
    baseline: Baseline,
    lives: Sequence[Life],
    out: set[int],
    panel: Panel,
    judged: Sequence[Rung],
    told: Callable[[], object],
) -> list[Verdicts] | None:
    """Return what becomes of each life under numbers learnt from the half that it is not in; None if too few are there.

    Args:
        baseline: to start from.
        lives: of all subjects, in an order that says nothing about them: every second one makes a half.
        out: places of those that nothing is learnt from.
        panel: the detectors.
        judged: the rungs.
        told: called once a life.
    """
    found: list[Verdicts | None] = [None] * len(lives)
    for half in (0, 1):
        taught = [life for i, life in enumerate(lives) if i % 2 != half and i not in out]
        if len(telling(taught)) < FEWEST:
            return None
        own = learnt(baseline, taught, panel, "half of the subjects")
        for i in range(half, len(lives), 2):
            found[i] = _verdicts(own, lives[i], panel, judged)
            told()
    return [verdicts for verdicts in found if verdicts is not None]


def _verdicts(baseline: Baseline, life: Life, panel: Panel, judged: Sequence[Rung]) -> Verdicts:
    standings = [weigh(panel, baseline, seen.folio, life.subject, seen.folio.last_at).standing for seen in life.looks]
    ample = [msgspec.structs.replace(standing, harvest=_AMPLE) for standing in standings]
    return Verdicts(_ever(judged, standings), _ever(judged, ample))


def _ever(judged: Sequence[Rung], standings: Sequence[Standing]) -> tuple[bool, ...]:
    return tuple([any(rung.met(standing) for standing in standings) for rung in judged])


def expected(
    judged: Sequence[tuple[str, Rung]], lives: Sequence[Life], verdicts: Sequence[Verdicts], out: set[int]
) -> Iterator[Expected]:
    """Yield what each rung did, over all lives and over those that were not left out."""
    days = sum(life.days for life in lives)
    kept_days = sum(life.days for i, life in enumerate(lives) if i not in out)
    for place, (policy, rung) in enumerate(judged):
        alarmed = [i for i, one in enumerate(verdicts) if one.alarmed[place]]
        kept = sum(i not in out for i in alarmed)
        yield Expected(
            policy=policy,
            rule=rung.verdict.rule,
            action=rung.verdict.action,
            severity=rung.verdict.severity,
            mode=rung.verdict.mode,
            promise=math.exp(rung.weight),
            alarmed=len(alarmed),
            kept=kept,
            convinced=sum(one.convinced[place] for one in verdicts),
            subjects=len(lives),
            days=days,
            expected=len(alarmed) / max(1, days),
            at_most=rate(len(alarmed), days)[1],
            kept_expected=kept / max(1, kept_days),
            kept_at_most=rate(kept, kept_days)[1],
        )
