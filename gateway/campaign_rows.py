"""Campaigns and members as listings and the admin API show them: no words of clients, subjects by their names. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from gateway.campaigns import Campaign, Member
from gateway.decisions import Decision, Subject
from gateway.reasons import reasons
from gateway.ties import ties


def state(campaign: Campaign, standing: Decision | None) -> str:
    """Return what a campaign is: a group that nobody decided on, a campaign, or one on which a decision stands."""
    if standing is not None:
        return "decided"
    return "named" if campaign.named else "group"


def row(campaign: Campaign, standing: Decision | None) -> dict[str, Any]:
    """Return a campaign as JSON shows it, with a sentence for each reason."""
    return {
        "id": campaign.id,
        "state": state(campaign, standing),
        "members": campaign.size,
        "linked": campaign.linked,
        "born": campaign.born,
        "at": campaign.at,
        "named": campaign.named,
        "seen": campaign.seen,
        "weighed": campaign.weighed,
        "weight": campaign.weight,
        "families": campaign.families,
        "evidence": msgspec.to_builtins(campaign.evidence),
        "harvest": msgspec.to_builtins(campaign.harvest),
        "joined_by": ties(campaign.reasons),
        "reasons": reasons(campaign.evidence),
        "decision": msgspec.to_builtins(standing) if standing is not None else None,
    }


def member_row(member: Member) -> dict[str, Any]:
    """Return a member as JSON shows it."""
    return {
        "subject": {"scope": member.subject.scope, "value": member.subject.value},
        "state": member_state(member),
        "since": member.since,
        "to": member.to,
        "weight": member.weight,
        "joined_by": ties(member.reasons),
    }


def member_state(member: Member) -> str:
    """Return whether decisions reach a member, or why not."""
    if member.released:
        return "released"
    if member.gone:
        return "gone"
    return f"spared: {member.spared}" if member.spared else "bound"


def by_weight(members: Iterable[Member]) -> list[Member]:
    """Return members by the weight of their tie, those first whom decisions reach."""
    return sorted(members, key=lambda one: (not one.bound, -one.weight, one.subject))


def by_size(campaigns: Sequence[Campaign], standing: Mapping[Subject, Decision]) -> list[Campaign]:
    """Return campaigns by what is decided on them, then what they weigh, then their size."""
    return sorted(campaigns, key=lambda one: (one.subject not in standing, not one.named, -one.weight, -one.linked))
