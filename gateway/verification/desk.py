"""The desk: what stands behind a refusal's link, on the port where the client was refused.

GET says what to do, to a person or a program. POST takes what the client says of itself; that the client holds the
credentials that were refused, it proves by sending them again, as with any request. One attestation a decision, so
nobody fills the book; bodies are small, and few are read at once.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import NamedTuple

from gateway.decisions import Decision, Subject
from gateway.dialects import wire
from gateway.stores.base import Store, StoreError
from gateway.verification import webhook
from gateway.verification.attestation import FIELDS, Attestation, attestation_id, said
from gateway.verification.book import Book
from gateway.verification.settling import NotPendingError, approve, refuse
from gateway.verification.token import Claim, TokenError, mark, read, signed

PREFIX = "/.stillguard/verify/"
LARGEST = 16 << 10  # bytes of a body
_DAY = 86400.0  # seconds
_FRESH = 1.0  # seconds between two looks into the book
_HOW = "POST a JSON object with name, contact and purpose to this address, with the credentials that were refused."
_OK, _ACCEPTED, _MALFORMED, _FORBIDDEN, _UNKNOWN, _METHOD, _GONE, _LARGE, _BUSY = (
    200, 202, 400, 403, 404, 405, 410, 413, 503,
)  # fmt: skip
log = logging.getLogger("stillguard.verify")


class Page(NamedTuple):
    """An answer of the desk's: status, content type and body."""

    status: int
    kind: bytes
    body: bytes


class Visit(NamedTuple):
    """A request at the desk.

    Attributes:
        method, token: of the request.
        html: the client would rather read HTML.
        subjects: whose the request is.
        body: as sent.
        at: when, seconds since the epoch.
        campaigns: the campaigns that it is a member of, each with the subject that is the member.
    """

    method: str
    token: str
    html: bool
    subjects: Sequence[Subject]
    body: bytes
    at: float
    campaigns: Mapping[Subject, Subject] = {}


class Desk:
    """Signs links, and receives those who follow them.

    Args:
        key: that tokens are signed with.
        book: where attestations are kept.
        url: where clients reach this gateway, without a path; empty: links are paths on the host that they asked.
        lasts: seconds that an approved subject counts as verified.
        open_store: opens the store in which a decision is lifted.
        hook: address and key of the operator's webhook; None: there is none.
    """

    def __init__(
        self,
        key: bytes,
        book: Book,
        url: str,
        lasts: float,
        open_store: Callable[[], Store],
        hook: tuple[str, bytes] | None = None,
    ) -> None:
        self._key = key
        self._book = book
        self._url = url.rstrip("/")
        self._lasts = lasts
        self._open_store = open_store
        self._hook = hook
        self._room = asyncio.Semaphore(4)
        self._known: Mapping[Subject, float] = {}
        self._looked = float("-inf")

    def link(self, decision: Decision, at: float, lasts: float) -> str:
        """Return the link by which a decision's subject verifies itself, good for ``lasts`` seconds."""
        claim = Claim(decision.id, mark(self._key, decision.subject), int(at + lasts))
        return f"{self._url}{PREFIX}{signed(self._key, claim)}"

    async def verified(self, subject: Subject, at: float) -> bool:
        """Whether a subject counts as verified; at most a second behind the book, and no if that cannot be read."""
        if abs(at - self._looked) >= _FRESH:
            self._looked = at
            try:
                self._known = await asyncio.to_thread(self._book.verified, at)
            except StoreError:
                log.exception("the book of attestations could not be read")
        return self._known.get(subject, 0.0) > at

    async def receive(self, visit: Visit) -> Page:
        """Answer one request."""
        try:
            claim = read(self._key, visit.token, visit.at)
        except TokenError as error:
            return _told(
                _GONE if error.expired else _UNKNOWN, "This link has expired." if error.expired else "No such link."
            )
        if visit.method in {"GET", "HEAD"}:
            return _explained(claim, html=visit.html)
        if visit.method != "POST":
            return _told(_METHOD, "GET or POST.")
        shown = {**{subject: subject for subject in visit.subjects}, **visit.campaigns}
        about = next((one for one in shown if mark(self._key, one) == claim.mark), None)
        if about is None:
            return _told(_FORBIDDEN, "Send the credentials that were refused.")
        if len(visit.body) > LARGEST:
            return _told(_LARGE, f"At most {LARGEST} bytes.")
        try:
            fields = said(wire.decode(visit.body))
        except ValueError as fault:
            return _told(_MALFORMED, f"{fault}.")
        subject = shown[about]
        name = attestation_id(claim.decision, subject)
        return await self._filed(
            Attestation(
                id=name,
                decision=claim.decision,
                subject=subject,
                campaign=about.value if about != subject else "",
                at=visit.at,
                name=fields["name"],
                contact=fields["contact"],
                purpose=fields["purpose"],
            )
        )

    async def _filed(self, attestation: Attestation) -> Page:
        """Keep an attestation and ask the webhook, on a thread: the event loop touches no file."""
        try:
            async with self._room:
                kept = await asyncio.to_thread(self._settle, attestation)
        except StoreError:
            log.exception("an attestation could not be kept")
            return _told(_BUSY, "Please try again later.")
        return Page(_ACCEPTED, b"application/json", wire.encode({"id": kept.id, "state": kept.state}))

    def _settle(self, attestation: Attestation) -> Attestation:
        kept = self._book.file(attestation)
        log.info("attestation", extra={"attestation": kept.id, "subject": str(kept.subject), "state": kept.state})
        if self._hook is None or kept.state != "pending":
            return kept
        try:
            return self._heeded(kept, webhook.ask(self._hook[0], kept, self._hook[1]))
        except (webhook.WebhookError, NotPendingError) as error:
            log.warning("the webhook gave no word", extra={"attestation": kept.id, "error": str(error)})
            return kept

    def _heeded(self, kept: Attestation, word: webhook.Word) -> Attestation:
        if word.verdict == "refuse":
            return refuse(self._book, kept.id, kept.at, "webhook")
        if word.verdict != "approve":
            return kept
        store = self._open_store()
        try:
            lasts = word.days * _DAY if word.days > 0 else self._lasts
            return approve(self._book, store, kept.id, kept.at, lasts, "webhook")
        finally:
            store.close()


def _told(status: int, message: str) -> Page:
    return Page(status, b"application/json", wire.encode({"message": message}))


def _explained(claim: Claim, *, html: bool) -> Page:
    if not html:
        told = {"decision": claim.decision, "expires": claim.until, "message": _HOW, "fields": FIELDS}
        return Page(_OK, b"application/json", wire.encode(told))
    rows = "".join(f"<li>{escape(field)}: up to {most} characters</li>" for field, most in FIELDS.items())
    page = (
        "<!doctype html><meta charset=utf-8><title>Confirm your use</title><h1>Confirm your use</h1>"
        f"<p>{escape(_HOW)}</p><ul>{rows}</ul><p>Reference {escape(claim.decision)}.</p>"
    )
    return Page(_OK, b"text/html; charset=utf-8", page.encode())
