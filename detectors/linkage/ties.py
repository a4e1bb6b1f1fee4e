"""Ties: a member presents what another was served, its encrypted reasoning or its answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from detectors.base import Baseline, Evidence, Family
from detectors.linkage.base import Facts, Id, Imprint
from detectors.linkage.context import Context
from detectors.linkage.selection import LEAST
from detectors.stats import betting


@dataclass(frozen=True)
class Ties:
    """What was served to one member is handed in by others, over and over.

    Encrypted reasoning is of use to nobody but the model, in the conversation that it came from: to present another
    customer's is to have been handed it. Answers travel more freely: colleagues pass them on, people paste what they
    read. A trial is a member, a success one that presented takings of another member at least ``repeated`` times; the
    one that was served is no success for that. Kin, whom the operator knows to belong together, do not count for each
    other. The two kinds are averaged. Beside loads that are dealt out evenly, which is timing, it is the second family
    where the contents are relayed people's.

    Numbers read from the baseline (``nulls``): ``ties.reasoning`` and ``ties.recirculation``, the share of honest
    members of one group that do.

    Attributes:
        repeated: exchanges that present another's takings, from which on it is no accident.

    Example:
        >>> from detectors.linkage.base import Partner
        >>> def weight(presenting, kind):
        ...     handed = Imprint(exchanges=50, partners=(Partner(1, kind, 5, 0.0),))
        ...     members = {f"key:{i}": handed if 0 < i <= presenting else Imprint(exchanges=50) for i in range(40)}
        ...     context = Context(imprints=members, marks={f"key:{i}": i + 1 for i in range(40)})
        ...     return round(Ties().evidence(members, context, Baseline()).weight, 1)
        >>> weight(20, "reasoning") > 50.0, weight(1, "reasoning"), weight(1, "recirculation")
        (True, 0.0, 0.0)

    References:
        Stillguard's threat notes, S3 (alarm from three on, outside declared key groups), S4, 1.3 (GTG-16002).
    """

    repeated: int = 3

    name: ClassVar[str] = "ties"
    family: ClassVar[Family] = "identity"
    nulls: ClassVar[Mapping[str, float]] = MappingProxyType({"ties.reasoning": 0.01, "ties.recirculation": 0.05})

    def evidence(self, members: Mapping[Id, Imprint], context: Context, baseline: Baseline) -> Evidence:
        """Weigh how many members present what others were served."""
        if len(members) < LEAST:
            return Evidence()
        owners = {mark: one for one, mark in context.marks.items() if one in members}
        bets, because = [], {"members": float(len(members))}
        for kind in ("reasoning", "recirculation"):
            presenting = sum(
                self._presents(one, imprint, kind, owners, context.facts) for one, imprint in members.items()
            )
            rate = baseline.number(f"ties.{kind}", self.nulls[f"ties.{kind}"])
            bets.append(betting.log_e(len(members), presenting, rate))
            because[kind] = float(presenting)
        if not any(because[kind] for kind in ("reasoning", "recirculation")):
            return Evidence()
        return Evidence(max(0.0, betting.log_mean(*bets)), because)

    def _presents(
        self, one: Id, imprint: Imprint, kind: str, owners: Mapping[int, Id], facts: Mapping[Id, Facts]
    ) -> bool:
        """Say whether a member presents takings of another that is no kin of its own."""
        own = facts[one].kin if one in facts else ""
        for partner in imprint.partners:
            owner = owners.get(partner.other)
            if partner.kind != kind or partner.count < self.repeated or owner in (None, one):
                continue
            kin = facts[owner].kin if owner in facts else ""
            if not own or own != kin:
                return True
        return False
