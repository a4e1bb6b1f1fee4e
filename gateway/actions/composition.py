"""What several decisions on one query come to: the strictest refusal, else the union of what they do.

A query has several subjects (its keys, a user, an account, a network), and each may have a decision. If any of them
refuses, the query is refused, by the strictest that does. If none does, everything is done that any of them asks for,
and of each thing the most:

- what one takes out stays out; of two caps the lower holds, of two excerpts of reasoning the shorter;
- numbers become as coarse as the coarser, with the stronger noise;
- tags are all set; under one header they stand side by side, the strictest decision's first;
- of two delays each part is the longer, with the fewer seats, and the harder way when they are taken;
- a query can go to one model only: the strictest decision that names one says which.

Nothing here depends on the order of equals but tags and models, where the later end of a decision goes first.
"""

from collections.abc import Sequence
from functools import reduce

from gateway.actions.base import NO_TRIMMING, Blurring, Delay, Forward, Trimming

_HARDNESS = ("pass", "throttle", "deny")


def together(forwards: Sequence[Forward]) -> Forward:
    """Return the union of effects; ``forwards`` is in order of strictness, strictest first."""
    return reduce(_both, forwards) if forwards else Forward()


def _both(a: Forward, b: Forward) -> Forward:
    return Forward(
        trimming=trimmed_by_both(a.trimming, b.trimming),
        tags=_tags(a.tags, b.tags),
        route=a.route if a.route or a.trimming.model else b.route,
        delay=_delay(a.delay, b.delay),
        told=a.told + b.told,
    )


def trimmed_by_both(a: Trimming, b: Trimming) -> Trimming:
    """Return what takes out all that either takes out; ``a`` is the stricter decision's."""
    if b in (NO_TRIMMING, a):
        return a
    if a == NO_TRIMMING:
        return b
    names = a if a.model else b
    return Trimming(
        logprobs=a.logprobs or b.logprobs,
        alternatives=_lower(a.alternatives, b.alternatives),
        samples=_lower(a.samples, b.samples),
        max_tokens=_lower(a.max_tokens, b.max_tokens),
        reasoning=a.reasoning or b.reasoning,
        reasoning_budget=_lower(a.reasoning_budget, b.reasoning_budget),
        reasoning_excerpt=min(t.reasoning_excerpt for t in (a, b) if t.reasoning) if a.reasoning or b.reasoning else 0,
        blur=_blur(a.blur, b.blur),
        model=names.model,
        model_shown=names.model_shown,
        members={**b.members, **a.members},
    )


def _tags(a: tuple[tuple[str, str], ...], b: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    found: dict[str, list[str]] = {}
    for name, value in a + b:
        values = found.setdefault(name, [])
        if value not in values:
            values.append(value)
    return tuple((name, ", ".join(values)) for name, values in found.items())


def _blur(a: Blurring | None, b: Blurring | None) -> Blurring | None:
    if a is None or b is None:
        return a or b
    return Blurring(
        digits=_lower(a.digits, b.digits, none=-1),
        noise=max(a.noise, b.noise),
        embedding_digits=_lower(a.embedding_digits, b.embedding_digits, none=-1),
        embedding_noise=max(a.embedding_noise, b.embedding_noise),
        key=a.key or b.key,
    )


def _delay(a: Delay | None, b: Delay | None) -> Delay | None:
    if a is None or b is None:
        return a or b
    return Delay(
        before=max(a.before, b.before),
        between=max(a.between, b.between),
        most=max(a.most, b.most),
        seats=min(a.seats, b.seats),
        when_full=max(a.when_full, b.when_full, key=_HARDNESS.index),
    )


def _lower(a: int, b: int, none: int = 0) -> int:
    """Return the lower of two caps, where ``none`` is no cap."""
    return min((cap for cap in (a, b) if cap != none), default=none)
