"""What a subject shows of itself: the marks of its imprint that it uses enough, each of a kind and a family."""

import math
import struct
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, TypeAlias

from xxhash import xxh3_64_intdigest

from detectors.linkage.base import Facts, Imprint, Kind, Mark

Side: TypeAlias = Literal["content", "identity", "interface", "timing"]

# Marks of one side say nearly the same: an SDK has its own TLS, a scaffold its own opening. Two sides make a tie.
SIDES: Final[Mapping[Kind, Side]] = MappingProxyType({
    "scaffold": "content", "paraphrase": "content", "opening": "content", "payload": "content",
    "network": "identity", "asn": "identity", "payment": "identity", "joined": "identity",
    "client": "interface", "tls": "interface", "habit": "interface",
    "pace": "timing",
    "reasoning": "content", "recirculation": "content", "failover": "timing", "profile": "timing",
})  # fmt: skip

SHOWN: Final = 33  # marks at most: the sum of what follows
USES: Final = 3  # exchanges with a scaffold or opening that count as use: a padded harvester has 10 % of 30 a day
LEAST_SHARE: Final = 0.05  # of all exchanges, for what everybody has some of: networks, clients, habits
PAYLOADS: Final = 8  # least fingerprints of questions; the same ones for all, so what two share shows in both
DAY: Final = 86_400.0  # seconds
LAST: Final = 253_402_300_799.0  # end of the year 9999, seconds since the epoch
_FIRST_USE: Final = 2**40  # days of first use are told from days of sign-up
_PACED: Final = 4  # exchanges below which a pace says nothing
_SCAFFOLDS: Final = 6  # a padded harvester has its cover's too
_KEEPS: Final[Sequence[tuple[Kind, str, int]]] = (
    ("scaffold", "scaffolds", _SCAFFOLDS), ("opening", "openings", 4), ("network", "networks", 4), ("asn", "asns", 2),
    ("client", "clients", 2), ("tls", "tls", 2), ("habit", "habits", 2),
)  # fmt: skip


class Shown(NamedTuple):
    """One mark of a subject: how many exchanges showed it, and when the first did (seconds since the epoch)."""

    kind: Kind
    value: int
    uses: int
    first_at: float


def shown(imprint: Imprint) -> tuple[Shown, ...]:
    """Return what the subject shows, at most SHOWN marks; one of fewer than USES exchanges shows none.

    Example:
        >>> imprint = Imprint(exchanges=40, scaffolds=(Mark(7, 38, 0.0, 9.0), Mark(8, 2, 1.0, 5.0)))
        >>> [(mark.kind, mark.value, mark.uses) for mark in shown(imprint)][:1]
        [('scaffold', 7, 38)]
    """
    if imprint.exchanges < USES:
        return ()
    found: list[Shown] = []
    for kind, field, most in _KEEPS:
        found += _used(kind, getattr(imprint, field), most, imprint.exchanges)
    found += [Shown("payload", value, 1, imprint.first_at) for value in _payloads(imprint.payloads)]
    if imprint.exchanges >= _PACED:
        found.append(Shown("pace", _pace(imprint), imprint.exchanges, imprint.first_at))
    return (*found, *_days(imprint.first_at, _FIRST_USE))


def declared(facts: Facts) -> tuple[Shown, ...]:
    """Return what the operator's facts show: who pays, and the day of sign-up.

    Example:
        >>> [mark.kind for mark in declared(Facts(joined=1.7e9, payment=5))]
        ['payment', 'joined', 'joined']
    """
    paid = [Shown("payment", facts.payment, 1, facts.joined)] if facts.payment else []
    return (*paid, *_days(facts.joined, 0))


def _days(at: float, space: int) -> tuple[Shown, ...]:
    """Return the day, in two gratings lest midnight part a pool; none for a time that cannot be, or is not known."""
    if not 0.0 < at < LAST:
        return ()
    cells = 2 * math.floor(at / DAY), 2 * math.floor(at / DAY + 0.5) + 1
    return tuple([Shown("joined", space + cell + 1, 1, at) for cell in cells])


def _used(kind: Kind, marks: Sequence[Mark], most: int, exchanges: int) -> list[Shown]:
    least = USES if SIDES[kind] == "content" else max(USES - 1, LEAST_SHARE * exchanges)
    return [
        Shown(kind, mark.value, mark.count, mark.first_at)
        for mark in marks[:most]
        if mark.value and mark.count >= least
    ]


def _payloads(sample: bytes) -> tuple[int, ...]:
    held = min(len(sample) // 8, PAYLOADS)
    return struct.unpack_from(f"<{held}Q", sample)


def _pace(imprint: Imprint) -> int:
    """Return the cell of how it works: a day's load, share of single questions, lengths asked and taken, its hours."""
    n = imprint.exchanges
    days = max(1.0, (imprint.last_at - imprint.first_at) / DAY)
    hours = len(imprint.hours) - imprint.hours.count(0)
    cell = (
        int(math.log(1.0 + n / days) / math.log(4.0)),
        round(2 * imprint.single / n),
        int(imprint.asked[0] / n / math.log(8.0)),
        int(imprint.taken[0] / n / math.log(8.0)),
        int(3 * hours / max(1.0, min(24.0 * days, float(n)))),
    )
    return xxh3_64_intdigest(repr(cell).encode()) or 1


def frames(imprint: Imprint) -> dict[int, bytes]:
    """Return the embeddings of the scaffolds that the subject shows, by fingerprint."""
    used = {mark.value for mark in _used("scaffold", imprint.scaffolds, _SCAFFOLDS, imprint.exchanges)}
    return {value: frame for value, frame in imprint.frames if value in used and imprint.exchanges >= USES}
