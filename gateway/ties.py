"""What joins the members of a campaign, in sentences. Pure."""

import math
from collections.abc import Iterable, Mapping
from typing import Final

from detectors.linkage.base import Kind, Reason

_SHARED: Final[Mapping[Kind, str]] = {
    "scaffold": "ask under one fixed part of the prompt",
    "paraphrase": "ask under wordings of one fixed part of the prompt",
    "opening": "begin their prompts with the same words",
    "payload": "ask the same questions",
    "network": "come from one network",
    "asn": "come from one network operator",
    "payment": "are paid for by one means of payment",
    "joined": "signed up in the same days",
    "client": "use the same client software",
    "tls": "have the same TLS fingerprint",
    "habit": "write their requests in the same way",
    "pace": "work at the same pace and lengths",
    "reasoning": "hand in reasoning that others of them were served",
    "recirculation": "hand in answers that others of them were served",
    "failover": "took over when others of them were refused",
    "profile": "ask about the same things, at the same lengths, in the same manner",
}
_LARGEST: Final = 60.0  # nats; more is no number that anybody reads


def tie(reason: Reason) -> str:
    """Return a sentence for what subjects share, and how rarely that is so by chance.

    Examples:
        >>> tie(Reason("scaffold", 7, 6.9, 212))
        '212 ask under one fixed part of the prompt, as one in 992 others would'

    """
    who = f"{reason.shared:,} " if reason.shared else ""
    rare = math.exp(min(reason.weight, _LARGEST))
    by_chance = f", as one in {rare:,.0f} others would" if rare >= 1.5 else ""  # noqa: PLR2004 - one in one says nothing
    return f"{who}{_SHARED[reason.kind]}{by_chance}"


def ties(reasons: Iterable[Reason]) -> list[str]:
    """Return a sentence for each."""
    return [tie(reason) for reason in reasons]
