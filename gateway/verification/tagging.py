"""The tag that policies read of a subject whose attestation was approved."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import TypeAlias

from gateway.decisions import Subject
from gateway.stores.base import StoreError
from gateway.verification.settling import TAG

Tags: TypeAlias = Callable[[Subject], Iterable[str]]
FRESH = 1.0  # seconds between two looks into the book


def with_verified(tags: Tags, verified: Callable[[float], Mapping[Subject, float]], clock: Callable[[], float]) -> Tags:
    """Return what tells the tags of a subject, with ``verified`` among them while it counts as such.

    Args:
        tags: tells its other tags.
        verified: the book's own word, asked at most once a second: subjects, and until when.
        clock: seconds since the epoch.
    """
    known: Mapping[Subject, float] = {}
    looked = float("-inf")

    def told(subject: Subject) -> tuple[str, ...]:
        nonlocal known, looked
        at = clock()
        if abs(at - looked) >= FRESH:
            looked = at
            with suppress(StoreError):  # the old word stands: an unreadable book must not stop the analyst
                known = verified(at)
        others = tuple(tags(subject))
        return (*others, TAG) if known.get(subject, 0.0) > at else others

    return told
