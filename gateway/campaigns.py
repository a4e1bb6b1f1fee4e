"""What is kept of a campaign: the group as a subject of its own, its members, and why each of them belongs to it. Pure.

A *group* is subjects that act together. It becomes a *campaign*, and its members bound by what is decided on it, when
a decision is first taken: ``named``. A group is kept before that too, because it keeps its id, and has paid for being
looked at.
"""

from typing import Final, NamedTuple

import msgspec

from detectors.base import Evidence, Harvest
from detectors.linkage.base import Id, Reason
from gateway.decisions import Subject

SCOPE: Final = "campaign"
MEMBER_SCOPES: Final = ("account", "key")  # one exchange counts for one member: its account, else its key
UNSEEN: Final = 90 * 86400.0  # seconds after which a campaign that no pass has found is forgotten, as decisions are


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    """One group, and how it stood when it was last weighed.

    Attributes:
        id: ``camp_…``; the same as long as most of its members stay together.
        born: the how-manieth group it was that was ever looked at; what that costs is taken off its evidence.
        at: when it was first found, seconds since the epoch.
        named: when a decision was first taken on it; 0.0 while it is a group like any other.
        seen: the last pass that found it, an hour ago at most.
        size: members that a decision reaches.
        linked: all that were linked, spared ones included.
        reasons: what most members share, heaviest first.
        weighed: when it was last weighed; 0.0 if it never was.
        observations: that its members had then.
        weight, families, evidence, harvest: as it stood then, see ``gateway.decisions.Standing``.
    """

    id: str
    born: int
    at: float
    named: float = 0.0
    seen: float = 0.0
    size: int = 0
    linked: int = 0
    reasons: tuple[Reason, ...] = ()
    weighed: float = 0.0
    observations: int = 0
    weight: float = 0.0
    families: dict[str, float] = {}
    evidence: dict[str, Evidence] = {}
    harvest: Harvest = Harvest()

    @property
    def subject(self) -> Subject:
        """Whom decisions on it are about."""
        return Subject(SCOPE, self.id)


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One subject of a campaign.

    Attributes:
        campaign: id.
        subject: an account, or a key that no account owns.
        since: when it was first found there, seconds since the epoch.
        to: the member to which its heaviest tie went then; empty for the first.
        weight: of that tie, nats.
        reasons: of that tie, heaviest first.
        spared: why no decision reaches it, in a word; empty where one does.
        released: when an operator set it free, seconds since the epoch; 0.0 if nobody did.
        gone: when it was last found there, if it is there no more; 0.0 while it is.
    """

    campaign: str
    subject: Subject
    since: float
    to: Id = ""
    weight: float = 0.0
    reasons: tuple[Reason, ...] = ()
    spared: str = ""
    released: float = 0.0
    gone: float = 0.0

    @property
    def bound(self) -> bool:
        """Whether decisions on the campaign reach it."""
        return not (self.spared or self.released or self.gone)


class Membership(NamedTuple):
    """That decisions on a campaign reach a subject."""

    campaign: str
    subject: Subject


class Memberships(NamedTuple):
    """Changes after a position.

    Attributes:
        position: the newest.
        whole: these are all there are, and what was known before is to be forgotten.
        joined, left: whom decisions reach, and whom they reach no more. Only of campaigns that are named.
    """

    position: int
    whole: bool = False
    joined: tuple[Membership, ...] = ()
    left: tuple[Membership, ...] = ()


class Roll(NamedTuple):
    """All campaigns, oldest first.

    Attributes:
        born: how many groups were ever looked at.
        campaigns: those that are kept.
        released: whom operators set free.
    """

    born: int
    campaigns: tuple[Campaign, ...] = ()
    released: frozenset[Membership] = frozenset()


def subject_of(member: Id) -> Subject:
    """Return the subject of a member's id.

    >>> subject_of("account:acme:eu")
    Subject(scope='account', value='acme:eu')
    """
    scope, _, value = member.partition(":")
    return Subject(scope, value)
