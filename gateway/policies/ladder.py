"""A ladder: rungs of ever stricter measures, each with the evidence and the harvest that it asks for.

A rung is met when the fused weight reaches ``log(one_in)``, enough families speak, and at least so much was
taken home. Which met rung decides is ``rank``'s to say, here and between several policies.
"""

import math
from collections.abc import Iterable

import msgspec

from detectors.base import Harvest
from gateway.decisions import SEVERITY_TOUCHES_CLIENT, Decision, Standing, Verdict

SPEAKS = math.log(5)
"""Nats from which a family counts as speaking.

An e-value of 5 comes to an innocent subject at most one time in five (Markov), so asking for a second family
makes a false alarm up to five times rarer on top of ``one_in``. Lower, and noise would count as a second family;
higher, and campaigns that stay small on each key would never show two.
"""


class Rung(msgspec.Struct, frozen=True, kw_only=True):
    """One measure and what it takes.

    Attributes:
        weight: fused weight needed, nats.
        families: how many families must speak.
        floor: least harvest; all of its numbers must be reached.
        scopes: the scopes that it applies to.
        verdict: what it says when it is met.
    """

    weight: float
    families: int
    floor: Harvest
    scopes: frozenset[str]
    verdict: Verdict

    def met(self, standing: Standing) -> bool:
        """Return whether the standing has earned this rung."""
        return (
            standing.weight >= self.weight
            and standing.subject.scope in self.scopes
            and _reached(standing.harvest, self.floor)
            and sum(weight >= SPEAKS for weight in standing.families.values()) >= self.families
        )


class Ladder(msgspec.Struct, frozen=True, kw_only=True):
    """One policy: its rungs, strictest first, without those that are off.

    Attributes:
        name: the policy's name, a metric label.
        revision: digest of its file's content.
        rungs: strictest first; see ``ladder``.
    """

    name: str
    revision: str
    rungs: tuple[Rung, ...]

    def judge(self, standing: Standing) -> Verdict | None:
        """Return the verdict of the highest rung that is met, or None."""
        return max((rung.verdict for rung in self.rungs if rung.met(standing)), key=rank, default=None)


def ladder(name: str, revision: str, rungs: Iterable[Rung]) -> Ladder:
    """Return a policy from rungs in any order; of two equally severe, the one that takes more evidence is higher."""
    strictest_first = sorted(rungs, key=lambda rung: (-rung.verdict.severity, -rung.weight))
    standing = (rung for rung in strictest_first if rung.verdict.mode != "off")
    return Ladder(name=name, revision=revision, rungs=tuple(standing))


def rank(verdict: Verdict | Decision) -> tuple[bool, int, bool]:
    """Return how much a verdict counts: the greatest decides.

    An enforced verdict that touches the client goes before all others: a rung tried in shadow must not lift a
    measure in force. Among the rest the severest goes first, so that what is only watched, in force, does not hide
    what the shadow would do; at equal severity, what is enforced.
    """
    enforced = verdict.mode == "enforce"
    return (enforced and verdict.severity >= SEVERITY_TOUCHES_CLIENT, verdict.severity, enforced)


def _reached(harvest: Harvest, floor: Harvest) -> bool:
    return (
        harvest.exchanges >= floor.exchanges
        and harvest.prompt_tokens >= floor.prompt_tokens
        and harvest.completion_tokens >= floor.completion_tokens
        and harvest.reasoning_tokens >= floor.reasoning_tokens
        and harvest.traces >= floor.traces
    )
