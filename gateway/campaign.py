"""The case of a campaign: its members' cases merged and weighed as one, coordination beside it, less a price. Pure.

That accounts act together is the family ``identity``, and says nothing of what they do. So it stops at a ceiling, and
whatever touches a campaign needs another family: the merged case has to speak as a single client's would.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from detectors.base import Baseline, Evidence, Panel
from detectors.linkage.base import Group, Id
from detectors.linkage.context import Context
from detectors.linkage.coordination import COORDINATING, coordination
from detectors.linkage.fit import Fit
from detectors.linkage.selection import price
from gateway.decisions import Standing, Subject
from gateway.engine import Folio, begin, merge, weigh
from gateway.fusion import log_mean

# Nats, one in ten thousand: most that acting together says, however surely. With one habit that honest batch jobs have
# too, 3.5 nats after its family's mean, it reaches 12.7: what trims or slows down, not what refuses (18.4).
CEILING: Final = 9.2
IDENTITY: Final = "identity"


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
    among: int,
) -> Standing:
    """Return how a campaign stands: families of the merged case and of coordination, less the price of selection.

    E-values of a family are averaged, as those of any subject; the price is taken from ``identity`` first, and what
    that cannot pay from the others in proportion. The bound on false alarms is that of one look at all groups of a day;
    looks of one day share nearly all of their data, and count as one.

    Args:
        panel: of detectors; those that are unsound on merged cases (``merges`` is False) say nothing.
        baseline: that members are weighed by.
        group: who is linked; who is released from it is no longer among its members.
        fit: who of them belongs.
        folios: of members; one without a folio adds nothing.
        context: imprints and what is known beside.
        subject: the campaign.
        at: when, seconds since the epoch.
        among: how many groups are examined at that time, itself included; raises ValueError below 1.
    """
    members = sorted(set(fit.members).intersection(group.members))
    sound = merging(panel)
    folio = merged(sound, [folios[one] for one in members if one in folios])
    whole = weigh(sound, baseline, folio, subject, at).standing
    imprints = {one: context.imprints[one] for one in members if one in context.imprints}
    evidence = whole.evidence | coordination(imprints, context, baseline)
    families = charged(_families(sound, evidence), price(among))
    return Standing(
        subject=subject,
        at=at,
        weight=sum(families.values()),
        families=families,
        evidence={name: Evidence() for name in panel} | evidence,
        harvest=whole.harvest,
        company=whole.company,
    )


def merging(panel: Panel) -> Panel:
    """Return the detectors that are sound on merged cases: all but those that say ``merges = False``."""
    return {name: detector for name, detector in panel.items() if getattr(detector, "merges", True)}


def merged(panel: Panel, folios: Sequence[Folio]) -> Folio:
    """Return many folios as one, merged in a balanced tree, so that sketches are united small with small."""
    row = list(folios) or [begin(panel)]
    while len(row) > 1:
        pairs = [merge(panel, a, b).folio for a, b in zip(row[::2], row[1::2], strict=False)]
        row = pairs + row[len(pairs) * 2 :]
    return row[0]


def charged(families: Mapping[str, float], due: float) -> dict[str, float]:
    """Return families' weights less a price (nats), identity within its ceiling.

    Examples:
        >>> charged({"identity": 30.0, "content": 12.0}, 8.0)
        {'identity': 9.2, 'content': 12.0}
        >>> charged({"identity": 2.0, "content": 12.0, "interface": 4.0}, 10.0)
        {'identity': 0.0, 'content': 6.0, 'interface': 2.0}

    """
    identity = families.get(IDENTITY, 0.0)
    others = sum(families.values()) - identity
    left = max(0.0, due - identity)
    kept = max(0.0, 1.0 - left / others) if others > 0.0 else 0.0
    paid = {family: weight * kept for family, weight in families.items()}
    return paid | {IDENTITY: min(CEILING, max(0.0, identity - due))}


def _families(panel: Panel, evidence: Mapping[str, Evidence]) -> dict[str, float]:
    """Return the weight of each family, nats: the mean of its e-values, silent ones included."""
    said: dict[str, list[float]] = {}
    for name, detector in panel.items():
        said.setdefault(detector.family, []).append(evidence[name].weight)
    for one in COORDINATING:
        said.setdefault(one.family, []).append(evidence[one.name].weight)
    return {family: log_mean(weights) for family, weights in said.items()}
