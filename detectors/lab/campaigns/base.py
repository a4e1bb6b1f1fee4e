"""The words of this part of the lab: members, what they do, and the groups whose labels are known."""

from collections.abc import Callable, Iterator
from heapq import merge
from typing import Final, Literal, NamedTuple

from detectors.lab.traffic import Asked

Side = Literal["campaign", "innocent", "framed"]
NEVER: Final = 0.0


class Member(NamedTuple):
    """One account.

    Attributes:
        account: its name; it tells nothing.
        label, kind, traffic_class: what it is.
        group: name of the group that it belongs to; empty: it is an individual.
        pool: which pool of its campaign, from 0.
        agent, anthropic: how it calls.
        tls: fingerprint of its TLS, as an edge would hand it on.
        addresses, asns: whence it calls; as many of the one as of the other.
        joined: when it signed up, seconds since the epoch.
        payment: what it pays with; empty: unknown.
        kin: a group that the operator knows to belong together; empty: none.
    """

    account: str
    label: Literal["benign", "adversary"]
    kind: str
    traffic_class: str
    group: str
    pool: int
    agent: str
    anthropic: bool
    tls: str
    addresses: tuple[str, ...]
    asns: tuple[int, ...]
    joined: float
    payment: str = ""
    kin: str = ""


class Act(NamedTuple):
    """One exchange of one account."""

    member: Member
    asked: Asked

    @property
    def address(self) -> str:
        """The address that it came from."""
        return self.member.addresses[self.asked.address % len(self.member.addresses)]

    @property
    def asn(self) -> int:
        """The number of that address's autonomous system."""
        return self.member.asns[self.asked.address % len(self.member.asns)]


class Group(NamedTuple):
    """Accounts that have something in common, and what it is.

    Attributes:
        name: what tables call it.
        kind: its kind.
        side: a campaign; innocents; or innocents whose marks a campaign copies.
        members: all of them, of every pool.
        plan: exchanges that the attack wants in all, also after the fortnight that is played.
        banned_at: when its first pool was revoked, seconds since the epoch; 0.0: never.
        traits: how it was varied, by name.
        plays: yields what its members do, in time order, any number of times with the same result.
    """

    name: str
    kind: str
    side: Side
    members: tuple[Member, ...]
    plan: int
    banned_at: float
    traits: tuple[str, ...]
    plays: Callable[[], Iterator[Act]]


def at(act: Act) -> float:
    """Return when it happened, to merge by."""
    return act.asked.at


def together(plays: list[Callable[[], Iterator[Act]]]) -> Iterator[Act]:
    """Yield what all of them do, in time order; little more than the next exchange of each is held."""
    yield from merge(*[play() for play in plays], key=at)
