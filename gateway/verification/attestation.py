"""What a client says of itself, and what became of it."""

from hashlib import blake2b
from typing import Any, Literal, TypeAlias

import msgspec

from gateway.decisions import Subject

State: TypeAlias = Literal["pending", "approved", "refused"]
FIELDS = {"name": 200, "contact": 200, "purpose": 2000}  # what is asked, and the most characters of it


class Attestation(msgspec.Struct, frozen=True, kw_only=True):
    """Who uses a key, and what for.

    Attributes:
        id: names it on the command line; one decision has one attestation.
        decision: id of the decision that asked for it.
        subject: whom the decision is about, or the member of the campaign that it is about; the client proved to be it
            by its credentials.
        at: said when, seconds since the epoch.
        name, contact, purpose: what the client says; nobody has checked it.
        state: pending until an operator or a webhook decides.
        decided: when that was; 0 until then.
        until: how long the subject counts as verified; 0 if it does not.
        by: who decided: ``operator`` or ``webhook``.
        campaign: the campaign that the decision is about; empty if it is about the subject itself.
    """

    id: str
    decision: str
    subject: Subject
    at: float
    name: str
    contact: str
    purpose: str
    state: State = "pending"
    decided: float = 0.0
    until: float = 0.0
    by: str = ""
    campaign: str = ""


def attestation_id(decision: str, subject: Subject) -> str:
    """Return the id of what is said of a subject under a decision: saying it again replaces it."""
    return "att_" + blake2b(f"{decision} {subject}".encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def said(body: Any) -> dict[str, str]:
    """Return what a body says, cleaned of what is not printable.

    Raises ValueError naming the first field that is missing or too long.
    """
    if not isinstance(body, dict):
        raise ValueError("send a JSON object")  # noqa: TRY004 - what a client sends is a value, not our type
    found = {}
    for field, most in FIELDS.items():
        value = body.get(field)
        clean = "".join(c if c.isprintable() else " " for c in value).strip() if isinstance(value, str) else ""
        if not clean or len(clean) > most:
            raise ValueError(f"{field}: 1 to {most} characters")
        found[field] = clean
    return found
