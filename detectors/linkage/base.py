"""The words of linkage: imprints in, groups of subjects out, each tie with its reason.

A *link* says that two subjects act together; it never says that they extract. Students of one class and users of one
agent harness are linked, and honest. Guilt is the merged case's to show, in the families that every subject is judged
by, and coordination (one hand deals the work out) is its family *identity*.
"""

from typing import Final, Literal, TypeAlias

import msgspec
from xxhash import xxh3_64_intdigest

Id: TypeAlias = str  # ``scope:value`` of a subject
Kind: TypeAlias = Literal[
    "scaffold", "paraphrase", "opening", "payload",  # content
    "network", "asn", "payment", "joined",  # identity
    "client", "tls", "habit", "pace",  # interface and timing
    "reasoning", "recirculation", "failover",  # what one took and another handed in, or took over
    "profile",  # works as the others do: topic, lengths, manner
]  # fmt: skip

HOURS: Final = 14 * 24  # hours of activity that an imprint remembers
TOPIC: Final = 96  # dimensions of the topic's sum, of the static embedder; others are folded to as many
SAMPLE: Final = 64  # least fingerprints of different payloads that are kept
MOST_MARKS: Final = 6  # scaffolds, openings, networks; of the other kinds MOST_OTHERS
MOST_OTHERS: Final = 3
MOST_FRAMES: Final = 2
MOST_PARTNERS: Final = 10
# full in every respect, such an imprint encodes to 3,072 bytes at most; a mark takes 33 of them, a partner 38


class Mark(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One value that a subject shows again and again.

    Attributes:
        value: keyed fingerprint, or the number itself where it is public (ASN); never 0.
        count: exchanges with it; an upper bound where others were pushed out (Metwally 2005, "Space-Saving").
        first_at, last_at: seconds since the epoch.
    """

    value: int
    count: int
    first_at: float
    last_at: float


class Partner(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Somebody whose takings this subject handed in.

    Attributes:
        other: keyed fingerprint of the subject that was served (``partner_mark`` of its id).
        kind: ``reasoning`` (its encrypted reasoning) or ``recirculation`` (its answers).
        count: exchanges that did.
        first_at: seconds since the epoch.
    """

    other: int
    kind: str
    count: int
    first_at: float


class Imprint(msgspec.Struct, frozen=True, array_like=True, gc=False, kw_only=True):
    """What is kept of a subject to find those who act with it: counts, times and keyed fingerprints, about 2 KiB.

    A fold like a detector's state, see ``imprint.ImprintFold``; that of a campaign is the merge of its members'.

    Attributes:
        exchanges: answers received.
        first_at, last_at: of any exchange, seconds since the epoch; 0.0 before the first.
        scaffolds, openings, networks: most used first, at most MOST_MARKS each.
        asns, clients, tls, habits, models: likewise, at most MOST_OTHERS each.
        frames: (scaffold, vector) of the most used scaffolds that have words, one signed byte a dimension; at most
            MOST_FRAMES.
        hour: the newest hour with activity, hours since the epoch.
        hours: exchanges by hour, one byte each (255 and more are 255), the newest last; HOURS at most.
        payloads: least fingerprints of different payloads, sorted, at most SAMPLE, eight little-endian bytes each.
        topic: sum of the payloads' unit vectors, TOPIC little-endian 32-bit floats; empty if there were none.
        vectors: payloads in that sum.
        asked: sums of log(1 + characters of the payload) and of its square.
        taken: sums of log(1 + tokens of the answer) and of its square.
        single: exchanges that are single questions without tools.
        talks: exchanges that go on with a conversation of the client's own (an answer stands in the history).
        tools: exchanges that offer tools or hand results in.
        demands: exchanges that demand reasoning as output.
        partners: whose takings it handed in, at most MOST_PARTNERS.
    """

    exchanges: int = 0
    first_at: float = 0.0
    last_at: float = 0.0
    scaffolds: tuple[Mark, ...] = ()
    openings: tuple[Mark, ...] = ()
    networks: tuple[Mark, ...] = ()
    asns: tuple[Mark, ...] = ()
    clients: tuple[Mark, ...] = ()
    tls: tuple[Mark, ...] = ()
    habits: tuple[Mark, ...] = ()
    models: tuple[Mark, ...] = ()
    frames: tuple[tuple[int, bytes], ...] = ()
    hour: int = 0
    hours: bytes = b""
    payloads: bytes = b""
    topic: bytes = b""
    vectors: int = 0
    asked: tuple[float, float] = (0.0, 0.0)
    taken: tuple[float, float] = (0.0, 0.0)
    single: int = 0
    talks: int = 0
    tools: int = 0
    demands: int = 0
    partners: tuple[Partner, ...] = ()


class Facts(msgspec.Struct, frozen=True):
    """What the operator knows of an account: when it signed up (seconds since the epoch; 0: unknown), who pays
    (keyed hash; 0: unknown), and the group of accounts or keys that are known to belong together (empty: none).
    """

    joined: float = 0.0
    payment: int = 0
    kin: str = ""


class Reason(msgspec.Struct, frozen=True):
    """Why two subjects, or a group, count as acting together.

    Attributes:
        kind: what they share.
        value: the shared fingerprint; 0 where there is none.
        weight: how rare that is, nats.
        shared: how many subjects share it.
    """

    kind: Kind
    value: int
    weight: float
    shared: int


class Link(msgspec.Struct, frozen=True):
    """A tie between two subjects, ``one`` before ``other`` in order, with all its reasons, heaviest first."""

    one: Id
    other: Id
    weight: float
    reasons: tuple[Reason, ...]


class Group(msgspec.Struct, frozen=True):
    """Subjects that act together, as far as links tell.

    Attributes:
        members: sorted.
        links: a tree that holds the members together, heaviest ties chosen; one fewer than members.
        reasons: what most members share, heaviest first.
    """

    members: tuple[Id, ...]
    links: tuple[Link, ...] = ()
    reasons: tuple[Reason, ...] = ()


def partner_mark(id: Id) -> int:  # noqa: A002 - the word of these types
    """Return the fingerprint by which a partner is known; not keyed, as ids of secret values are keyed already."""
    return xxh3_64_intdigest(id.encode("utf-8", "surrogatepass")) or 1
