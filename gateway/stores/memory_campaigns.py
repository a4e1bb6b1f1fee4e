"""Campaigns and their members in memory: for replay and tests."""

from msgspec.structs import replace

from gateway.campaigns import UNSEEN, Campaign, Member, Membership, Memberships, Roll
from gateway.stores.base import Folded


class MemoryCampaigns:
    """What ``SqliteCampaigns`` is in a file."""

    def __init__(self) -> None:
        self._born = 0
        self._campaigns: dict[str, Campaign] = {}
        self._members: dict[Membership, Member] = {}
        self._positions: dict[Membership, int] = {}
        self._position = self._anew = 0

    def _keep_campaigns(self, folded: Folded) -> None:
        if not (folded.campaigns or folded.members or folded.gone):
            return
        self._position += 1
        for one in folded.campaigns:
            before = self._campaigns.get(one.id)
            if before is not None and one.named and not before.named:
                self._positions.update((m, self._position) for m in self._members if m.campaign == one.id)
            self._campaigns[one.id] = one
            self._born = max(self._born, one.born)
        for member in folded.members:
            name = Membership(member.campaign, member.subject)
            known = self._members.get(name)
            self._put(name, replace(member, released=known.released if known else 0.0, gone=0.0))
        for name in folded.gone:
            if name in self._members:
                self._put(name, replace(self._members[name], gone=folded.at))
        self._let_go(folded.at - UNSEEN)

    def _put(self, name: Membership, member: Member) -> None:
        self._members[name] = member
        self._positions[name] = self._position

    def _let_go(self, before: float) -> None:
        self._campaigns = {name: one for name, one in self._campaigns.items() if one.seen >= before}
        lost = [
            name
            for name, one in self._members.items()
            if name.campaign not in self._campaigns or (0 < one.gone < before and not one.released)
        ]
        for name in lost:
            del self._members[name], self._positions[name]
        if lost:
            self._position += 1
            self._anew = self._position

    def roll(self) -> Roll:
        """Return all campaigns."""
        kept = sorted(self._campaigns.values(), key=lambda one: one.born)
        return Roll(self._born, tuple(kept), frozenset(n for n, one in self._members.items() if one.released))

    def members(self, campaign: str) -> list[Member]:
        """Return all who are, or were, of a campaign, oldest first."""
        return [one for one in self._members.values() if one.campaign == campaign]

    def memberships(self, after: int) -> Memberships:
        """Return whom decisions on campaigns reach: what changed after a position, or, from 0, everything."""
        if after == self._position:
            return Memberships(after)
        whole = after == 0 or after > self._position or after < self._anew
        told = [
            (name, one.bound)
            for name, one in self._members.items()
            if (whole or self._positions[name] > after) and self._campaigns[name.campaign].named
        ]
        left = () if whole else tuple(name for name, bound in told if not bound)
        return Memberships(self._position, whole, tuple(name for name, bound in told if bound), left)

    def release(self, member: Membership, at: float) -> bool:
        """Set a member free of what is decided on its campaign, or, at 0.0, take that back; False if it is none."""
        known = self._members.get(member)
        if known is None or bool(known.released) == bool(at):
            return False
        self._position += 1
        self._put(member, replace(known, released=at))
        return True
