"""Decisions that an operator takes, instead of a policy."""

import secrets
from collections.abc import Mapping
from typing import Any

from gateway.analyst import decision_id
from gateway.decisions import Decision, Subject
from gateway.plugins import build
from gateway.review import BY_HAND


def by_hand(
    subject: Subject, action: str, parameters: Mapping[str, Any], lasts: float, at: float, *, shadow: bool = False
) -> Decision:
    """Return the decision to take an action on a subject for some seconds.

    Raises:
        PluginError: there is no such action.
        MisplacedError: it has no such parameters.
    """
    built = build("action", action, parameters)
    return Decision(
        id=decision_id(at, secrets.token_bytes),
        subject=subject,
        action=action,
        parameters=dict(parameters),
        severity=built.severity,
        at=at,
        until=at + lasts,
        policy=BY_HAND,
        mode="shadow" if shadow else "enforce",
    )
