"""Exemptions over recorded traffic: whose exchanges are spared, counted in the order of the lines.

As live, an exchange within its budget is held in the cases of the covered subjects only. Uses are kept here, in the
one process that sees all blocks in order, so that any number of jobs comes to the same.
"""

import heapq
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from detectors.base import AnswerObservation, Observation
from detectors.harvest import HarvestState
from gateway.decisions import Subject
from gateway.exemptions.base import Entitlement, meaning
from gateway.exemptions.index import NOBODY, Covering, Exemptions
from gateway.exemptions.uses import counted, over, taken, window
from gateway.replay.names import OF
from gateway.replay.reading import Group, Marked

Subjects: TypeAlias = tuple[tuple[str, str], ...]


class Marker:
    """Splits groups of exchanges by what their entitlement means for each.

    Args:
        exemptions: that name subjects as the record does.
    """

    def __init__(self, exemptions: Exemptions = NOBODY) -> None:
        self._exemptions = exemptions
        self._uses: dict[tuple[str, float], HarvestState] = {}
        self._known: dict[str, Entitlement] = {}

    def concerns(self, subjects: Subjects) -> bool:
        """Whether a group of exchanges may be covered at any time."""
        return self._exemptions.names(map(plain, subjects))

    def mark(self, groups: Sequence[Group]) -> list[Group]:
        """Return a block's groups with what their entitlements mean; those of nobody exempt are as they were."""
        concerned = [group for group in groups if self.concerns(group.subjects)]
        if not concerned:
            return list(groups)
        runs: dict[tuple[int, Marked | None], Group] = {}
        for place, number, answer in _in_order(concerned):
            group = concerned[number]
            marked = self._marked(group.subjects, answer)
            run = runs.get((number, marked))
            if run is None:
                kept = marked.covers if marked is not None and not marked.exempt.over else group.subjects
                run = runs[number, marked] = Group(kept, [], [], group.models, group.account, marked)
            run.places.append(place)
            run.answers.append(answer)
        return [*(group for group in groups if not self.concerns(group.subjects)), *runs.values()]

    def _marked(self, subjects: Subjects, answer: AnswerObservation) -> Marked | None:
        observations: tuple[Observation, ...] = answer.query, answer
        at = answer.query.at
        covering = self._covering(subjects, at)
        if covering is None:
            return None
        entitlement = covering.entitlement
        self._known[entitlement.name] = entitlement
        key = entitlement.name, window(entitlement, at)
        use = self._uses[key] = counted(self._uses.get(key, HarvestState()), observations)
        exempt = meaning(entitlement, over=over(use, entitlement.budget))
        return Marked(exempt, covering.subjects)

    def _covering(self, subjects: Subjects, at: float) -> Covering | None:
        """Return the entitlement of an exchange, with its subjects as the replay names them."""
        named = {plain(subject): Subject(*subject) for subject in subjects}
        covering = self._exemptions.covering(named, at)
        return covering and Covering(covering.entitlement, tuple(named[subject] for subject in covering.subjects))

    def uses(self) -> list[dict[str, Any]]:
        """Return what was used in each window of each entitlement, in order of name and time."""
        rows = []
        for (name, since), use in sorted(self._uses.items()):
            harvest = taken(use)
            rows.append({
                "name": name, "since": since, "exchanges": harvest.exchanges, "tokens": harvest.completion_tokens,
                "traces": harvest.traces, "over": over(use, self._known[name].budget),
            })  # fmt: skip
        return rows


def plain(subject: tuple[str, str]) -> Subject:
    r"""Return a subject as an exemptions file names it: a user as ``account/acme/u-3``, after whom it belongs to.

    >>> str(plain(("key", "k-17"))), str(plain(("user", "account\x1facme\x1fu-3")))
    ('key:k-17', 'user:account/acme/u-3')
    """
    scope, value = subject
    return Subject(scope, value.replace(OF, "/"))


def _in_order(groups: Sequence[Group]) -> Iterable[tuple[int, int, AnswerObservation]]:
    """Yield place, group and answer of all exchanges in the order of their lines."""
    rows = (
        [(place, number, answer) for place, answer in zip(group.places, group.answers, strict=True)]
        for number, group in enumerate(groups)
    )
    return heapq.merge(*rows, key=lambda row: row[0])
