"""The ledgers in the benchmark: what was served to one account and is handed in by another is noted before the fold."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from detectors.linkage.base import Facts, Id, partner_mark
from detectors.linkage.holders import Deal
from gateway.config import Ledgers as Settings
from gateway.lab.campaign_reading import Seen
from gateway.ledger import Ledgers


def ledgers(facts: Mapping[Id, Facts]) -> Ledgers:
    """Return empty ledgers of the default size, in memory."""
    return Ledgers(Settings(), None, {partner_mark(one): told.kin for one, told in facts.items() if told.kin})


def noted(batches: Iterable[list[Seen]], kept: Ledgers) -> Iterator[list[Seen]]:
    """Yield batches with what their questions hand in of others'; the ledgers learn what was served, batch by batch."""
    for batch in batches:
        answers = kept.noted([Deal(partner_mark(seen.member), seen.answer) for seen in batch])
        kept.keep()
        yield [
            seen if answer is seen.answer else replace(seen, answer=answer)
            for seen, answer in zip(batch, answers, strict=True)
        ]
