"""A policy file as it is written: the models are its schema, and they tell what is wrong with it.

What is checked here is checked at once and in all places: conditions compile, parameters suit their action, names of
detectors and rules exist, no rung touches a client on one family's word, and surer is not milder.
"""

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from detectors.company import CLASSES
from gateway.decisions import SEVERITY_TOUCHES_CLIENT, Mode, Scope
from gateway.places import Slip
from gateway.plugins import PluginError, action_parameters, installed, plugin
from gateway.policies.condition import complaints
from gateway.policies.expression import place, reads, unknown
from gateway.policies.reading import FAMILIES, HARVEST
from gateway.slips import MisplacedError, near
from gateway.units import LONGEST, Duration

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_STRIKE = re.compile(rf"(?P<policy>{_NAME.pattern})/(?P<rule>{_NAME.pattern})(:shadow)?")
LONGEST_WINDOW = 90 * 86400.0  # seconds; older decisions are forgotten (``stores``)
MOST_STRIKES = 32  # of one rule that are told apart
PERSONS: tuple[Scope, ...] = ("user", "key", "account", "campaign")
EVERYBODY: tuple[Scope, ...] = (*PERSONS, "network")
_TOUCHES_NEED = 2  # families; one phrase, one template, one address never condemns


def _kebab(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError("a name is lower-case words and digits joined by hyphens, like-this")
    return value


def _is_installed(value: str) -> str:
    try:
        plugin("action", value)
    except PluginError as error:
        raise ValueError(str(error)) from error
    return value


Name = Annotated[str, Field(max_length=64, json_schema_extra={"pattern": f"^{_NAME.pattern}$"}), AfterValidator(_kebab)]
ActionName = Annotated[str, AfterValidator(_is_installed)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=False)


class Floor(_Part):
    """Least harvest; every number that is written must be reached. Tokens, and counts of answers."""

    exchanges: int = Field(default=0, ge=0)
    prompt_tokens: int = Field(default=0, ge=0)
    completion_tokens: int = Field(default=0, ge=0)
    reasoning_tokens: int = Field(default=0, ge=0)
    traces: float = Field(default=0.0, ge=0)

    def beyond(self, other: "Floor") -> bool:
        """Say whether it asks for more of anything than another does."""
        return any(mine > its for (_, mine), (_, its) in zip(self, other, strict=True))


class StepPart(_Part):
    """One step of an escalation; what it leaves out is as the rung has it."""

    after: int = Field(ge=1, le=MOST_STRIKES, description="Decisions of this rule on the subject that have lapsed.")
    action: ActionName | None = Field(default=None, description="Instead of the rung's.")
    lasts: Duration | None = Field(default=None, alias="for", gt=0, le=LONGEST, description="Instead of the rung's.")
    parameters: dict[str, Any] | None = Field(
        default=None, alias="with", description="Of the action; the rung's if neither is named."
    )


class Escalation(_Part):
    """What a rung says on repetition."""

    within: Duration = Field(gt=0, le=LONGEST_WINDOW, description="How long a decision that lapsed counts.")
    steps: tuple[StepPart, ...] = Field(min_length=1, max_length=8, description="Each stricter, or longer.")


class RungPart(_Part):
    """One rung as it is written; ``lasts`` is ``for`` in the file, ``parameters`` is ``with``."""

    rule: Name = Field(description="Its name, a metric label.")
    one_in: float = Field(default=1.0, ge=1, description="Subject-days between false alarms, at least.")
    when: str | None = Field(default=None, description="A condition in CEL that must hold as well.")
    families: int = Field(default=1, ge=0, le=4, description="Families of evidence that must speak.")
    single_family: bool = Field(default=False, description="true: touch the client on the word of one family.")
    harvest: Floor = Field(default=Floor(), description="Least harvest, all of it.")
    scopes: tuple[Scope, ...] | None = Field(default=None, min_length=1, description="Whom it applies to.")
    sample: float = Field(default=1.0, ge=0, le=1, description="Share of the subjects that it applies to.")
    mode: Mode | None = Field(default=None, description="Instead of the file's.")
    action: ActionName = Field(description="What is done.")
    lasts: Duration = Field(
        alias="for", gt=0, le=LONGEST, description="How long the decision stands: 30s, 10m, 4h, 7d."
    )
    parameters: dict[str, Any] = Field(
        default={}, alias="with", validate_default=True, description="The action's parameters."
    )
    escalate: Escalation | None = Field(default=None, description="What it says on repetition instead.")

    @field_validator("when")
    @classmethod
    def _can_be_evaluated(cls, value: str | None) -> str | None:
        if value is None:
            return None
        known = {"families": FAMILIES, "class": CLASSES, "harvest": HARVEST, "evidence": tuple(installed("detector"))}
        found = complaints(value) or list(unknown(value, known))
        if found:
            raise MisplacedError([Slip((), said.message, said.hint, offset=said.at) for said in found])
        return value

    @field_validator("parameters")
    @classmethod
    def _suit_the_action(cls, value: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        # Spelt out with their defaults: a decision means the same after an upgrade changed a default.
        return action_parameters(info.data["action"], value) if "action" in info.data else value

    @model_validator(mode="after")
    def _holds_together(self) -> "RungPart":
        slips = [*self._asks_for_something(), *self._condemns_on_one_family(), *self._escalates_wrongly()]
        if slips:
            raise MisplacedError(slips)
        return self

    def _asks_for_something(self) -> Iterator[Slip]:
        if "one_in" not in self.model_fields_set and self.when is None:
            yield Slip(("one_in",), "is missing")

    def _condemns_on_one_family(self) -> Iterator[Slip]:
        """Tell a rung that touches the client on too little; ``action`` is that of the strictest step."""
        least = 1 if self.single_family else _TOUCHES_NEED
        action = max((self.action, *(action for action, _, _ in self.steps())), key=severity)
        if severity(action) >= SEVERITY_TOUCHES_CLIENT and self.families < least:
            if self.single_family:
                yield Slip(("families",), f"{action} touches the client on no family's word", "at least 1")
                return
            hint = "write families: 2, or single_family: true if you mean it"
            yield Slip(("families",), f"{action} touches the client on the word of one family", hint)

    def _escalates_wrongly(self) -> Iterator[Slip]:
        before = (0, severity(self.action))
        for i, step in enumerate(self.escalate.steps if self.escalate else ()):
            at = ("escalate", "steps", i)
            strict = severity(step.action or self.action)
            if step.after <= before[0]:
                yield Slip((*at, "after"), "steps go up: this one is never reached", f"more than {before[0]}")
            if strict < before[1]:
                yield Slip((*at, "action"), "milder than the step before", "an escalation gets stricter")
            before = (step.after, strict)
            try:
                self._step_parameters(step)
            except MisplacedError as error:
                yield from (slip._replace(loc=(*at, "with", *slip.loc)) for slip in error.slips)

    def _step_parameters(self, step: StepPart) -> dict[str, Any]:
        own = step.parameters if step.parameters is not None else {} if step.action else self.parameters
        return action_parameters(step.action or self.action, own)

    def steps(self) -> list[tuple[str, float, StepPart]]:
        """Return each step's action and seconds, as they are where it leaves them out."""
        steps = self.escalate.steps if self.escalate else ()
        return [(step.action or self.action, step.lasts or self.lasts, step) for step in steps]

    def parameters_of(self, step: StepPart) -> dict[str, Any]:
        """Return a step's parameters, spelt out; the file was checked."""
        return self._step_parameters(step)

    @property
    def severity(self) -> int:
        """Return the action's severity."""
        return severity(self.action)


class PolicyPart(_Part):
    """A policy file as it is written."""

    policy: Name = Field(description="Its name, a metric label.")
    mode: Mode = Field(default="shadow", description="off: none of it; shadow: decide and record; enforce: also act.")
    appeal: str = Field(default="", description="Where a refused client can complain, instead of the gateway's own.")
    scopes: tuple[Scope, ...] | None = Field(default=None, min_length=1, description="Whom its rungs apply to.")
    rungs: tuple[RungPart, ...] = Field(min_length=1, description="The strictest that is met decides.")

    @model_validator(mode="after")
    def _is_a_ladder(self) -> "PolicyPart":
        slips = [*self._same_names(), *self._falls(), *self._unknown_strikes()]
        if slips:
            raise MisplacedError(slips)
        return self

    def scopes_of(self, rung: RungPart, strict: int) -> frozenset[str]:
        """Return whom a rung applies to at a severity: a network, where many share an address, is only ever watched."""
        usual = EVERYBODY if strict < SEVERITY_TOUCHES_CLIENT else PERSONS
        return frozenset(rung.scopes or self.scopes or usual)

    def _same_names(self) -> Iterator[Slip]:
        rules = [rung.rule for rung in self.rungs]
        for i, rule in enumerate(rules):
            if rule in rules[:i]:
                yield Slip(("rungs", i, "rule"), f"there is a rule {rule} already", f"rungs[{rules.index(rule)}]")

    def _falls(self) -> Iterator[Slip]:
        """Surer must not be milder, for the same subjects and no more harvest; a condition may mean it."""
        plain = [(i, rung) for i, rung in enumerate(self.rungs) if rung.when is None and rung.mode != "off"]
        for (i, a), (k, b) in combinations(plain, 2):
            mild, low = ((i, a), b) if a.one_in > b.one_in else ((k, b), a)
            same = self.scopes_of(a, a.severity) & self.scopes_of(b, b.severity)
            milder = mild[1].severity < low.severity and not low.harvest.beyond(mild[1].harvest)
            if a.one_in != b.one_in and same and milder:
                message = f"milder than rule {low.rule}, though it takes more evidence"
                yield Slip(("rungs", mild[0], "one_in"), message, "a stricter action needs a higher one_in")

    def _unknown_strikes(self) -> Iterator[Slip]:
        """Tell strikes of this file's rules that it does not have; other files' cannot be seen from here."""
        rules = [rung.rule for rung in self.rungs]
        for i, rung in enumerate(self.rungs):
            for read in reads(rung.when or "", {"strikes": ()}):
                named = _STRIKE.fullmatch(read.key)
                at = place(rung.when or "", read.at)
                if named is None:
                    hint = 'strikes["policy/rule"], or "policy/rule:shadow"'
                    yield Slip(("rungs", i, "when"), f"{read.key} names no rule", hint, offset=at)
                elif named["policy"] == self.policy and named["rule"] not in rules:
                    yield Slip(
                        ("rungs", i, "when"),
                        f"no rule is called {named['rule']}",
                        near(named["rule"], rules),
                        offset=at,
                    )


def severity(action: str) -> int:
    """Return the severity of an action that is installed."""
    return int(plugin("action", action).severity)
