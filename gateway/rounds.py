"""A batch of the analyst's: folded into the folios that it concerns, and those weighed that it is time to weigh. Pure.

Subjects are folded and weighed side by side, which costs less than one after the other (``gateway.columns``).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from msgspec.structs import replace

from detectors.base import Baseline, Observation, Panel
from gateway.decisions import Decision, Standing, Subject
from gateway.engine import Folio, fold_all, importance, weigh_all
from gateway.folios import alike
from gateway.pace import due

TOGETHER = 16  # subjects folded side by side: more cost no less each, and push what was read out of the caches

_Alike: TypeAlias = tuple[tuple[Subject, ...], Sequence[Observation]]


class Rules(NamedTuple):
    """What is folded and weighed by."""

    panel: Panel
    baseline: Baseline


class Round(NamedTuple):
    """What a batch came to: folios, how those stand that were weighed, and the names of detectors that failed."""

    folios: dict[Subject, Folio]
    standings: list[Standing]
    faults: list[str]


class Moment(NamedTuple):
    """What stands before a batch: folios of all its subjects, decisions, and the time, seconds since the epoch."""

    folios: Mapping[Subject, Folio]
    decisions: Mapping[Subject, Decision]
    at: float


def folded(rules: Rules, groups: Mapping[Subject, Sequence[Observation]], moment: Moment) -> Round:
    """Fold the observations of each subject, and weigh those who are due."""
    work = list(alike(groups, moment.folios))
    whole = Round(dict(moment.folios), [], [])
    for start in range(0, len(work), TOGETHER):
        some = _together(rules, work[start : start + TOGETHER], moment)
        whole.folios.update(some.folios)
        whole.standings.extend(some.standings)
        whole.faults.extend(some.faults)
    return whole


def _together(rules: Rules, work: Sequence[_Alike], moment: Moment) -> Round:
    """Fold subjects side by side; those that are alike stand alike."""
    before = [moment.folios[subjects[0]] for subjects, _ in work]
    folding = fold_all(rules.panel, [(folio, said) for folio, (_, said) in zip(before, work, strict=True)])
    pairs = zip(work, before, folding, strict=True)
    wanted = [[one for one in subjects if _is_due(one, was, now.folio, moment)] for (subjects, _), was, now in pairs]
    cases = [(now.folio, some[0], moment.at) for some, now in zip(wanted, folding, strict=True) if some]
    weighed = iter(weigh_all(rules.panel, rules.baseline, cases))
    found = Round({}, [], [name for one in folding for name in one.faults])
    for (subjects, _), some, (folio, _) in zip(work, wanted, folding, strict=True):
        after = folio
        if some:
            standing, mute = next(weighed)
            found.faults.extend(mute)
            found.standings.extend([replace(standing, subject=one) for one in some])
            after = folio._replace(rank=importance(standing))
        found.folios.update(dict.fromkeys(subjects, after))
    return found


def _is_due(subject: Subject, before: Folio, after: Folio, moment: Moment) -> bool:
    current = moment.decisions.get(subject)
    return due(before.observations, after.observations, before.last_at, after.last_at, current=current)
