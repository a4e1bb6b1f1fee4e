"""Which groups are campaigns, and who is a member: what a pass found against what is kept. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from msgspec.structs import replace

from detectors.linkage.base import Group, Id, Link
from gateway.campaigns import Campaign, Member, Membership, subject_of

NEW: Final = "new"  # why nobody is bound who has just joined: nobody has looked yet whether it belongs there
FRESH: Final = 3600.0  # seconds between two writes that a campaign was seen, where nothing else changes


class Enrolment(NamedTuple):
    """What a pass changes, before anything is weighed.

    Attributes:
        campaigns: those that were found, by id, as they are now.
        members: those found, by campaign and id, as they are now.
        gone: who was a member and is none any more.
    """

    campaigns: dict[str, Campaign]
    members: dict[str, dict[Id, Member]]
    gone: list[Membership]


def enrolled(
    campaigns: Mapping[str, Campaign],
    members: Mapping[str, Mapping[Id, Member]],
    groups: Mapping[str, Group],
    born: int,
    at: float,
) -> Enrolment:
    """Return campaigns and members as a pass found them.

    Args:
        campaigns: as kept, by id.
        members: as kept, by campaign and id; those that are gone are not among them.
        groups: as found, by the campaign's id.
        born: how many groups were ever looked at.
        at: now, seconds since the epoch.
    """
    now: dict[str, Campaign] = {}
    of: dict[str, dict[Id, Member]] = {}
    for name in sorted(groups, key=lambda one: (one not in campaigns, one)):
        known = campaigns.get(name)
        if known is None:
            born += 1
            known = Campaign(id=name, born=born, at=at)
        found = groups[name]
        seen = at if at - known.seen >= FRESH or known.linked != len(found.members) else known.seen
        now[name] = replace(known, seen=seen, linked=len(found.members), reasons=found.reasons)
        of[name] = _members(name, found, members.get(name, {}), at)
    gone = [
        Membership(name, member.subject)
        for name, before in members.items()
        for one, member in before.items()
        if one not in of.get(name, {})
    ]
    return Enrolment(now, of, gone)


def _members(name: str, group: Group, before: Mapping[Id, Member], at: float) -> dict[Id, Member]:
    """Return a group's members: who was there already is as it was, whoever joined with its tie."""
    joined = [one for one in group.members if one not in before]
    ties = _ties(group, before) if joined else {}
    found = {one: before[one] for one in group.members if one in before}
    for one in joined:
        tie = ties.get(one)
        member = Member(campaign=name, subject=subject_of(one), since=at, spared=NEW)
        if tie is not None:
            to = tie.other if tie.one == one else tie.one
            member = replace(member, to=to, weight=tie.weight, reasons=tie.reasons)
        found[one] = member
    return found


def _ties(group: Group, before: Mapping[Id, Member]) -> dict[Id, Link]:
    """Return by member the link that leads towards an old member, or towards the first; that one has none."""
    at: dict[Id, list[Link]] = {}
    for link in group.links:
        at.setdefault(link.one, []).append(link)
        at.setdefault(link.other, []).append(link)
    edge = [one for one in group.members if one in before] or list(group.members[:1])
    met, ties = set(edge), {}
    while edge:
        here = edge.pop()
        for link in at.get(here, ()):
            there = link.other if link.one == here else link.one
            if there not in met:
                met.add(there)
                ties[there] = link
                edge.append(there)
    return ties


def differing(now: Iterable[Member], before: Mapping[Id, Member]) -> list[Member]:
    """Return the members that are not as they were."""
    return [one for one in now if before.get(str(one.subject)) != one]
