"""Exchanges of a population's accounts as lines of recorded traffic, each written as its software writes."""

from functools import lru_cache
from random import Random
from typing import Any, Final

from detectors.lab.campaigns.base import Act
from detectors.lab.replay_line import line, request

TLS: Final = "x-ja4"  # header in which the edge hands a client's TLS on


def shape(act: Act) -> str:
    """Return the members of an exchange's request, in the order in which its software writes them."""
    return " ".join(_ordered(act.member.agent, tuple(request(act.member, act.asked))))


def written(act: Act) -> dict[str, Any]:
    """Return one replay line, see ``replay_line``; ``TLS`` is to be named in ``identity.tls_headers``."""
    who, plain = act.member, line(act.member, act.asked)
    body = plain["request"]
    return plain | {
        "key": f"{who.account}-k0",
        "address": act.address,
        "headers": {"user-agent": who.agent, TLS: who.tls},
        "request": {name: body[name] for name in _ordered(who.agent, tuple(body))},
    }


def label(act: Act) -> dict[str, Any]:
    """Return what is known of an exchange's account, for a second file that no detector is shown."""
    who = act.member
    return {
        "account": who.account, "label": who.label, "kind": who.kind, "group": who.group, "pool": who.pool,
        "joined": round(who.joined), "payment": who.payment, "kin": who.kin,
    }  # fmt: skip


@lru_cache(8192)
def _ordered(agent: str, names: tuple[str, ...]) -> tuple[str, ...]:
    software = agent.partition("/")[0]
    return tuple(sorted(names, key=lambda name: Random(f"order/{software}/{name}").random()))
