"""A linked group looked at: who of it belongs, and how the case of those stands. Pure.

What is found and what is examined are two plug points, so that the linker itself knows neither atlas nor detectors.
"""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from msgspec.structs import replace

from detectors.base import Baseline, Panel
from detectors.linkage.base import Facts, Group, Id, Imprint, partner_mark
from detectors.linkage.context import Ban, Context
from detectors.linkage.fit import fit
from gateway.campaign import campaign_standing
from gateway.decisions import Standing, Subject
from gateway.engine import unseal


class Finds(Protocol):
    """Finds groups among subjects; remembers those that it was told of."""

    def find(
        self, changed: Mapping[Id, Imprint], gone: frozenset[Id], before: Mapping[str, frozenset[Id]]
    ) -> Mapping[str, Group]:
        """Return all groups that are worth looking at, by the id of their campaign.

        Args:
            changed: imprints of the subjects that did something since the last call.
            gone: subjects that are there no more.
            before: members by campaign: a group that holds most of them is that campaign.
        """
        ...


class Examination(NamedTuple):
    """What there is to be looked at.

    Attributes:
        group: without members that were released or are exempt.
        cases: of its members, as stored.
        bans: members that were refused.
        subject: the campaign.
        among: how many groups are examined in this pass.
        at: now, seconds since the epoch.
    """

    group: Group
    cases: Mapping[Id, bytes]
    bans: tuple[Ban, ...]
    subject: Subject
    among: int
    at: float


class Examined(NamedTuple):
    """How a campaign stands, and why each of the members that do not belong is spared, in a word."""

    standing: Standing
    spared: Mapping[Id, str]


class Examines(Protocol):
    """Looks at a group."""

    def examine(self, examination: Examination) -> Examined:
        """Return how it stands, and who is spared."""
        ...


class ByCase:
    """Looks at the merged case, and at coordination.

    Args:
        panel: of detectors.
        baseline: that they bet against.
        facts: what the operator knows of subjects, by id.
    """

    def __init__(self, panel: Panel, baseline: Baseline, facts: Mapping[Id, Facts]) -> None:
        self._panel, self._baseline, self._facts = panel, baseline, facts

    def examine(self, examination: Examination) -> Examined:
        """Return how it stands, and who is spared."""
        group = examination.group
        folios = {one: unseal(self._panel, case).folio for one, case in examination.cases.items()}
        imprints = {one: folio.imprint for one, folio in folios.items()}
        facts = {one: self._facts[one] for one in group.members if one in self._facts}
        fitting = fit(group, imprints, facts)
        marks = {one: partner_mark(one) for one in group.members}
        context = Context(imprints=imprints, facts=facts, marks=marks, bans=examination.bans)
        standing = campaign_standing(
            self._panel, self._baseline, group, fitting, folios, context, examination.subject,
            at=examination.at, among=examination.among,
        )  # fmt: skip
        return Examined(replace(standing, members=len(fitting.members)), fitting.spared)
