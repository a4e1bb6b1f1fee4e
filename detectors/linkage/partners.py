"""Whose takings a subject handed in: the most frequent, in bounded room.

Counts are lower bounds, never guesses: who is pushed out and comes back begins at one. Where all are as frequent, those
of the least fingerprints stay, the same ones whatever the order and for everybody.
"""

from collections.abc import Iterable

from detectors.base import QueryObservation
from detectors.linkage.base import MOST_PARTNERS, Partner


def told(queries: Iterable[QueryObservation]) -> tuple[Partner, ...]:
    """Return whose takings questions hand in, as the ledgers noted them: each counts once a question and kind."""
    found: dict[tuple[int, str], Partner] = {}
    for query in queries:
        for owner, kind in {(taking.owner, taking.kind) for taking in query.takings} if query.takings else ():
            known = found.get((owner, kind), Partner(owner, kind, 0, query.at))
            found[owner, kind] = Partner(owner, kind, known.count + 1, min(known.first_at, query.at))
    return tuple(found.values())


def counted(partners: tuple[Partner, ...], more: tuple[Partner, ...]) -> tuple[Partner, ...]:
    """Return both lists as one, most frequent first, at most MOST_PARTNERS."""
    if not more or not partners:
        return (partners or more)[:MOST_PARTNERS]
    held: dict[tuple[int, str], Partner] = {(one.other, one.kind): one for one in partners}
    for one in more:
        known = held.get((one.other, one.kind))
        if known is not None:
            one = Partner(one.other, one.kind, known.count + one.count, min(known.first_at, one.first_at))  # noqa: PLW2901
        held[one.other, one.kind] = one
    return tuple(sorted(held.values(), key=_order)[:MOST_PARTNERS])


def _order(partner: Partner) -> tuple[int, int, str]:
    return -partner.count, partner.other, partner.kind
