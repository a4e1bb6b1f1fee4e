"""Policy files: YAML to a ladder, or every fault with its line and column.

The parameters under ``with`` are those of the action's class, and are checked against it. The revision is a
digest of what the file says, not of how: comments, order of keys and line ends do not change it.
"""

import hashlib
import json
import math
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from detectors.base import Harvest
from gateway.decisions import SEVERITY_TOUCHES_CLIENT, Mode, Policy, Scope, Verdict
from gateway.faults import Fault, Faults, load
from gateway.places import Slip
from gateway.plugins import PluginError, action_parameters, plugin
from gateway.policies.ladder import Ladder, Rung, ladder
from gateway.policies.several import Several
from gateway.slips import MisplacedError
from gateway.units import Duration

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def _kebab(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError("a name is lower-case words and digits joined by hyphens, like-this")
    return value


Name = Annotated[str, Field(max_length=64), AfterValidator(_kebab)]

PERSONS: tuple[Scope, ...] = ("user", "key", "account", "campaign")
EVERYBODY: tuple[Scope, ...] = (*PERSONS, "network")
_TOUCHES_NEED = 2  # families; one phrase, one template, one address never condemns


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


class RungPart(_Part):
    """One rung as it is written; ``lasts`` is ``for`` in the file, ``parameters`` is ``with``."""

    rule: Name
    one_in: float = Field(ge=1)  # subject-days between false alarms, at least
    action: str
    lasts: Duration = Field(alias="for", gt=0)
    families: int = Field(default=1, ge=1, le=4)
    single_family: bool = False  # yes, on the word of one family
    harvest: Floor = Floor()
    scopes: tuple[Scope, ...] | None = Field(default=None, min_length=1)
    mode: Mode | None = None
    parameters: dict[str, Any] = Field(default={}, alias="with", validate_default=True)

    @field_validator("action")
    @classmethod
    def _is_installed(cls, value: str) -> str:
        try:
            plugin("action", value)
        except PluginError as error:
            raise ValueError(str(error)) from error
        return value

    @field_validator("parameters")
    @classmethod
    def _suit_the_action(cls, value: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        # Spelt out with their defaults: a decision means the same after an upgrade changed a default.
        return action_parameters(info.data["action"], value) if "action" in info.data else value

    @model_validator(mode="after")
    def _does_not_condemn_on_one_family(self) -> "RungPart":
        if self.severity >= SEVERITY_TOUCHES_CLIENT and self.families < _TOUCHES_NEED and not self.single_family:
            hint = "write families: 2, or single_family: true if you mean it"
            message = f"{self.action} touches the client on the word of one family"
            raise MisplacedError([Slip(("families",), message, hint)])
        return self

    @property
    def severity(self) -> int:
        """Return the action's severity."""
        return int(plugin("action", self.action).severity)


class PolicyPart(_Part):
    """A policy file as it is written."""

    policy: Name
    mode: Mode = "shadow"
    appeal: str = ""  # instead of the gateway's own
    scopes: tuple[Scope, ...] | None = Field(default=None, min_length=1)
    rungs: tuple[RungPart, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_a_ladder(self) -> "PolicyPart":
        slips = [*self._same_names(), *self._falls()]
        if slips:
            raise MisplacedError(slips)
        return self

    def scopes_of(self, rung: RungPart) -> frozenset[str]:
        """Return whom a rung applies to: a network, where many share an address, is only ever watched by default."""
        usual = EVERYBODY if rung.severity < SEVERITY_TOUCHES_CLIENT else PERSONS
        return frozenset(rung.scopes or self.scopes or usual)

    def _same_names(self) -> Iterator[Slip]:
        rules = [rung.rule for rung in self.rungs]
        for i, rule in enumerate(rules):
            if rule in rules[:i]:
                yield Slip(("rungs", i, "rule"), f"there is a rule {rule} already", f"rungs[{rules.index(rule)}]")

    def _falls(self) -> Iterator[Slip]:
        """Surer must not be milder, for the same subjects and no more harvest: that is a slip of the pen."""
        for (i, a), (k, b) in combinations(enumerate(self.rungs), 2):
            mild, low = ((i, a), b) if a.one_in > b.one_in else ((k, b), a)
            if "off" in (a.mode, b.mode) or a.one_in == b.one_in or not self.scopes_of(a) & self.scopes_of(b):
                continue
            more = low.harvest.beyond(mild[1].harvest)
            if mild[1].severity < low.severity and not more:
                message = f"milder than rule {low.rule}, though it takes more evidence"
                yield Slip(("rungs", mild[0], "one_in"), message, "a stricter action needs a higher one_in")


def load_policy(path: Path) -> Ladder:
    """Return one file's policy.

    Raises:
        Faults: all that is wrong with it.
    """
    part = load(path, PolicyPart)
    said = json.dumps(part.model_dump(mode="json", by_alias=True), sort_keys=True)
    revision = hashlib.sha256(said.encode()).hexdigest()[:12]
    return ladder(part.policy, revision, (_rung(part, rung, revision) for rung in part.rungs))


def load_policies(path: Path) -> Policy:
    """Return the policy of a file, or of all files of a folder (``*.yaml``, ``*.yml``, without ``*_test.yaml``).

    Raises:
        Faults: all that is wrong, in all files; also if the folder holds no policy, or two of one name.
    """
    if not path.is_dir():
        return load_policy(path)
    faults: list[Fault] = []
    found: dict[str, Ladder] = {}
    for file in policy_files(path):
        try:
            policy = load_policy(file)
        except Faults as error:
            faults += error.faults
            continue
        if policy.name in found:
            faults.append(Fault(str(file), 0, 0, "policy", f"another file holds a policy called {policy.name}"))
        found[policy.name] = policy
    if not (found or faults):
        faults.append(Fault(str(path), 0, 0, "", "no policy in this folder"))
    if faults:
        raise Faults(faults)
    return Several(tuple(found.values())) if len(found) > 1 else next(iter(found.values()))


def policy_files(folder: Path) -> list[Path]:
    """Return the policy files of a folder, in order of name; hidden files and policy tests are none."""
    files = (file for file in folder.iterdir() if file.suffix in {".yaml", ".yml"} and file.is_file())
    return sorted(file for file in files if not (file.stem.endswith(("_test", ".test")) or file.name[0] == "."))


def _rung(part: PolicyPart, rung: RungPart, revision: str) -> Rung:
    parameters = rung.parameters
    if parameters.get("appeal") == "":
        parameters = {**parameters, "appeal": part.appeal}
    return Rung(
        weight=math.log(rung.one_in),
        families=rung.families,
        floor=Harvest(**rung.harvest.model_dump()),
        scopes=part.scopes_of(rung),
        verdict=Verdict(
            action=rung.action,
            severity=rung.severity,
            lasts=rung.lasts,
            parameters=parameters,
            policy=part.policy,
            rule=rung.rule,
            revision=revision,
            mode="off" if part.mode == "off" else rung.mode or part.mode,  # off for the file is off for all of it
        ),
    )
