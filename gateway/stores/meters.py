"""The generic cell rate algorithm: one number a meter, and no background refill. Pure.

A meter is the time at which it will be full again (the theoretical arrival time, ITU-T I.371, seconds since the
epoch). Taking ``amount`` moves that time by ``amount / rate``; it is allowed while it stays within
``burst / rate`` of now. A meter that nobody knows is full, so a full one may be forgotten.

Two kinds of meters need more. *Slots* count what is under way: they do not refill, but are given back one by one, and
all at once when none was taken for as long as a lease, so that a process that died does not keep them for ever. A
budget of *distinct payloads* is taken from only by a payload that was not seen within the meter's span; each one seen
is a mark beside the meter, as many as the budget allows.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from gateway.actions.base import Allowance, Charge

ROUNDING = 1e-6  # seconds: an epoch time in a double is exact to 2.4e-7; without it, exact refills would refuse
SLOT_WAIT = 2.0  # seconds: nobody knows when a slot is given back; SDKs double it by themselves


class Meter(NamedTuple):
    """What is kept of one meter.

    Attributes:
        full_at: when it is full again, seconds since the epoch.
        span: most seconds that may lie between now and ``full_at``. If a clock is set back, ``full_at`` would
            otherwise be hours away: nobody waits longer than for what was really taken. Of slots: how many are taken.
    """

    full_at: float
    span: float


class Taken(NamedTuple):
    """The answer to charges, and the meters to keep: if refused, only those that a clock set back has moved."""

    allowances: list[Allowance]
    meters: dict[str, Meter]


def take(meters: Mapping[str, Meter], charges: Sequence[Charge], at: float) -> Taken:
    """Take all charges, or none if one meter does not allow it."""
    after = dict(meters)
    allowances = []
    kept: dict[str, Meter] = {}
    for asked in charges:
        charge, mark = _fresh(asked, after, at)
        allowance, meter = _charged(after.get(charge.meter), charge, at)
        allowances.append(allowance)
        after[charge.meter] = kept[charge.meter] = meter
        kept.update(mark)
    if all(allowance.allowed for allowance in allowances):
        return Taken(allowances, kept)
    refused = [_untouched(a, c, meters.get(c.meter), at) for a, c in zip(allowances, charges, strict=True)]
    return Taken(refused, _moved(meters, charges, at))


def give(meters: Mapping[str, Meter], charges: Sequence[Charge], at: float) -> dict[str, Meter]:
    """Return the meters after corrections: a negative amount gives back, a positive one is owed. Never refuses."""
    after = dict(meters)
    for charge in charges:
        if charge.lease > 0:
            after[charge.meter] = _slots(after.get(charge.meter), charge, at)
        elif charge.rate > 0:
            full_at = max(at, _full_at(after.get(charge.meter), at) + charge.amount / charge.rate)
            after[charge.meter] = Meter(full_at, max(charge.burst / charge.rate, full_at - at))
    return {charge.meter: after[charge.meter] for charge in charges if charge.meter in after}


def _full_at(meter: Meter | None, at: float) -> float:
    return at if meter is None else min(max(meter.full_at, at), at + meter.span)


def _moved(meters: Mapping[str, Meter], charges: Sequence[Charge], at: float) -> dict[str, Meter]:
    """Return the meters that lie too far ahead: kept as they were, they would stay as far ahead of every retry."""
    refilled = (charge.meter for charge in charges if charge.lease <= 0)
    known = {name: meters[name] for name in refilled if name in meters}
    return {name: Meter(at + m.span, m.span) for name, m in known.items() if m.full_at > at + m.span + ROUNDING}


def _charged(meter: Meter | None, charge: Charge, at: float) -> tuple[Allowance, Meter]:
    """Charge one meter. More than a burst passes only from a full meter, and is then owed in full."""
    if charge.lease > 0:
        return _seated(meter, charge, at)
    before = _full_at(meter, at)
    if charge.rate <= 0:  # never refills: nothing can ever be taken
        return Allowance(meter=charge.meter, allowed=False, limit=charge.burst, remaining=0.0), Meter(before, 0.0)
    span = charge.burst / charge.rate
    full_at = max(at, before + charge.amount / charge.rate)
    longest = full_at - at if charge.amount > charge.burst else span
    wait = before - at if charge.amount > charge.burst else full_at - at - span
    allowed = wait <= ROUNDING
    left = (full_at if allowed else before) - at
    allowance = Allowance(
        meter=charge.meter,
        allowed=allowed,
        limit=charge.burst,
        remaining=max(0.0, charge.burst - left * charge.rate),
        retry_after=0.0 if allowed else wait,
        reset=left,
    )
    return allowance, Meter(full_at if allowed else before, max(span, longest))


def _fresh(charge: Charge, meters: Mapping[str, Meter], at: float) -> tuple[Charge, dict[str, Meter]]:
    """Return a charge that takes nothing if its payload was seen lately, and the mark of one seen now."""
    if not charge.payload or charge.rate <= 0:
        return charge, {}
    name, span = f"{charge.meter}:{charge.payload}", charge.burst / charge.rate
    if at < _full_at(meters.get(name), at):
        return msgspec.structs.replace(charge, amount=0.0), {}
    return charge, {name: Meter(at + span, span)}


def _seated(meter: Meter | None, charge: Charge, at: float) -> tuple[Allowance, Meter]:
    """Take slots, if there are as many."""
    after = _slots(meter, charge, at)
    allowed = after.span <= charge.burst
    taken = after if allowed else _slots(meter, msgspec.structs.replace(charge, amount=0.0), at)
    allowance = Allowance(
        meter=charge.meter,
        allowed=allowed,
        limit=charge.burst,
        remaining=max(0.0, charge.burst - taken.span),
        retry_after=0.0 if allowed else SLOT_WAIT,
        reset=0.0 if allowed else SLOT_WAIT,
    )
    return allowance, taken


def _slots(meter: Meter | None, charge: Charge, at: float) -> Meter:
    """Return the slots after a charge: the lease begins anew whenever some are taken, never when they are refused."""
    left = min(meter.full_at - at, charge.lease) if meter is not None else 0.0
    taken = meter.span if meter is not None and left > 0 else 0.0
    return Meter(at + (charge.lease if charge.amount > 0 else max(left, 0.0)), max(0.0, taken + charge.amount))


def _untouched(allowance: Allowance, charge: Charge, meter: Meter | None, at: float) -> Allowance:
    """Restate an allowance of a batch that was refused: its meter stays as it was."""
    if not allowance.allowed or charge.lease > 0:
        return allowance
    left = _full_at(meter, at) - at
    return Allowance(
        meter=charge.meter,
        allowed=True,
        limit=charge.burst,
        remaining=max(0.0, charge.burst - left * charge.rate),
        reset=left,
    )
