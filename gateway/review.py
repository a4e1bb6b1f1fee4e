"""A policy was edited, or an exemption: what stands is judged anew, by the numbers on which it was decided.

A refused client is not weighed, so without this a denial would outlive the rule behind it: setting a policy to
shadow, or taking a rule out, frees its clients at once.
"""

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from gateway.deciding import decide
from gateway.decisions import Decision, Policy, Standing, Verdict

BY_HAND = "by-hand"  # the policy name of an operator's own decisions: no file may lift them


def reviewed(standing: Iterable[Decision], policy: Policy, at: float, name: Callable[[], str]) -> list[Decision]:
    """Return the decisions that replace others under the policy as it is now; one that no rule backs is lifted.

    Args:
        standing: decisions that stand at ``at``.
        policy: as edited.
        at: now, seconds since the epoch; a lifted decision ends then.
        name: makes ids for new decisions.
    """
    replaced = []
    for decision in standing:
        if decision.policy == BY_HAND:
            continue
        numbers = Standing(
            subject=decision.subject,
            at=decision.at,  # a rule may ask for the hour
            weight=decision.weight,
            families=decision.families,
            evidence=decision.evidence,
            harvest=decision.harvest,
            company=decision.company,
            models=decision.models,
            tags=decision.tags,
            strikes=decision.strikes,
            owners=decision.owners,
            members=decision.members,
        )
        verdict = policy.judge(numbers)
        if verdict is None:
            replaced.append(replace(decision, until=at))
        elif _said(decision) != _said(verdict):
            new = decide(replace(numbers, at=at), verdict, None, name())
            replaced += [new] if new and _differs(decision, new) else []
    return replaced


def _said(one: Decision | Verdict) -> tuple[str, str, str]:
    return one.policy, one.revision, one.exempt


def _differs(old: Decision, new: Decision) -> bool:
    return (old.action, old.parameters, old.mode, old.severity) != (new.action, new.parameters, new.mode, new.severity)
