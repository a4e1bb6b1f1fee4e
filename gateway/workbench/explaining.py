"""Why a decision was taken: the rule, the numbers at that moment, the reasons, and what would have changed it. Pure."""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from detectors.base import Evidence, Panel
from detectors.linkage.coordination import COORDINATING
from gateway import fusion
from gateway.campaigns import SCOPE, Campaign, Member
from gateway.decisions import Decision, Policy, Standing, Verdict
from gateway.reasons import LEAST, reason
from gateway.workbench.conditions import Condition, Rule


class Voice(NamedTuple):
    """What one detector said: its family, nats, and the reason in a sentence."""

    detector: str
    family: str
    weight: float
    sentence: str


class Otherwise(NamedTuple):
    """What would have been decided if a detector or a family had said nothing.

    Attributes:
        without: name of the detector or family.
        family: whether it is a family.
        weight: fused weight that would have been left, nats.
        verdict: what would have been decided; None for nothing.
    """

    without: str
    family: bool
    weight: float
    verdict: Verdict | None


_OF_A_CAMPAIGN: Final = {one.name: one.family for one in COORDINATING}  # beside its members' merged case


class Margin(NamedTuple):
    """How far a number stood above what the rule asks for, in the unit of its condition."""

    key: str
    above: float


def standing_at(decision: Decision) -> Standing:
    """Return how the subject stood when the decision was taken, as far as the decision keeps it."""
    kept = {name: getattr(decision, name) for name in Standing.__struct_fields__ if hasattr(decision, name)}
    return Standing(**kept)


def voices(decision: Decision, panel: Panel) -> list[Voice]:
    """Return the detectors that spoke, the strongest first; one that this panel does not have has no family."""
    spoke = sorted(decision.evidence.items(), key=lambda pair: -pair[1].weight)
    return [
        Voice(name, _family(name, panel, decision), said.weight, reason(name, said.because))
        for name, said in spoke
        if said.weight >= LEAST
    ]


def _family(name: str, panel: Panel, decision: Decision) -> str:
    """Return the family of who spoke; of a campaign that may be one of coordination's."""
    if name in panel:
        return panel[name].family
    return _OF_A_CAMPAIGN.get(name, "") if decision.subject.scope == SCOPE else ""


def otherwise(decision: Decision, panel: Panel, policy: Policy) -> list[Otherwise]:
    """Return for each voice, and each family of several, what the policy would have said without it."""
    standing = standing_at(decision)
    spoke = voices(decision, panel)
    found = [
        _without(standing, panel, policy, voice.detector, {voice.detector})
        for voice in spoke
        if voice.detector in panel
    ]
    for family in dict.fromkeys(voice.family for voice in spoke if voice.family):
        members = {voice.detector for voice in spoke if voice.family == family}
        found.append(_without(standing, panel, policy, family, members)._replace(family=True))
    return found


def _without(standing: Standing, panel: Panel, policy: Policy, name: str, silent: set[str]) -> Otherwise:
    """Fuse again with some detectors silent; a family that none of them is of keeps the weight that it had."""
    left = {other: Evidence() if other in silent else said for other, said in standing.evidence.items()}
    fused = fusion.families(panel, {other: left.get(other, Evidence()) for other in panel})
    touched = {panel[other].family if other in panel else _OF_A_CAMPAIGN.get(other, "") for other in silent}
    families = {
        family: min(weight, fused.get(family, 0.0)) if family in touched else weight  # a campaign's are less a price
        for family, weight in standing.families.items()
    }
    weight = sum(families.values())
    other = msgspec.structs.replace(standing, evidence=left, families=families, weight=weight)
    return Otherwise(name, family=False, weight=weight, verdict=policy.judge(other))


def margins(rule: Rule, standing: Standing) -> list[Margin]:
    """Return how far above the line the numbers stood: nats, and what was taken home."""
    found = [Margin("one_in", standing.weight - rule.rung.weight)]
    for name in standing.harvest.__struct_fields__:
        floor = getattr(rule.rung.floor, name)
        if floor:
            found.append(Margin(f"harvest.{name}", getattr(standing.harvest, name) - floor))
    return found


class State(NamedTuple):
    """What has become of a decision: stands, lapsed, lifted or replaced, and since when (seconds since the epoch)."""

    word: str
    since: float
    by: str = ""  # id of the decision that took its place


def state(announced: Sequence[Decision], newest: Decision | None, at: float) -> State:
    """Return what has become of a decision.

    Args:
        announced: all that was announced under its id, oldest first.
        newest: what was announced last on its subject.
        at: now, seconds since the epoch.
    """
    taken, last = announced[0], announced[-1]
    if newest is not None and newest.id != taken.id and newest.at < min(last.until, at):
        return State("replaced", newest.at, newest.id)
    if last.until < taken.until:
        return State("lifted", last.until)
    return State("stands", last.at) if last.until > at else State("lapsed", last.until)


class Explained(NamedTuple):
    """All that is to be said of a decision; what could not be found is empty.

    Attributes:
        decision: as it was taken.
        state: what has become of it.
        voices: who spoke, the strongest first.
        appeal: where a refused client can complain.
        file, line, text: the rule as it is written, and where.
        same: whether the policy says what it said then.
        conditions, margins: of the rule, with the numbers of that moment.
        otherwise: what would have been decided without each voice.
        again: what the policies say of the numbers that were kept.
        campaign, members: that the decision is on; None and nobody if it is on a single subject.
    """

    decision: Decision
    state: State
    voices: Sequence[Voice]
    appeal: str
    file: str = ""
    same: bool = False
    line: int = 0
    text: Sequence[str] = ()
    conditions: Sequence[Condition] = ()
    margins: Sequence[Margin] = ()
    otherwise: Sequence[Otherwise] = ()
    again: Verdict | None = None
    campaign: Campaign | None = None
    members: Sequence[Member] = ()


def changes(decision: Decision, verdict: Verdict | None) -> bool:
    """Whether a verdict is another one than the decision's."""
    return verdict is None or (verdict.action, verdict.policy, verdict.rule) != (
        decision.action, decision.policy, decision.rule
    )  # fmt: skip


def factor(weight: float) -> float:
    """Return by how much a margin in nats exceeds what is asked for, as a factor of ``one_in``; at most 1e300."""
    return math.exp(min(weight, 690.0))
