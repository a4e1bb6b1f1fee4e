"""What an entitlement is, and what it makes of a policy's verdict. Pure."""

from typing import Literal, TypeAlias

import msgspec

from gateway.decisions import SEVERITY_TOUCHES_CLIENT, Subject, Verdict

Purpose: TypeAlias = Literal["contract", "research", "own_evaluation", "other"]
OverBudget: TypeAlias = Literal["policy", "watch"]

WATCH = "watch"
WITHIN, OVER = "exempt", "over-budget"  # tags of a standing, beside the entitlement's own
_WATCH_SEVERITY = 1


class Budget(msgspec.Struct, frozen=True, gc=False):
    """What may be taken within one window; a number that is None is not limited.

    Attributes:
        exchanges: answers received.
        tokens: tokens received, reasoning included.
        traces: answers worth training on, as the harvest counts them.
        per: seconds of a window, counted from the entitlement's start; infinity: all of its time is one.
    """

    exchanges: int | None = None
    tokens: int | None = None
    traces: float | None = None
    per: float = float("inf")


class Entitlement(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A subject may take home so much, because somebody answers for it.

    Attributes:
        name: of the entitlement.
        subjects: whom it covers; scope ``group`` stands for all members of a key group.
        purpose, note: what it is for, in one word and in the operator's own.
        budget: how much.
        starts, ends: from when, until before when, seconds since the epoch.
        owner, reason: who answers for it, and why it was given.
        tags: for policies, which read them from the standing.
        over_budget: who decides when the budget is spent: the policy as if there were no entitlement, or nobody, so
            that the subject is still only watched.
    """

    name: str
    subjects: tuple[Subject, ...]
    purpose: Purpose
    budget: Budget
    ends: float
    owner: str
    reason: str
    starts: float = 0.0
    note: str = ""
    tags: tuple[str, ...] = ()
    over_budget: OverBudget = "policy"


class KeyGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Keys or accounts of one organisation, failover keys for example: one entitlement and one budget for all.

    Attributes:
        name: of the group.
        members: who belongs to it.
        owner, reason: who says so, and why.
        ends: until before when, seconds since the epoch.
    """

    name: str
    members: tuple[Subject, ...]
    owner: str
    reason: str
    ends: float


class Exempt(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What an entitlement means at one moment.

    Attributes:
        name: of the entitlement.
        tags: of a standing under it: its own, and ``exempt`` or ``over-budget``.
        spared: policies may at most watch.
        over: the budget of this window is spent.
    """

    name: str
    tags: tuple[str, ...]
    spared: bool
    over: bool


def meaning(entitlement: Entitlement, *, over: bool) -> Exempt:
    """Return what an entitlement means while its budget lasts, or once it is spent."""
    tags = (*entitlement.tags, OVER if over else WITHIN)
    return Exempt(entitlement.name, tags, not over or entitlement.over_budget == WATCH, over)


def verdict_under(verdict: Verdict | None, exempt: Exempt | None) -> Verdict | None:
    """Return the verdict as an entitlement leaves it: within its budget a policy may at most watch.

    Example:
        >>> deny = Verdict(action="deny", severity=5, lasts=60.0, rule="stop")
        >>> softened = verdict_under(deny, Exempt("acme", (), spared=True, over=False))
        >>> softened.action, softened.severity, softened.rule, softened.exempt
        ('watch', 1, 'stop', 'acme')

    """
    if verdict is None or exempt is None or not exempt.spared:
        return verdict
    return softened(verdict, exempt.name)


def softened(verdict: Verdict, reason: str) -> Verdict:
    """Return a verdict that only watches, with what spared its subject; one that touches nobody stays as it is."""
    if verdict.severity < SEVERITY_TOUCHES_CLIENT:
        return verdict
    return msgspec.structs.replace(verdict, action=WATCH, severity=_WATCH_SEVERITY, parameters={}, exempt=reason)
