"""What a rung asks for and what a subject has, condition by condition, with the numbers of both. Pure."""

import math
from collections.abc import Iterator
from typing import Final, NamedTuple

from gateway.decisions import Policy, Standing, Verdict
from gateway.policies.condition import activation
from gateway.policies.ladder import Ladder, Rung, draw, strike
from gateway.policies.reading import HARVEST, SPEAKS, variables
from gateway.policies.several import Several

_LARGEST: Final = 700.0  # nats; beyond, the number of subject-days is no float any more


class Rule(NamedTuple):
    """One rung with the policy that it stands in."""

    policy: Ladder
    rung: Rung

    @property
    def verdict(self) -> Verdict:
        """What it says where nothing was repeated."""
        return self.rung.verdict

    @property
    def name(self) -> str:
        """Its name, as ``policy/rule``."""
        return f"{self.verdict.policy}/{self.verdict.rule}"


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


def rules_of(policy: Policy) -> list[Rule]:
    """Return the rules of a policy or of several, strictest first within each; none of a policy that is no ladder."""
    if isinstance(policy, Several):
        return [rule for each in policy.policies for rule in rules_of(each)]
    return [Rule(policy, rung) for rung in policy.rungs] if isinstance(policy, Ladder) else []


def conditions(rule: Rule, standing: Standing) -> list[Condition]:
    """Return all that a rule asks for, in the order of a policy file's keys."""
    return [
        *_evidence(rule.rung, standing),
        *_condition(rule, standing),
        *_harvest(rule.rung, standing),
        *_whom(rule.rung, standing),
        *_repetition(rule.rung, standing),
    ]


def _evidence(rung: Rung, standing: Standing) -> Iterator[Condition]:
    yield Condition("one_in", standing.weight >= rung.weight, nats(rung.weight), nats(standing.weight))
    speaking = {name: weight for name, weight in standing.families.items() if weight >= SPEAKS}
    spoken = ", ".join(f"{name} {weight:.1f}" for name, weight in sorted(speaking.items())) or "none"
    met = len(speaking) >= rung.families
    yield Condition("families", met, f"{rung.families} of {SPEAKS:.1f} nats or more", f"{len(speaking)} ({spoken})")


def _condition(rule: Rule, standing: Standing) -> Iterator[Condition]:
    if rule.rung.condition is not None:
        outcome = rule.rung.condition.outcome(activation(variables(standing, rule.policy.silent)))
        said = f"it cannot be evaluated: {outcome.fault}" if outcome.fault else str(outcome.met).lower()
        yield Condition("when", outcome.met, rule.rung.condition.text.strip(), said)


def _harvest(rung: Rung, standing: Standing) -> Iterator[Condition]:
    for name in HARVEST:
        floor, taken = getattr(rung.floor, name), getattr(standing.harvest, name)
        if floor:
            yield Condition(f"harvest.{name}", taken >= floor, f"{floor:,.0f}", f"{taken:,.0f}")


def _whom(rung: Rung, standing: Standing) -> Iterator[Condition]:
    scope = standing.subject.scope
    yield Condition("scopes", scope in rung.scopes, ", ".join(sorted(rung.scopes)), scope)
    if rung.sample < 1.0:
        drawn = draw(standing.subject, rung.verdict, "sample")
        yield Condition("sample", drawn < rung.sample, f"a draw below {rung.sample:g}", f"{drawn:.3f}")


def _repetition(rung: Rung, standing: Standing) -> Iterator[Condition]:
    """Tell how often the rule was decided before; a rung that escalates is met all the same."""
    if rung.steps:
        steps = ", ".join(f"{step.verdict.action} after {step.after}" for step in rung.steps)
        yield Condition("escalate", True, steps, f"{standing.strikes.get(strike(rung.verdict), 0)} before")


def nats(weight: float) -> str:
    """Return a weight with what it costs the innocent.

    Examples:
        >>> nats(13.815511)
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
