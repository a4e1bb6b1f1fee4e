"""The accounts file: which keys belong together, and what policies may know of them. It holds hashes, never keys.

accounts:
  acme: {keys: [0f3c…, 91ab…], tags: [research], joined: 2026-03-01, payment: 77d0…, kin: nordwind}
keys:
  5e21…: {kin: nordwind}      # a key of no account; hashes from `stillguard identity hash`
"""

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from detectors.linkage.base import Facts, Id
from gateway.faults import load
from gateway.places import Slip
from gateway.slips import MisplacedError

KeyHash = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
_FINGERPRINT = 16  # hexadecimal digits of a payment's hash that linkage compares: 64 bits
Tag = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=64)]
Name = Annotated[str, Field(min_length=1, max_length=128)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Known(_Part):
    """What is known of an account, or of a key that has none: for finding those who act together."""

    joined: date | datetime | None = None  # when it signed up; a date is its first second, UTC
    payment: KeyHash | None = None  # who pays: hash of a card's or customer's number, from `stillguard identity hash`
    kin: Name | None = (
        None  # the group that it belongs to openly: a company's accounts, a class, a reseller's customers
    )


class Account(Known):
    """One account."""

    keys: tuple[KeyHash, ...] = ()
    tags: tuple[Tag, ...] = Field(default=(), max_length=16)


class Accounts(_Part):
    """The whole file."""

    accounts: dict[Name, Account]
    keys: dict[KeyHash, Known] = Field(default_factory=dict)  # of keys that no account has


def load_accounts(path: Path) -> dict[str, str]:
    """Return the account's name by key hash.

    Raises:
        Faults: all that is wrong with the file; one key in two accounts is.
    """
    file = load(path, Accounts, check=_each_key_once)
    return {key: name for name, account in file.accounts.items() for key in account.keys}


def load_tags(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the tags of each account that has any, by its name; raises as ``load_accounts`` does."""
    file = load(path, Accounts, check=_each_key_once)
    return {name: account.tags for name, account in file.accounts.items() if account.tags}


def load_facts(path: Path) -> dict[Id, Facts]:
    """Return what is known of subjects, by ``account:NAME`` and ``key:HASH``; raises as ``load_accounts`` does."""
    file = load(path, Accounts, check=_each_key_once)
    found = {f"account:{name}": _facts(account) for name, account in file.accounts.items()}
    found |= {f"key:{key}": _facts(known) for key, known in file.keys.items()}
    return {subject: facts for subject, facts in found.items() if facts != Facts()}


def _facts(known: Known) -> Facts:
    payment = int(known.payment[:_FINGERPRINT], 16) if known.payment else 0
    return Facts(joined=_seconds(known.joined), payment=payment, kin=known.kin or "")


def _seconds(joined: date | None) -> float:
    """Return a time as seconds since the epoch, 0 if it is not known; one without a zone is UTC."""
    if joined is None:
        return 0.0
    moment = joined if isinstance(joined, datetime) else datetime.combine(joined, time())
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _each_key_once(file: Accounts) -> None:
    owner: dict[str, str] = {}
    slips: list[Slip] = []
    for name, account in file.accounts.items():
        for i, key in enumerate(account.keys):
            if key in owner:
                slips.append(Slip(("accounts", name, "keys", i), f"this key is in {owner[key]} already"))
            owner.setdefault(key, name)
    slips += [
        Slip(("keys", key), f"this key is in {owner[key]}: say there what is known of it")
        for key in file.keys
        if key in owner
    ]
    if slips:
        raise MisplacedError(slips)
