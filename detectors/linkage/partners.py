"""Whose takings a subject handed in: the most frequent, in bounded room.

Counts are lower bounds, never guesses: who is pushed out and comes back begins at one. Where all are as frequent, those
of the least fingerprints stay, the same ones whatever the order and for everybody.
"""

from detectors.linkage.base import MOST_PARTNERS, Partner


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
