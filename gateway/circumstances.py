"""What a policy may read of a subject beside its case: the models it asked for, its account's tags, its strikes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from msgspec.structs import replace

from gateway.decisions import MOST_MODELS, Policy, Standing, Subject
from gateway.exchange import Entry
from gateway.intake import FAILED, LONGEST_MODEL
from gateway.policies.judging import USUAL, counts_strikes, windows
from gateway.stores.base import Store
from gateway.strikes import counted

Tags: TypeAlias = Callable[[Subject], Iterable[str]]
"""Tells the tags that a subject has of its own; must not wait."""

_ORDER = {"account": 0, "key": 1, "user": 2}  # who belongs to whom: a user to its key and account, a key to its account


def untagged(_: Subject) -> Iterable[str]:
    """Tell no tag of anybody."""
    return ()


def tagged(accounts: Mapping[str, tuple[str, ...]]) -> Tags:
    """Return what tells the tags of accounts, by the account's name."""
    return lambda subject: accounts.get(subject.value, ()) if subject.scope == "account" else ()


def completed(
    standings: Sequence[Standing], entries: Sequence[Entry], tags: Tags, policy: Policy, store: Store
) -> list[Standing]:
    """Return standings with all that the policy may read; raises StoreError.

    Args:
        standings: as weighed, after these entries were folded.
        entries: the batch.
        tags: tells the tags of a subject.
        policy: asked whether, and within how long, strikes count for it.
        store: knows the decisions that were taken.
    """
    if not standings:
        return []
    subjects = {standing.subject for standing in standings}
    models, known = _told(entries, subjects, tags)
    struck = strikes_of(standings, policy, store)
    return [
        replace(
            one,
            models=tuple(models.get(one.subject, ())),
            tags=tuple(sorted(known.get(one.subject, ()))),
            strikes=struck.get(one.subject, {}),
        )
        for one in standings
    ]


def _told(
    entries: Iterable[Entry], subjects: set[Subject], tags: Tags
) -> tuple[dict[Subject, dict[str, None]], dict[Subject, set[str]]]:
    """Return models, oldest first, and tags by subject."""
    models: dict[Subject, dict[str, None]] = {}
    found: dict[Subject, set[str]] = {}
    for entry in entries:
        whose = [Subject(*pair) for pair in entry.subjects]
        for subject in subjects.intersection(whose):
            asked = models.setdefault(subject, {})
            if entry.status < FAILED and entry.model and len(asked) < MOST_MODELS:
                asked[entry.model[:LONGEST_MODEL]] = None
            if subject not in found:
                found[subject] = set(belonging(subject, whose, tags))
    return models, found


def belonging(subject: Subject, whose: Iterable[Subject], tags: Tags) -> Iterable[str]:
    """Yield the tags of a subject and of those that it belongs to; a network belongs to nobody."""
    rank = _ORDER.get(subject.scope, -1)
    for other in whose:
        if other == subject or 0 <= _ORDER.get(other.scope, rank) < rank:
            yield from tags(other)


def owned(entries: Iterable[Entry]) -> frozenset[Subject]:
    """Return the keys that came with an account: what they ask is the account's, when members of campaigns count."""
    return frozenset(
        Subject(*pair)
        for entry in entries
        if "account" in [scope for scope, _ in entry.subjects]
        for pair in entry.subjects
        if pair[0] == "key"
    )


def strikes_of(standings: Sequence[Standing], policy: Policy, store: Store) -> dict[Subject, dict[str, int]]:
    """Return what was decided on the subjects before, as often as the policy asks for it; raises StoreError."""
    if not counts_strikes(policy):
        return {}
    within = windows(policy)
    at = max(standing.at for standing in standings)
    taken = store.taken([standing.subject for standing in standings], at - max(USUAL, *within.values(), 0.0))
    return {subject: counted(some, within, at) for subject, some in taken.items()}
