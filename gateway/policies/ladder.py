"""A ladder: rungs of ever stricter measures, each with the evidence and the harvest that it asks for.

A rung is met when the fused weight reaches ``log(one_in)``, enough families speak, at least so much was taken home,
its condition holds and the subject is in its sample. Which met rung decides is ``rank``'s to say, here and between
several policies: rules that contradict each other are no fault, the strictest wins.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Protocol

import msgspec

from detectors.base import Harvest
from gateway.decisions import SEVERITY_TOUCHES_CLIENT, Decision, Judgement, RuleFault, Standing, Subject, Verdict
from gateway.policies.condition import Condition, activation
from gateway.policies.reading import speaking, variables


class Step(msgspec.Struct, frozen=True):
    """What a rung says instead once it has been decided so often.

    Attributes:
        after: decisions on the subject that have lapsed within the rung's window.
        scopes: the scopes that it applies to.
        verdict: what it says.
    """

    after: int
    scopes: frozenset[str]
    verdict: Verdict


class Rung(msgspec.Struct, frozen=True, kw_only=True):
    """One measure and what it takes.

    Attributes:
        weight: fused weight needed, nats.
        families: how many families must speak.
        floor: least harvest; all of its numbers must be reached.
        scopes: the scopes that it applies to.
        verdict: what it says when it is met.
        condition: what else must hold; None for nothing.
        sample: share of the subjects that it applies to, 0 to 1.
        steps: what it says on repetition, in order of ``after``.
        within: seconds within which repetition counts; 0 without steps.
    """

    weight: float
    families: int
    floor: Harvest
    scopes: frozenset[str]
    verdict: Verdict
    condition: Condition | None = None
    sample: float = 1.0
    steps: tuple[Step, ...] = ()
    within: float = 0.0

    def met(self, standing: Standing) -> bool:
        """Return whether the standing has earned this rung, its condition aside."""
        return (
            standing.weight >= self.weight
            and standing.subject.scope in self.scopes
            and _reached(standing.harvest, self.floor)
            and speaking(standing) >= self.families
            and (self.sample >= 1.0 or draw(standing.subject, self.verdict, "sample") < self.sample)
        )

    def says(self, standing: Standing) -> Verdict:
        """Return the verdict on a standing that has earned it, by how often it was decided before."""
        before = standing.strikes.get(strike(self.verdict), 0) if self.steps else 0
        scope = standing.subject.scope
        reached = (step.verdict for step in reversed(self.steps) if step.after <= before and scope in step.scopes)
        return next(reached, self.verdict)


class Ladder(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One policy: its rungs, strictest first, without those that are off.

    Attributes:
        name: the policy's name, a metric label.
        revision: digest of its file's content.
        rungs: strictest first; see ``ladder``.
        silent: keys of ``evidence`` and ``strikes`` that its conditions name: 0 where a standing does not.
    """

    name: str
    revision: str
    rungs: tuple[Rung, ...]
    silent: dict[str, tuple[str, ...]] = {}

    def judge(self, standing: Standing) -> Verdict | None:
        """Return the verdict of the highest rung that is met, or None; never raises."""
        return self.judgement(standing).verdict

    def judgement(self, standing: Standing) -> Judgement:
        """Return the same, and the rules whose condition could not be evaluated: they are not met."""
        faults: list[RuleFault] = []
        verdicts: list[Verdict] = []
        shared = None
        for rung in self.rungs:
            if not rung.met(standing):
                continue
            if rung.condition is not None:
                shared = shared or activation(variables(standing, self.silent))
                met, fault = rung.condition.outcome(shared)
                if fault:
                    faults.append(RuleFault(self.name, rung.verdict.rule, fault))
                if not met:
                    continue
            verdicts.append(rung.says(standing))
        return Judgement(max(verdicts, key=rank, default=None), tuple(faults))

    @cached_property
    def least(self) -> float:
        """Fused weight below which no rung is met, nats."""
        return min((rung.weight for rung in self.rungs), default=math.inf)

    @cached_property
    def windows(self) -> Mapping[str, float]:
        """Seconds within which each strike counts that a rung asks for."""
        return {strike(rung.verdict): rung.within for rung in self.rungs if rung.steps}

    @property
    def counts(self) -> bool:
        """Whether any rung reads how often something was decided before."""
        return bool(self.windows or self.silent.get("strikes"))


def ladder(
    name: str, revision: str, rungs: Iterable[Rung], silent: Mapping[str, tuple[str, ...]] | None = None
) -> Ladder:
    """Return a policy from rungs in any order; of two equally severe, the one that takes more evidence is higher."""
    strictest_first = sorted(rungs, key=lambda rung: (-rung.verdict.severity, -rung.weight))
    standing = (rung for rung in strictest_first if rung.verdict.mode != "off")
    return Ladder(name=name, revision=revision, rungs=tuple(standing), silent=dict(silent or {}))


def rank(verdict: Verdict | Decision) -> tuple[bool, int, bool]:
    """Return how much a verdict counts: the greatest decides.

    An enforced verdict that touches the client goes before all others: a rung tried in shadow must not lift a
    measure in force. Among the rest the severest goes first, so that what is only watched, in force, does not hide
    what the shadow would do; at equal severity, what is enforced.
    """
    enforced = verdict.mode == "enforce"
    return (enforced and verdict.severity >= SEVERITY_TOUCHES_CLIENT, verdict.severity, enforced)


class Decided(Protocol):
    """By which rule something was decided, and whether in force."""

    @property
    def policy(self) -> str:
        """The policy's name."""
        ...

    @property
    def rule(self) -> str:
        """The rule's name."""
        ...

    @property
    def mode(self) -> str:
        """Whether in shadow or in force."""
        ...


def strike(verdict: Decided) -> str:
    """Return the name under which a rule's repetitions count: a shadow never makes an enforced rule stricter."""
    name = f"{verdict.policy}/{verdict.rule}"
    return name if verdict.mode == "enforce" else f"{name}:shadow"


def draw(subject: Subject, verdict: Verdict, purpose: str) -> float:
    """Return a number from 0 to 1 that is a subject's own for a rule: the same in every process and at any time.

    Numbers for different purposes have nothing to do with each other.
    """
    key = hashlib.blake2b(f"{verdict.policy}/{verdict.rule}/{purpose}".encode()).digest()
    said = f"{subject.scope}\0{subject.value}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(said, digest_size=6, key=key).digest()) / 2**48


def _reached(harvest: Harvest, floor: Harvest) -> bool:
    return (
        harvest.exchanges >= floor.exchanges
        and harvest.prompt_tokens >= floor.prompt_tokens
        and harvest.completion_tokens >= floor.completion_tokens
        and harvest.reasoning_tokens >= floor.reasoning_tokens
        and harvest.traces >= floor.traces
    )
