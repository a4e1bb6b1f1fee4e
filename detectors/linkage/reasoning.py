"""The reasoning ledger: encrypted reasoning, or its signature, that was served to one and is presented by another.

Providers hand reasoning out sealed, so that a conversation can go on with it. Nobody can make such a blob, and none is
made twice: who presents one that another was served got it from there. Harvesters replay blobs in other sessions and
under other accounts, to have the reasoning told in clear.

What it implicates is who presents, never who was served: a blob that is left where others pick it up frames nobody.
One's own is silence, and so is that of one's kin. A conversation that moves whole to another account (a second key
that takes over, a colleague) is a tie between the two; in another conversation than its own the blob is *elsewhere*,
which honest movers have no use for.

Source: Anthropic 2026-09-10, GTG-16002 and GTG-16001 ("cross-session replay of the encrypted thinking signature").
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from detectors.base import QueryObservation, Taking
from detectors.linkage.holders import Deal, Holder, Passed, are_kin, enter, holders
from detectors.linkage.ledger import NOTES, Entered, Table

MOST_TAKINGS: Final = 8  # told of one question: a conversation that moves brings its whole past along


class Presented(NamedTuple):
    """What became of the blobs of a batch: counts.

    Attributes:
        own: served to the member itself, or its kin.
        foreign: served to another.
        common: served to several, so that they tell nothing.
        unknown: served to nobody as far as is remembered; that is no evidence.
    """

    own: int = 0
    foreign: int = 0
    common: int = 0
    unknown: int = 0


class Reasoning:
    """Who was served which blob.

    Args:
        table: of the ledger.
        kin: declared groups of members, by mark; they may be replaced.

    Example:
        >>> import numpy as np
        >>> from detectors.base import AnswerObservation
        >>> def deal(member, at, presented=(), served=()):
        ...     query = QueryObservation(at=at, presented=presented)
        ...     return Deal(member, AnswerObservation(at=at + 1.0, query=query, served=served))
        >>> ledger = Reasoning(Table(np.zeros((64, 2), np.uint64), keep=24))
        >>> _ = ledger.enter([deal(1, 7200.0, served=(77,))])
        >>> takings, _ = ledger.look([deal(1, 7300.0, presented=(77,)), deal(2, 7400.0, presented=(77,))])
        >>> [[(taking.what, taking.owner) for taking in some] for some in takings]
        [[], [(77, 1)]]

    """

    def __init__(self, table: Table, kin: Mapping[int, str] | None = None) -> None:
        self.table = table
        self.kin = kin or {}

    def look(self, deals: Sequence[Deal]) -> tuple[list[tuple[Taking, ...]], Presented]:
        """Return what each exchange hands in that was served to others, and what became of all blobs."""
        passed = _passed(deals)
        takings: list[tuple[Taking, ...]] = []
        own = foreign = common = unknown = 0
        for one, found in zip(passed, holders(self.table, passed), strict=True):
            unknown += len(one.handed) - len(found)
            if not found:
                takings.append(())
                continue
            shared = sum(holder.common for holder in found.values())
            others = {print_: holder for print_, holder in found.items() if self._is_foreign(one.deal, holder)}
            own, foreign, common = own + len(found) - shared - len(others), foreign + len(others), common + shared
            takings.append(_takings(others, _note(one.deal.answer.query)) if others else ())
        return takings, Presented(own, foreign, common, unknown)

    def enter(self, deals: Sequence[Deal]) -> Entered:
        """Remember what was served; for a batch that has been kept."""
        return enter(self.table, _passed(deals))

    def _is_foreign(self, deal: Deal, holder: Holder) -> bool:
        return not holder.common and not are_kin(deal.member, holder.owner, self.kin)


def _passed(deals: Sequence[Deal]) -> list[Passed]:
    return [Passed(deal, deal.answer.query.presented, deal.answer.served, _note(deal.answer.query)) for deal in deals]


def _takings(others: Mapping[int, Holder], note: int) -> tuple[Taking, ...]:
    found = [Taking("reasoning", print_, one.owner, elsewhere=one.note != note) for print_, one in others.items()]
    return tuple(sorted(found, key=lambda taking: (not taking.elsewhere, taking.what))[:MOST_TAKINGS])


def _note(query: QueryObservation) -> int:
    """Return what tells a conversation from others: its fixed part, told apart but for one in 255."""
    return 1 + query.scaffold % (NOTES - 1)
