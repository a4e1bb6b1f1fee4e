"""Which decisions reach a client: those on its subjects, and those on the campaigns that they are members of. Pure."""

from collections.abc import Mapping, Sequence

from gateway.decisions import Decision, Subject


def reaching(
    subjects: Sequence[Subject],
    held: Mapping[Subject, Decision],
    campaigns: Mapping[Subject, Sequence[Subject]],
    now: float,
) -> tuple[Decision, ...]:
    """Return the enforced decisions that reach a client, strictest first; else the strictest shadow one alone.

    Args:
        subjects: of the client.
        held: decisions by subject.
        campaigns: of each member, the campaigns whose decisions reach it.
        now: seconds since the epoch.
    """
    found = [d for s in subjects if (d := held.get(s)) is not None and d.until > now and d.mode != "off"]
    if campaigns and (joint := memberships(subjects, campaigns)):
        found += [d for s in joint if (d := held.get(s)) is not None and d.until > now and d.mode != "off"]
    if len(found) <= 1:
        return tuple(found)
    found.sort(key=_strictness, reverse=True)
    return tuple(d for d in found if d.mode == "enforce") or (found[0],)


def memberships(
    subjects: Sequence[Subject], campaigns: Mapping[Subject, Sequence[Subject]]
) -> Mapping[Subject, Subject]:
    """Return the campaigns of a client, each with that of its subjects which is the member."""
    return {one: subject for subject in subjects if (of := campaigns.get(subject)) for one in of}


def _strictness(decision: Decision) -> tuple[bool, int, float]:
    return decision.mode == "enforce", decision.severity, decision.until
