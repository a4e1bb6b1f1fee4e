"""Runs policy tests: each case's standing is judged, held against what was expected, and rules that fired are noted.

Pure but for reading the files.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from detectors.base import Evidence, Harvest, Panel
from gateway.decisions import Policy, Standing, Subject, Verdict
from gateway.fusion import families
from gateway.policies.file import load_policies
from gateway.workbench.cases import CasePart, Expected, Said, StandingPart, load_cases, tested_by
from gateway.workbench.conditions import Condition, Rule, conditions, rules_of


class Why(NamedTuple):
    """One rung's conditions in a case that failed."""

    rule: str
    action: str
    conditions: Sequence[Condition]

    @property
    def met(self) -> bool:
        """Whether all of them are met."""
        return all(condition.met for condition in self.conditions)


class Outcome(NamedTuple):
    """What became of one case; it passed if nothing is otherwise than expected.

    Attributes:
        name: of the case.
        expected, got: in words.
        wrong: what is otherwise, in words.
        why: the conditions of the rungs that matter; none of a case that passed.
    """

    name: str
    expected: str
    got: str
    wrong: Sequence[str]
    why: Sequence[Why]

    @property
    def passed(self) -> bool:
        """Whether the verdict is the expected one."""
        return not self.wrong


class Tried(NamedTuple):
    """A test file that was run.

    Attributes:
        file: the test file; empty for a policy that has none.
        policy: the policy's file or folder.
        outcomes: of its cases, in their order.
        rules: of the policy, as ``policy/rule``, those that are off left out.
        fired: of them, those that decided in some case.
    """

    file: str
    policy: str
    outcomes: Sequence[Outcome]
    rules: Sequence[str]
    fired: frozenset[str]

    @property
    def silent(self) -> list[str]:
        """Return the rules that no case made decide."""
        return [rule for rule in self.rules if rule not in self.fired]

    @property
    def coverage(self) -> float:
        """Return the share of rules that decided in some case; 1 of no rules."""
        return 1.0 - len(self.silent) / len(self.rules) if self.rules else 1.0


def standing_of(part: StandingPart, panel: Panel) -> Standing:
    """Return a case's standing; families and weight follow from the evidence as they do live, unless written.

    Args:
        part: as written.
        panel: the detectors whose families fuse; those that the case does not name are silent.
    """
    evidence = {name: _said(said) for name, said in part.evidence.items()}
    spoken = {name: evidence.get(name, Evidence()) for name in panel}
    derived = families(panel, spoken) if evidence else {}
    by_family = derived if part.families is None else {str(name): weight for name, weight in part.families.items()}
    company = {part.company: 1.0} if isinstance(part.company, str) else part.company
    return Standing(
        subject=Subject(part.scope, part.value),
        at=float(part.at),
        weight=sum(by_family.values()) if part.weight is None else part.weight,
        families=by_family,
        evidence=evidence,
        harvest=Harvest(**part.harvest.model_dump()),
        company=company,
        models=part.models,
        tags=part.tags,
        strikes=dict(part.strikes),
        members=part.members,
    )


def _said(said: float | Said) -> Evidence:
    return Evidence(said.weight, dict(said.because)) if isinstance(said, Said) else Evidence(said)


def try_file(file: Path, panel: Panel) -> Tried:
    """Run a test file against its policy; raises Faults if either is at fault."""
    cases = load_cases(file)
    place = tested_by(file, cases)
    policy = load_policies(place)
    judged = [(case, standing_of(case.standing, panel)) for case in cases.cases]
    verdicts = [policy.judge(standing) for _, standing in judged]
    outcomes = [
        _outcome(case, standing, verdict, policy) for (case, standing), verdict in zip(judged, verdicts, strict=True)
    ]
    return Tried(str(file), str(place), outcomes, names(policy), fired(verdicts))


def untested(place: Path) -> Tried:
    """Return a policy without any case; raises Faults if it is at fault."""
    return Tried("", str(place), (), names(load_policies(place)), frozenset())


def names(policy: Policy) -> list[str]:
    """Return the rules of a policy that are not off, as ``policy/rule``, in the order in which they stand."""
    return [rule.name for rule in rules_of(policy)]


def fired(verdicts: Sequence[Verdict | None]) -> frozenset[str]:
    """Return the rules that decided, as ``policy/rule``."""
    return frozenset(f"{verdict.policy}/{verdict.rule}" for verdict in verdicts if verdict is not None)


def _outcome(case: CasePart, standing: Standing, verdict: Verdict | None, policy: Policy) -> Outcome:
    wrong = case.misses(verdict)
    why = _why(case, standing, verdict, rules_of(policy)) if wrong else []
    return Outcome(case.name, str(case.expect), said(verdict), wrong, why)


def said(verdict: Verdict | None) -> str:
    """Return a verdict in words."""
    return "none" if verdict is None else f"action {verdict.action}, rule {verdict.rule}, mode {verdict.mode}"


def _why(case: CasePart, standing: Standing, verdict: Verdict | None, rules: Sequence[Rule]) -> list[Why]:
    """Return the conditions of the rule that decided and of those that were to; of all where neither is named."""
    wanted = {f"{verdict.policy}/{verdict.rule}"} if verdict is not None else set()
    expect: Mapping[str, object] = case.expect.model_dump() if isinstance(case.expect, Expected) else {}
    looked_for = {rule.name for rule in rules if _could_be(rule.verdict, expect)} if expect else set()
    chosen = [rule for rule in rules if rule.name in wanted | looked_for] or list(rules)
    return [Why(rule.verdict.rule, rule.verdict.action, conditions(rule, standing)) for rule in chosen]


def _could_be(verdict: Verdict, expect: Mapping[str, object]) -> bool:
    """Whether a rule is the one that a case expects, as far as the case says which."""
    has = {"rule": verdict.rule, "action": verdict.action, "policy": verdict.policy}
    named = {name: value for name in has if (value := expect.get(name)) is not None}
    if "rule" in named:
        named.pop("action", None)
    return all(has[name] == value for name, value in named.items())
