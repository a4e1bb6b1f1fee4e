"""The recirculation ledger: an answer served to one comes back in the question of another.

For cleaning, for grading, for rewriting, or because what one key bred another asks: a pool passes its takings on. The
detector of the same name knows a subject's own newest answers; this ledger knows everybody's.

An answer is known by four passages of its beginning, each of ten words in a row: four words are common among millions.
Two of them in one question make a hit; they must be of the same answer, which its note tells but for one in 256. What
several members were served is everybody's (boilerplate, well-known text) and says nothing, and neither does what an
answer only repeats of its own question.

Text can be planted: whoever knows what an innocent will ask can have the model say it first. So a hit is a mark of one
family, never enough by itself, and a text counts once however often it comes back (``detectors.recirculation``).

Source: Anthropic 2026-09-10, GTG-16006 ("replays extracted traces back into the model to clean and grade them").
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from detectors.base import Taking
from detectors.linkage.holders import Deal, Holder, Passed, are_kin, enter, holders
from detectors.linkage.ledger import NOTES, Entered, Table

RETURNS: Final = 2  # passages of one answer that must come back: one may be a common phrase
MOST_TAKINGS: Final = 4  # answers told of one question, those of the most passages


class Recirculation:
    """Whose answers come back.

    Args:
        table: of the ledger.
        kin: declared groups of members, by mark; they may be replaced.

    Example:
        >>> import numpy as np
        >>> from detectors.base import AnswerObservation, QueryObservation
        >>> def deal(member, at, handed=(), said=()):
        ...     query = QueryObservation(at=at, passages=handed)
        ...     return Deal(member, AnswerObservation(at=at + 1.0, query=query, passages=said))
        >>> ledger = Recirculation(Table(np.zeros((64, 2), np.uint64), keep=24))
        >>> _ = ledger.enter([deal(1, 7200.0, said=(5, 6, 7, 8))])
        >>> ledger.look([deal(2, 7300.0, handed=(4, 5, 7)), deal(2, 7300.0, handed=(4, 5)), deal(1, 7300.0, (5, 6))])
        [(Taking(kind='recirculation', what=5, owner=1, elsewhere=False),), (), ()]

    """

    def __init__(self, table: Table, kin: Mapping[int, str] | None = None) -> None:
        self.table = table
        self.kin = kin or {}

    def look(self, deals: Sequence[Deal]) -> list[tuple[Taking, ...]]:
        """Return what each exchange hands in that was served to others."""
        passed = [_passed(deal) for deal in deals]
        return [
            self._takings(one.deal.member, found) if len(found) >= RETURNS else ()
            for one, found in zip(passed, holders(self.table, passed), strict=True)
        ]

    def enter(self, deals: Sequence[Deal]) -> Entered:
        """Remember what was served; for a batch that has been kept."""
        return enter(self.table, [_passed(deal) for deal in deals])

    def _takings(self, member: int, found: Mapping[int, Holder]) -> tuple[Taking, ...]:
        answers: dict[Holder, list[int]] = defaultdict(list)
        for print_, holder in found.items():
            if not holder.common and not are_kin(member, holder.owner, self.kin):
                answers[holder].append(print_)
        hits = [(-len(prints), min(prints), one.owner) for one, prints in answers.items() if len(prints) >= RETURNS]
        return tuple([Taking("recirculation", least, owner) for _, least, owner in sorted(hits)[:MOST_TAKINGS]])


def _passed(deal: Deal) -> Passed:
    """Return what passes: of the answer what its own question does not hold, if that is enough to be known again."""
    handed = deal.answer.query.passages
    served = sorted(set(deal.answer.passages).difference(handed))
    return Passed(deal, handed, served if len(served) >= RETURNS else (), served[0] % NOTES if served else 0)
