"""Notes on a block's questions what in them was served to others, in the order of the lines."""

from collections.abc import Sequence

from msgspec.structs import replace

from detectors.base import AnswerObservation
from detectors.linkage.base import partner_mark
from detectors.linkage.holders import Deal
from gateway.ledger import Ledgers, member
from gateway.replay.reading import Group


def noted(ledgers: Ledgers, groups: Sequence[Group]) -> list[Group]:
    """Return the groups of one block, blocks given in order; one process has to see them all."""
    marks = [partner_mark(who) if (who := member(group.subjects)) else 0 for group in groups]
    rows = sorted(
        (place, number, within)
        for number, group in enumerate(groups)
        if marks[number]
        for within, place in enumerate(group.places)
    )
    deals = [Deal(marks[number], groups[number].answers[within]) for _, number, within in rows]
    changed: dict[int, list[AnswerObservation]] = {}
    for (_, number, within), deal, answer in zip(rows, deals, ledgers.noted(deals), strict=True):
        if answer is not deal.answer:
            changed.setdefault(number, list(groups[number].answers))[within] = answer
    ledgers.keep()
    return [
        replace(group, answers=changed[number]) if number in changed else group for number, group in enumerate(groups)
    ]
