"""Tells the operator's own service of an attestation, and takes its word if it gives one at once.

The body is the attestation in JSON; ``stillguard-signature`` is the HMAC-SHA256 of the body in hexadecimal, keyed with
the secret that both know. An answer ``{"verdict": "approve", "days": 30}`` or ``{"verdict": "refuse"}`` decides; any
other leaves the attestation waiting for the command line.
"""

import hmac
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from gateway.verification.attestation import Attestation

_TIMEOUT = 5.0  # seconds
_LONGEST = 16 << 10  # bytes of an answer
_SUCCESS = range(200, 300)


class Word(msgspec.Struct, frozen=True):
    """What a webhook answers. ``days`` 0: as long as the configuration says."""

    verdict: Literal["approve", "refuse", "wait"] = "wait"
    days: float = 0.0


class WebhookError(Exception):
    """The webhook was not reached, or did not answer as it should; the attestation waits."""


def ask(url: str, attestation: Attestation, key: bytes) -> Word:
    """Send an attestation and return the word on it; raises WebhookError."""
    where = urlsplit(url)
    body = msgspec.json.encode(attestation)
    headers = {
        "content-type": "application/json",
        "stillguard-signature": hmac.new(key, body, sha256).hexdigest(),
    }
    kind = HTTPSConnection if where.scheme == "https" else HTTPConnection
    connection = kind(where.hostname or "", where.port, timeout=_TIMEOUT)
    try:
        connection.request("POST", (where.path or "/") + (f"?{where.query}" if where.query else ""), body, headers)
        response = connection.getresponse()
        said = response.read(_LONGEST)
        if response.status not in _SUCCESS:
            raise WebhookError(f"the webhook answered {response.status}")
        return msgspec.json.decode(said, type=Word) if said.strip() else Word()
    except (OSError, HTTPException, msgspec.MsgspecError) as error:
        raise WebhookError(str(error)) from error
    finally:
        connection.close()
