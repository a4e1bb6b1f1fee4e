"""How much of a budget is used: a harvest for each window of an entitlement. Pure.

Traces are estimated by the same sketch as a subject's harvest (4.6 % standard error); exchanges and tokens are exact.
"""

import math
from collections.abc import Sequence

import msgspec

from detectors.base import Harvest, Observation
from detectors.harvest import HarvestFold, HarvestState
from gateway.exemptions.base import Budget, Entitlement

HARVEST = HarvestFold()

_read = msgspec.msgpack.Decoder(HarvestState).decode
seal = msgspec.msgpack.Encoder().encode


def unseal(stored: bytes | None) -> HarvestState:
    """Return a use as it was stored; one that was never stored, or cannot be read, begins anew."""
    if stored is None:
        return HARVEST.initial()
    try:
        return _read(stored)
    except (msgspec.MsgspecError, UnicodeError):
        return HARVEST.initial()


def window(entitlement: Entitlement, at: float) -> float:
    """Return when the window began that a time lies in, seconds since the epoch.

    Example:
        >>> from gateway.decisions import Subject
        >>> daily = Entitlement(name="a", subjects=(), purpose="other", budget=Budget(per=86400.0), ends=1e9,
        ...                     owner="o", reason="r", starts=100.0)
        >>> window(daily, 100.0), window(daily, 86499.0), window(daily, 86500.0)
        (100.0, 100.0, 86500.0)

    """
    starts, per = entitlement.starts, entitlement.budget.per
    return starts if math.isinf(per) else starts + (at - starts) // per * per


def counted(use: HarvestState, observations: Sequence[Observation]) -> HarvestState:
    """Return the use after an exchange."""
    return HARVEST.fold(use, observations)


def taken(use: HarvestState) -> Harvest:
    """Return what was taken, in the words of policies."""
    return HARVEST.reading(use)


def over(use: HarvestState, budget: Budget) -> bool:
    """Whether more was taken than the budget allows; the exchange that goes beyond it is over."""
    if budget.exchanges is not None and use.exchanges > budget.exchanges:
        return True
    if budget.tokens is not None and use.completion_tokens > budget.tokens:
        return True
    # A sketch is only read where it can matter: traces are never more than the long answers.
    return budget.traces is not None and use.long > budget.traces < HARVEST.reading(use).traces
