"""The case of a campaign: its members' cases merged and weighed as one, coordination beside it, less a price. Pure."""

from collections.abc import Mapping, Sequence

from detectors.base import Baseline, Panel
from detectors.linkage.base import Group, Id
from detectors.linkage.context import Context
from detectors.linkage.fit import Fit
from detectors.linkage.selection import price
from gateway.decisions import Standing, Subject
from gateway.engine import Folio, begin, merge, weigh


def campaign_standing(  # noqa: PLR0913 - a case is all of these
    panel: Panel,
    baseline: Baseline,
    group: Group,
    fit: Fit,
    folios: Mapping[Id, Folio],
    context: Context,
    subject: Subject,
    *,
    at: float,
    born: int,
) -> Standing:
    """Return how a campaign stands: families of the merged case and ``identity``, less the price of selection.

    Args:
        panel: of detectors; those that are unsound on merged cases are left out.
        baseline: that members are weighed by.
        group: who is linked; who is released from it is no longer among its members.
        fit: who of them belongs.
        folios: of members; one without a folio adds nothing.
        context: imprints and what is known beside.
        subject: the campaign.
        at: when, seconds since the epoch.
        born: as which group it was first examined, counted from 1.
    """
    del context
    members = set(fit.members).intersection(group.members)
    folio = merged(panel, [folios[one] for one in sorted(members) if one in folios])
    standing = weigh(panel, baseline, folio, subject, at).standing
    left, families = price(born), {}
    for family, weight in standing.families.items():
        families[family] = max(0.0, weight - left)
        left = max(0.0, left - weight)
    return Standing(
        subject=subject, at=at, weight=sum(families.values()), families=families, evidence=standing.evidence,
        harvest=standing.harvest, company=standing.company,
    )  # fmt: skip


def merged(panel: Panel, folios: Sequence[Folio]) -> Folio:
    """Return many folios as one, merged in a balanced tree, so that sketches are united small with small."""
    row = list(folios) or [begin(panel)]
    while len(row) > 1:
        pairs = [merge(panel, a, b).folio for a, b in zip(row[::2], row[1::2], strict=False)]
        row = pairs + row[len(pairs) * 2 :]
    return row[0]
