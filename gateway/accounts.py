"""The accounts file: which keys belong together, and what policies may know of them. It holds hashes, never keys.

accounts:
  acme: {keys: [0f3c…, 91ab…], tags: [research]}      # hashes from `stillguard identity hash`
"""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from gateway.faults import load
from gateway.places import Slip
from gateway.slips import MisplacedError

KeyHash = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Tag = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=64)]
Name = Annotated[str, Field(min_length=1, max_length=128)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Account(_Part):
    """One account."""

    keys: tuple[KeyHash, ...] = ()
    tags: tuple[Tag, ...] = Field(default=(), max_length=16)


class Accounts(_Part):
    """The whole file."""

    accounts: dict[Name, Account]


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


def _each_key_once(file: Accounts) -> None:
    owner: dict[str, str] = {}
    slips: list[Slip] = []
    for name, account in file.accounts.items():
        for i, key in enumerate(account.keys):
            if key in owner:
                slips.append(Slip(("accounts", name, "keys", i), f"this key is in {owner[key]} already"))
            owner.setdefault(key, name)
    if slips:
        raise MisplacedError(slips)
