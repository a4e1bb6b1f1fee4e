"""The exemptions file as it is written: one model for each part; unknown keys are faults.

Keys and users are named by their keyed hashes, as everywhere in a guard that runs. A file for recorded traffic names
them as the record does; then the context of the validation says ``{"hashed": False}``.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from ipaddress import ip_network
from sys import intern
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from gateway.decisions import Subject
from gateway.exemptions.base import Budget, Entitlement, KeyGroup, OverBudget, Purpose
from gateway.places import Slip
from gateway.slips import MisplacedError
from gateway.units import Duration

_NAME = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?")
_TAG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_HASH = re.compile(r"[0-9a-f]{32}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_SCOPES = ("account", "key", "user", "network", "group")
_DAYS = 4096  # of different ends remembered
_SHORTEST = 3600.0  # seconds of a budget's window; shorter is a throttle's work


def _named(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError("a name is lower-case letters and digits, with . _ - between them")
    return value


def _tagged(value: str) -> str:
    if not _TAG.fullmatch(value):
        raise ValueError("a tag is lower-case words and digits joined by hyphens, like-this")
    return intern(value)


def _spoken(value: str) -> str:
    if not value.strip():
        raise ValueError("say it in words")
    return intern(value.strip())


def _subject(value: object, info: ValidationInfo) -> Subject:
    """Read ``scope:value``; what may be a secret is not repeated in the fault."""
    scope, colon, name = value.partition(":") if isinstance(value, str) else ("", "", "")
    if not (colon and name.strip()) or scope not in _SCOPES:
        raise ValueError(f"a subject is written scope:value, with a scope of {', '.join(_SCOPES)}")
    if scope == "network":
        return Subject("network", _network(name))
    hashed = not info.context or info.context.get("hashed", True)
    if scope in {"key", "user"} and hashed and not _HASH.fullmatch(name):
        raise ValueError(f"a {scope} is named by its keyed hash, 32 hexadecimal digits: stillguard identity hash")
    return Subject(intern(scope), name)


def _network(name: str) -> str:
    if "/" not in name:
        raise ValueError("a network is named with its prefix, for example 203.0.113.0/24")
    return str(ip_network(name, strict=False))


def _day(value: str) -> datetime | date:
    try:
        if _DATE.fullmatch(value):
            return date.fromisoformat(value)
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError("a day, 2027-01-31 (UTC), or a moment with its zone, 2027-01-31T12:00:00Z")
    return moment


@lru_cache(_DAYS)
def _from(value: str) -> float:
    """Read a start; a day belongs to it. Equal ones share a number: a million entitlements have few different days."""
    day = _day(value)
    return day.timestamp() if isinstance(day, datetime) else datetime.combine(day, time.min, UTC).timestamp()


@lru_cache(_DAYS)
def _until(value: str) -> float:
    """Read an end; a day belongs to it."""
    day = _day(value)
    if isinstance(day, datetime):
        return day.timestamp()
    if day == date.max:
        raise ValueError("the calendar ends on that day: name an earlier one")
    return (datetime.combine(day, time.min, UTC) + timedelta(days=1)).timestamp()


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


Name = Annotated[str, Field(max_length=128), AfterValidator(_named)]
Words = Annotated[str, Field(max_length=1000), AfterValidator(_spoken)]
Tag = Annotated[str, Field(max_length=64), AfterValidator(_tagged)]
Written = Annotated[Any, BeforeValidator(_subject)]
Start = Annotated[float, BeforeValidator(lambda value: _from(_text(value)))]
End = Annotated[float, BeforeValidator(lambda value: _until(_text(value)))]


@lru_cache(_DAYS)
def _shared(budget: Budget) -> Budget:
    """Return the first of equal budgets: many entitlements have the same."""
    return budget


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class BudgetPart(_Part):
    """How much may be taken; at least one number."""

    exchanges: int | None = Field(default=None, ge=1)
    tokens: int | None = Field(default=None, ge=1)
    traces: float | None = Field(default=None, gt=0)
    per: Literal["total"] | Duration = "total"

    @model_validator(mode="after")
    def _is_one(self) -> "BudgetPart":
        if self.exchanges is None and self.tokens is None and self.traces is None:
            raise ValueError("a budget limits exchanges, tokens or traces")
        if self.per != "total" and self.per < _SHORTEST:
            raise MisplacedError([Slip(("per",), "a window is at least 1h", "a throttle limits shorter times")])
        return self

    def budget(self) -> Budget:
        """Return the budget."""
        per = float("inf") if self.per == "total" else self.per
        return _shared(Budget(self.exchanges, self.tokens, self.traces, per))


class EntitlementPart(_Part):
    """One entitlement."""

    name: Name
    subjects: tuple[Written, ...] = Field(min_length=1)
    purpose: Purpose
    note: str = Field(default="", max_length=1000)
    budget: BudgetPart
    starts: Start = 0.0
    ends: End
    owner: Words
    reason: Words
    tags: tuple[Tag, ...] = ()
    over_budget: OverBudget = "policy"

    @model_validator(mode="after")
    def _makes_sense(self) -> "EntitlementPart":
        slips = []
        if self.ends <= self.starts:
            slips.append(Slip(("ends",), "it ends before it starts"))
        if self.purpose == "other" and not self.note.strip():
            slips.append(Slip(("purpose",), "say in note what it is for", "note: …"))
        if slips:
            raise MisplacedError(slips)
        return self

    def entitlement(self) -> Entitlement:
        """Return the entitlement."""
        return Entitlement(
            name=self.name,
            subjects=tuple(dict.fromkeys(self.subjects)),
            purpose=self.purpose,
            budget=self.budget.budget(),
            starts=self.starts,
            ends=self.ends,
            owner=self.owner,
            reason=self.reason,
            note=self.note.strip(),
            tags=self.tags,
            over_budget=self.over_budget,
        )


class GroupPart(_Part):
    """One key group: its members are keys or accounts."""

    name: Name
    members: tuple[Written, ...] = Field(min_length=2)
    owner: Words
    reason: Words
    ends: End

    @model_validator(mode="after")
    def _holds_clients(self) -> "GroupPart":
        wrong = [
            Slip(("members", place), "a member is a key or an account")
            for place, member in enumerate(self.members)
            if member.scope not in {"key", "account"}
        ]
        if wrong:
            raise MisplacedError(wrong)
        return self

    def group(self) -> KeyGroup:
        """Return the group."""
        return KeyGroup(
            name=self.name,
            members=tuple(dict.fromkeys(self.members)),
            owner=self.owner,
            reason=self.reason,
            ends=self.ends,
        )
