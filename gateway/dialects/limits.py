"""What a client is told of its limits: headers of refusals, and of answers to those whose meters are charged.

Source: draft-ietf-httpapi-ratelimit-headers for ``RateLimit`` and ``RateLimit-Policy``; ``x-ratelimit-*`` is what
clients of model APIs read (https://platform.openai.com/docs/guides/rate-limits).
"""

import math
from collections.abc import Sequence

from gateway.actions.base import Allowance

_TOLD = {
    "requests": "requests",
    "tokens": "tokens",
    "input_tokens": "input-tokens",
    "slots": "concurrent-requests",
}  # what clients are told of, by the meter's name; a budget of payloads would say how payloads are told apart
_CUSTOMARY = {"requests", "tokens"}  # what clients of model APIs read in x-ratelimit-*


def limit_headers(meters: Sequence[Allowance]) -> list[tuple[str, str]]:
    """Return the rate-limit fields, drafted and customary, of the meters that clients are told of.

    A number below 0 is not known. Of two meters of one name the client is told of the emptier.
    """
    told = sorted(_tightest(meters).items(), key=lambda found: list(_TOLD.values()).index(found[0]))
    found = []
    if policies := [f'"{n}";q={int(m.limit)}{_parameter("w", m.window)}{_unit(n)}' for n, m in told if m.limit >= 0]:
        found.append(("ratelimit-policy", ", ".join(policies)))
    if states := [f'"{n}";r={int(m.remaining)}{_until(m)}' for n, m in told if m.remaining >= 0]:
        found.append(("ratelimit", ", ".join(states)))
    for name, meter in told:
        if name in _CUSTOMARY:
            found += _customary(name, meter)
    return found


def _tightest(meters: Sequence[Allowance]) -> dict[str, Allowance]:
    found: dict[str, Allowance] = {}
    for meter in meters:
        name = _TOLD.get(meter.meter)
        if name and (name not in found or meter.remaining < found[name].remaining):
            found[name] = meter
    return found


def _customary(name: str, meter: Allowance) -> list[tuple[str, str]]:
    numbers = (
        ("limit", meter.limit, str(int(meter.limit))),
        ("remaining", meter.remaining, str(int(meter.remaining))),
        ("reset", meter.reset, f"{math.ceil(meter.reset)}s"),
    )
    return [(f"x-ratelimit-{what}-{name}", shown) for what, value, shown in numbers if value >= 0]


def _unit(name: str) -> str:
    return ';qu="concurrent-requests"' if name == "concurrent-requests" else ""


def _parameter(name: str, seconds: float) -> str:
    return f";{name}={math.ceil(seconds)}" if seconds > 0 else ""


def _until(meter: Allowance) -> str:
    """Return the draft's ``t``: never later than ``retry-after``, which would else be the earlier of the two."""
    if meter.reset < 0:
        return ""
    wait = meter.reset if meter.retry_after <= 0 else min(meter.reset, meter.retry_after)
    return f";t={math.ceil(wait)}"
