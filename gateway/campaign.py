"""The case of a campaign: its members' cases merged and weighed as one, coordination beside it, less a price. Pure.

That accounts act together, the families ``identity`` and ``timing``, says nothing of what they do. So it stops at a
ceiling. Whatever touches a campaign needs two families: that the merged case speaks as a single client's would, or that
one hand not only deals work out evenly (timing), but members also hand in what others were served (identity): people's
conversations that are relayed over rented accounts.
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
TOGETHER: Final = ("identity", "timing")  # families of coordination: who acts together, and how evenly


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

    E-values of a family are averaged, as those of any subject; the price is taken from coordination first, and what
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
    """Return families' weights less a price (nats), those of coordination within their ceiling together.

    The loudest of coordination pays first, and is cut first where the ceiling cuts: that one is very sure of the one
    is no reason to hear nothing of the other.

    Examples:
        >>> charged({"identity": 10.0, "timing": 20.0, "content": 12.0}, 11.6)
        {'identity': 4.6, 'timing': 4.6, 'content': 12.0}
        >>> charged({"timing": 2.0, "content": 12.0, "interface": 4.0}, 10.0)
        {'timing': 0.0, 'content': 6.0, 'interface': 2.0}

    """
    together = {family: families[family] for family in TOGETHER if family in families}
    others = sum(families.values()) - sum(together.values())
    left = max(0.0, due - sum(together.values()))
    paid = max(0.0, 1.0 - left / others) if others > 0.0 else 0.0
    kept = _lowered(together, min(CEILING, max(0.0, sum(together.values()) - due)))
    return {family: kept[family] if family in kept else weight * paid for family, weight in families.items()}


def _lowered(weights: Mapping[str, float], total: float) -> dict[str, float]:
    """Return weights with the largest cut, to one level, so that they come to at most a total."""
    level, left = 0.0, total
    ordered = sorted(weights.values())
    for place, weight in enumerate(ordered):
        level = left / (len(ordered) - place)
        if weight >= level:
            return {name: min(one, level) for name, one in weights.items()}
        left -= weight
    return dict(weights)


def _families(panel: Panel, evidence: Mapping[str, Evidence]) -> dict[str, float]:
    """Return the weight of each family, nats: the mean of its e-values, silent ones included."""
    said: dict[str, list[float]] = {}
    for name, detector in panel.items():
        said.setdefault(detector.family, []).append(evidence[name].weight)
    for one in COORDINATING:
        said.setdefault(one.family, []).append(evidence[one.name].weight)
    return {family: log_mean(weights) for family, weights in said.items()}
