"""An explanation in words for people, or as one JSON object."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from gateway.campaign_rows import member_row, member_state
from gateway.decisions import SEVERITY_TOUCHES_CLIENT, Decision
from gateway.review import BY_HAND
from gateway.ties import ties
from gateway.workbench.conditions import nats
from gateway.workbench.explaining import Explained, Margin, Otherwise, changes, factor

_SHOWN = 20  # members of a campaign that are named


def moment(at: float) -> str:
    """Return a time as people read it, UTC.

    Examples:
        >>> moment(0.0)
        '1970-01-01 00:00:00 UTC'

    """
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def length(seconds: float) -> str:
    """Return a time as long as it turned out, roughly.

    Examples:
        >>> length(7013.0), length(590.0), length(1.5)
        ('1.9 h', '10 min', '2 s')

    """
    if seconds >= 3600.0:  # noqa: PLR2004 - an hour
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 60:.0f} min" if seconds >= 60.0 else f"{seconds:.0f} s"  # noqa: PLR2004 - a minute


def lines(told: Explained, at: float) -> Iterator[str]:
    """Yield the explanation, a line each; ``at`` is now, seconds since the epoch."""
    decision = told.decision
    by = "by hand" if decision.policy == BY_HAND else f"by rule {decision.policy}/{decision.rule}"
    yield f"{decision.id}: {decision.action} for {length(decision.until - decision.at)} on {decision.subject}"
    yield f"  taken {moment(decision.at)} {by}, in {decision.mode}"
    yield f"  {_state(told, at)}"
    if decision.mode != "enforce":
        yield "  in shadow: it was recorded only, and the client got what it would have got without the guard"
    elif decision.severity < SEVERITY_TOUCHES_CLIENT:
        yield "  the client notices nothing of this action"
    yield from _rule(told)
    yield from _numbers(told)
    yield from _reasons(told)
    yield from _counterfactuals(told)
    yield from _campaign(told)
    yield "How to appeal"
    yield f"  {_appeal(told)}"


def _state(told: Explained, at: float) -> str:
    state = told.state
    if state.word == "stands":
        return f"stands until {moment(told.decision.until)}, {(told.decision.until - at) / 3600:.1f} h from now"
    if state.word == "replaced":
        return f"replaced {moment(state.since)} by {state.by}"
    return f"{state.word} {moment(state.since)}"


def _rule(told: Explained) -> Iterator[str]:
    if told.decision.policy == BY_HAND:
        yield "No rule: an operator took it"
        return
    if not told.file:
        yield f"The rule is on disk no more (policy {told.decision.policy}, revision {told.decision.revision})"
        return
    place = f"{told.file}:{told.line}" if told.line else told.file
    yield f"The rule as written ({place})" if told.same else f"The policy was edited since; as it is now ({place})"
    yield from (f"  {line}" for line in told.text)
    if not told.text:
        yield f"  it has no rule {told.decision.rule} any more"


def _numbers(told: Explained) -> Iterator[str]:
    if told.conditions:
        yield "The numbers at that moment" if told.same else "The numbers at that moment against the rule as it is now"
        yield from (f"  {condition}" for condition in told.conditions)
    for margin in told.margins:
        yield f"  {_margin(margin)}"


def _margin(margin: Margin) -> str:
    way = "above" if margin.above >= 0 else "below"
    if margin.key == "one_in":
        times = f", a factor of {factor(abs(margin.above)):,.3g}"
        return f"evidence was {abs(margin.above):.1f} nats {way} the line{times}"
    return f"{margin.key} was {abs(margin.above):,.0f} {way} the line"


def _reasons(told: Explained) -> Iterator[str]:
    if told.voices:
        families = ", ".join(
            f"{name} {weight:.1f}" for name, weight in sorted(told.decision.families.items()) if weight > 0
        )
        yield f"The reasons: {nats(told.decision.weight)} from {families}"
    for voice in told.voices:
        yield f"  {voice.detector} ({voice.family or 'not in this panel'}), {voice.weight:.1f} nats: {voice.sentence}"


def _counterfactuals(told: Explained) -> Iterator[str]:
    if told.conditions and changes(told.decision, told.again):
        yield "Judged again by the numbers that were kept, something else would be decided: the policies were edited"
        yield "since, or a condition reads what a decision does not keep (models, tags, strikes)."
    if told.otherwise:
        yield "What would have changed it"
    for other in told.otherwise:
        yield f"  {_other(told.decision, other)}"
    if told.otherwise and not any(changes(told.decision, other.verdict) for other in told.otherwise):
        yield "  nothing alone: it rests on several"


def _other(decision: Decision, other: Otherwise) -> str:
    name = f"the family {other.without}" if other.family else other.without
    verdict = other.verdict
    if not changes(decision, other.verdict):
        said = "the same would have been decided"
    elif verdict is None:
        said = "nothing would have been decided"
    else:
        said = f"{verdict.action} would have been decided by {verdict.policy}/{verdict.rule}"
    return f"without {name}, {nats(other.weight)} are left: {said}"


def _campaign(told: Explained) -> Iterator[str]:
    campaign = told.campaign
    if campaign is None:
        return
    then = f"{told.decision.members:,} then"
    yield f"What joins its members, {then}, {campaign.size:,} bound of {campaign.linked:,} linked now"
    yield from (f"  {sentence}" for sentence in ties(campaign.reasons))
    harvest = told.decision.harvest
    yield f"  taken home by then: {harvest.exchanges:,} answers, {harvest.traces:,.0f} of them traces"
    for member in told.members[:_SHOWN]:
        yield f"  {member.subject}, {member_state(member)}, since {moment(member.since)}"
    if len(told.members) > _SHOWN:
        yield f"  and {len(told.members) - _SHOWN:,} more: stillguard campaigns members {campaign.id}"


def _appeal(told: Explained) -> str:
    own = f"stillguard decisions pardon {told.decision.id}"
    if told.campaign:
        own = f"stillguard campaigns undo {told.campaign.id}, for one member with release"
    if told.appeal:
        return f"{told.appeal}, with the reference {told.decision.id}; an operator ends it with {own}"
    return f"no address is configured (key appeal); an operator ends it with {own}"


def row(told: Explained) -> dict[str, Any]:
    """Return the explanation as ``-o json`` prints it."""
    decision = told.decision
    others = [
        {
            "without": other.without, "family": other.family, "weight": other.weight,
            "changes": changes(decision, other.verdict),
            "action": other.verdict.action if other.verdict else "none",
            "rule": f"{other.verdict.policy}/{other.verdict.rule}" if other.verdict else "",
        }
        for other in told.otherwise
    ]  # fmt: skip
    return {
        "decision": msgspec.to_builtins(decision),
        "state": told.state._asdict(),
        "rule": {"file": told.file, "line": told.line, "as_then": told.same, "text": "\n".join(told.text)},
        "conditions": [condition._asdict() for condition in told.conditions],
        "margins": {margin.key: margin.above for margin in told.margins},
        "reasons": [voice._asdict() for voice in told.voices],
        "without": others,
        "appeal": told.appeal,
        **({"campaign": _campaign_row(told)} if told.campaign else {}),
    }


def _campaign_row(told: Explained) -> dict[str, Any]:
    campaign = told.campaign
    return {
        "id": campaign.id if campaign else "",
        "members": campaign.size if campaign else 0,
        "joined_by": ties(campaign.reasons) if campaign else [],
        "who": [member_row(member) for member in told.members],
    }
