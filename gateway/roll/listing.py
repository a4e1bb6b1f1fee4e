"""Campaigns in lines for people. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from detectors.linkage.base import Reason
from gateway.campaign_rows import by_size, by_weight, member_state, state
from gateway.campaigns import Campaign, Member
from gateway.decisions import Decision, Subject
from gateway.reasons import reasons
from gateway.ties import tie, ties
from gateway.workbench.explained import moment

SHOWN = 20  # members of one campaign that ``show`` names


def campaign_lines(campaigns: Sequence[Campaign], standing: Mapping[Subject, Decision]) -> Iterator[str]:
    """Yield a line for each campaign, those on which a decision stands first."""
    for one in by_size(campaigns, standing):
        decision = standing.get(one.subject)
        decided = f"{decision.action} {decision.mode}" if decision else ""
        yield (
            f"{one.id:24} {state(one, decision):8} {one.size:7,} bound of {one.linked:7,} linked  "
            f"{one.weight:6.1f} nats  {one.harvest.traces:12,.0f} traces  {decided}"
        ).rstrip()


def whole(campaign: Campaign, members: Sequence[Member], decision: Decision | None) -> Iterator[str]:
    """Yield all that there is to say of one campaign."""
    yield f"{campaign.id}: {state(campaign, decision)}, {campaign.size:,} bound of {campaign.linked:,} linked"
    yield f"  found {moment(campaign.at)}, as group number {campaign.born:,}"
    if campaign.named:
        yield f"  first decided on {moment(campaign.named)}"
    if decision is not None:
        yield f"  {decision.id}: {decision.action} ({decision.mode}) until {moment(decision.until)}"
    yield "What joins them"
    yield from (f"  {sentence}" for sentence in ties(campaign.reasons) or ["nothing that most of them share"])
    if campaign.weighed:
        said = ", ".join(f"{name} {weight:.1f}" for name, weight in sorted(campaign.families.items()) if weight > 0)
        yield f"How they stand, weighed {moment(campaign.weighed)}: {campaign.weight:.1f} nats from {said or 'nothing'}"
        yield from (f"  {sentence}" for sentence in reasons(campaign.evidence))
        taken = campaign.harvest
        yield f"  taken home: {taken.exchanges:,} answers, {taken.traces:,.0f} of them traces"
    yield "Members"
    yield from (f"  {line}" for line in member_lines(by_weight(members)[:SHOWN]))
    if len(members) > SHOWN:
        yield f"  and {len(members) - SHOWN:,} more: stillguard campaigns members {campaign.id}"


def member_lines(members: Sequence[Member]) -> Iterator[str]:
    """Yield a line for each member: who, since when, what decisions do, and by what it is tied."""
    for one in members:
        yield f"{one.subject!s:44} {moment(one.since)}  {member_state(one):16} {_tie(one.reasons)}".rstrip()


def _tie(given: Sequence[Reason]) -> str:
    return tie(given[0]) if given else ""
