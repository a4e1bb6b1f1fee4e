"""The link's token: which decision it is about, on whom, until when, and a signature. Pure.

A subject is in it as a keyed mark: accounts and networks have readable names, which a link that is passed on in a mail
must not tell. Signed with HMAC-SHA256 (RFC 2104), cut to 128 bits as RFC 2104 allows: who makes tokens also reads them,
so a public key would serve nobody.
"""

import hmac
from hashlib import blake2b, sha256
from typing import NamedTuple

from gateway.decisions import Subject

_MAC_BYTES = 16
_MARK_BYTES = 8
_LONGEST = 300  # characters: no token of ours is longer


class TokenError(Exception):
    """A token that is none of ours, or has expired.

    Attributes:
        expired: it was ours once.
    """

    def __init__(self, *, expired: bool) -> None:
        super().__init__("expired" if expired else "not ours")
        self.expired = expired


class Claim(NamedTuple):
    """What a token says: the decision's id, the mark of its subject, and when it expires (seconds since the epoch)."""

    decision: str
    mark: str
    until: int


def derived(secret: bytes, purpose: str) -> bytes:
    """Return a key for one purpose, from the secret that identities are hashed with."""
    return blake2b(purpose.encode(), key=secret[:64], digest_size=32).digest()


def mark(key: bytes, subject: Subject) -> str:
    """Return what a subject is recognised by in a token."""
    return blake2b(str(subject).encode("utf-8", "surrogatepass"), key=key, digest_size=_MARK_BYTES).hexdigest()


def signed(key: bytes, claim: Claim) -> str:
    """Return the token; its characters may stand in a path."""
    said = f"{claim.decision}.{claim.mark}.{claim.until}"
    return f"{said}.{_mac(key, said)}"


def read(key: bytes, token: str, at: float) -> Claim:
    """Return what a token says; raises TokenError if it is not ours, or ``at`` is past its end."""
    said, _, mac = token.rpartition(".")
    if len(token) > _LONGEST or not hmac.compare_digest(_mac(key, said).encode(), mac.encode("utf-8", "replace")):
        raise TokenError(expired=False)
    decision, subject, until = said.rsplit(".", 2)
    claim = Claim(decision, subject, int(until))
    if at > claim.until:
        raise TokenError(expired=True)
    return claim


def _mac(key: bytes, said: str) -> str:
    return hmac.new(key, said.encode("utf-8", "surrogatepass"), sha256).hexdigest()[: 2 * _MAC_BYTES]
