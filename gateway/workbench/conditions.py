"""What a rung asks for and what a subject has, condition by condition, with the numbers of both. Pure."""

import math
from collections.abc import Iterator
from typing import Final, NamedTuple

from gateway.decisions import Policy, Standing
from gateway.policies.ladder import SPEAKS, Ladder, Rung
from gateway.policies.several import Several

HARVESTS: Final = ("exchanges", "prompt_tokens", "completion_tokens", "reasoning_tokens", "traces")
_LARGEST: Final = 700.0  # nats; beyond, the number of subject-days is no float any more


class Condition(NamedTuple):
    """One thing that a rung asks for.

    Attributes:
        key: as the policy file calls it.
        met: whether the standing has it.
        asked, found: both in words, with their numbers.
    """

    key: str
    met: bool
    asked: str
    found: str

    def __str__(self) -> str:
        """Write the condition as one line."""
        return f"{self.key}: asks for {self.asked}, found {self.found}" + ("" if self.met else " (not met)")


def rungs_of(policy: Policy) -> list[Rung]:
    """Return the rungs of a policy or of several, strictest first within each; none of a policy that is no ladder."""
    if isinstance(policy, Several):
        return [rung for each in policy.policies for rung in rungs_of(each)]
    return list(policy.rungs) if isinstance(policy, Ladder) else []


def conditions(rung: Rung, standing: Standing) -> list[Condition]:
    """Return all that a rung asks for, in the order of a policy file's keys."""
    speaking = {name: weight for name, weight in standing.families.items() if weight >= SPEAKS}
    spoken = ", ".join(f"{name} {weight:.1f}" for name, weight in sorted(speaking.items())) or "none"
    return [
        Condition("one_in", standing.weight >= rung.weight, nats(rung.weight), nats(standing.weight)),
        Condition(
            "families",
            len(speaking) >= rung.families,
            f"{rung.families} of {SPEAKS:.1f} nats or more",
            f"{len(speaking)} ({spoken})",
        ),
        *_harvest(rung, standing),
        Condition(
            "scopes", standing.subject.scope in rung.scopes, ", ".join(sorted(rung.scopes)), standing.subject.scope
        ),
    ]


def _harvest(rung: Rung, standing: Standing) -> Iterator[Condition]:
    for name in HARVESTS:
        floor, taken = getattr(rung.floor, name), getattr(standing.harvest, name)
        if floor:
            yield Condition(f"harvest.{name}", taken >= floor, f"{floor:,.0f}", f"{taken:,.0f}")


def nats(weight: float) -> str:
    """Return a weight with what it costs the innocent.

    Examples:
        >>> nats(13.8155)
        '13.8 nats (one in 1,000,000)'
        >>> nats(0.0)
        '0.0 nats (one in 1)'

    """
    days = math.exp(min(weight, _LARGEST))
    many = f"{days:,.0f}" if days < 1e9 else f"{days:.2g}"  # noqa: PLR2004 - longer than anybody reads
    return f"{weight:.1f} nats (one in {many})"


def nats_of(one_in: float) -> str:
    """Return what ``one_in`` subject-days ask for, as ``nats`` does.

    Examples:
        >>> nats_of(2000)
        '7.6 nats (one in 2,000)'

    """
    return nats(math.log(one_in))
