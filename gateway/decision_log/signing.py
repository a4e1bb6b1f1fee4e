"""Checkpoints: an Ed25519 signature (RFC 8032) over where the chain stands, by a key that is made at the first start.

The chain alone shows that nobody changed one record; whoever could rewrite all later ones too is stopped by the
signature, if he has not the key. The private key is a PEM file that only its owner may read.
"""

import base64
import contextlib
import os
import secrets
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

_OTHERS = 0o077


class KeyFileError(Exception):
    """The key file cannot be read, made or used; never says what is in it."""


class Signer:
    """Signs checkpoints."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public = base64.b64encode(raw).decode()  # 32 bytes in base64, as ``stillguard log key`` prints it

    def checkpoint(self, seq: int, digest: str, previous: str) -> dict[str, Any]:
        """Return the body of a checkpoint.

        Args:
            seq: number of the last record it vouches for; -1 at the very beginning.
            digest: that record's hash.
            previous: the hash of the checkpoint before, or nothing.
        """
        signature = self._private.sign(message(seq, digest, previous))
        return {
            "seq": seq,
            "hash": digest,
            "previous": previous,
            "key": self.public,
            "signature": base64.b64encode(signature).decode(),
        }


def message(seq: int, digest: str, previous: str) -> bytes:
    """Return what is signed."""
    return f"stillguard checkpoint\n{seq}\n{digest}\n{previous}\n".encode()


def is_signed(body: dict[str, Any], public: str) -> bool:
    """Tell whether a checkpoint's body is signed by the owner of this public key."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        signature = base64.b64decode(body["signature"], validate=True)
        key.verify(signature, message(body["seq"], body["hash"], body["previous"]))
    except (InvalidSignature, ValueError, KeyError, TypeError):
        return False
    return bool(body.get("key") == public)


def signer(path: Path) -> Signer:
    """Return the signer of a key file, made if there is none; processes that start at once agree on one.

    Raises:
        KeyFileError: it cannot be read or made, is no Ed25519 key, or others on the machine may read it.
    """
    try:
        if not path.exists():
            _make(path)
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read()
    except OSError as error:
        raise KeyFileError(f"{path}: {error.strerror}") from error
    if mode & _OTHERS:
        raise KeyFileError(f"{path}: others may read it; chmod 600 {path}")
    try:
        private = load_pem_private_key(content, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyFileError(f"{path}: no private key in PEM") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyFileError(f"{path}: no Ed25519 key")
    return Signer(private)


def _make(path: Path) -> None:
    """Write aside, then link into place: the name appears with its content whole, and only for the first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - Path.open takes no descriptor
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first; its key is the one
            os.link(aside, path)
    finally:
        aside.unlink(missing_ok=True)
