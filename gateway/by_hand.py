"""Decisions that an operator takes, instead of a policy."""

import re
import secrets
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

from gateway.analyst import decision_id
from gateway.decisions import Decision, Subject
from gateway.plugins import build
from gateway.review import BY_HAND

_HASH = re.compile(r"[0-9a-f]{32}")


def named_subject(scope: str, value: str) -> Subject:
    """Return the subject that an operator names, as the guard itself would write it.

    Raises:
        ValueError: it can be nobody: a key or user that is no keyed hash (perhaps the secret itself, which must not
            be stored), or a network without its prefix.
    """
    if scope in {"key", "user"} and not _HASH.fullmatch(value):
        raise ValueError(f"a {scope} is named by its keyed hash, 32 hexadecimal digits: stillguard identity hash")
    if scope == "network":
        if "/" not in value:
            raise ValueError("a network is named with its prefix, for example 203.0.113.0/24")
        value = str(ip_network(value, strict=False))
    return Subject(scope, value)


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
