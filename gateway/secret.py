"""The identity secret: what keys are hashed with, made at the first start and kept for ever.

With another secret every subject is a stranger: losing it loses every case. Who knows it and sees hashes can try
keys against them, so others on the machine may not read it.
"""

import contextlib
import os
import secrets
from pathlib import Path

LEAST = 32  # characters; a file that is made holds 64, which are 256 bits in hexadecimal
_MODE = 0o600
_OTHERS = 0o007


class SecretError(Exception):
    """The secret file cannot be read or made, or is not safe to use; never says what is in it."""


def secret(path: Path) -> bytes:
    """Return the secret in a file, made if there is none; processes that start at once agree on one.

    Raises:
        SecretError: it cannot be read or made, is too short, or others on the machine may read or change it.
    """
    try:
        return _read(path)
    except FileNotFoundError:
        pass
    try:
        _make(path)
        return _read(path)
    except OSError as error:
        raise SecretError(f"{path}: {error.strerror}") from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            value = file.read().strip()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise SecretError(f"{path}: {error.strerror}") from error
    if mode & _OTHERS:
        raise SecretError(f"{path}: everybody may read or change it; chmod 600 {path}")
    if len(value) < LEAST:
        raise SecretError(f"{path}: shorter than {LEAST} characters; delete it only if no case is worth keeping")
    return value


def _make(path: Path) -> None:
    """Write aside, then link into place: the name appears with its content whole, and only for the first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE), "wb") as file:  # noqa: PTH123 - Path.open takes no descriptor
            file.write(secrets.token_hex(32).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first; its secret is the one
            os.link(aside, path)
    finally:
        aside.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
