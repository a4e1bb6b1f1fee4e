"""An operator's word on an attestation: approved, the decision that asked for it ends; refused, it stays."""

import msgspec

from gateway.campaigns import Membership
from gateway.decisions import Decision
from gateway.stores.base import Store
from gateway.verification.attestation import Attestation
from gateway.verification.book import Book

TAG = "verified"  # what policies call a subject whose attestation was approved, until that ends


class NotPendingError(Exception):
    """There is no attestation of this id that waits for a word."""


def approve(book: Book, store: Store, identifier: str, at: float, lasts: float, by: str) -> Attestation:
    """Approve an attestation and lift the decision behind it, if that still stands; release a member of a campaign.

    What was decided on a campaign goes on for its other members.

    Args:
        book: where the attestation is.
        store: where the decision stands.
        identifier: of the attestation.
        at: now, seconds since the epoch.
        lasts: seconds that the subject counts as verified.
        by: who decides.

    Raises NotPendingError.
    """
    settled = _settled(book, identifier, at, state="approved", until=at + lasts, by=by)
    if settled.campaign:
        store.release(Membership(settled.campaign, settled.subject), at)
        return settled
    standing = _standing(store, settled, at)
    if standing is not None and standing.id == settled.decision:
        store.lift(settled.subject, at)
    return settled


def refuse(book: Book, identifier: str, at: float, by: str) -> Attestation:
    """Refuse an attestation; the decision stays as it is. Raises NotPendingError."""
    return _settled(book, identifier, at, state="refused", until=0.0, by=by)


def _settled(book: Book, identifier: str, at: float, **word: object) -> Attestation:
    known = book.one(identifier)
    if known is None or known.state != "pending":
        raise NotPendingError(f"no attestation {identifier} waits for a word")
    settled = msgspec.structs.replace(known, decided=at, **word)
    book.settle(settled)
    return settled


def _standing(store: Store, attestation: Attestation, at: float) -> Decision | None:
    decisions = store.announced(0, at).decisions
    return next((decision for decision in decisions if decision.subject == attestation.subject), None)
