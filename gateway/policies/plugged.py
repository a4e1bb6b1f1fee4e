"""A policy of another package: named in a policy file, held to what every policy of ours is held to.

    policy: by-quorum
    plugin: quorum
    with: {detectors: 3}
    mode: shadow

The file gives it name, mode and revision, so that it is checked, reloaded, tried in shadow and reverted like any other.
The guard fills in what a package must not decide: the action's severity, whom it may apply to, and that a client is
only touched on the word of two families. What it says that cannot be carried out is told, and counts as silence.
"""

import hashlib
import json
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace
from pydantic import BaseModel, ConfigDict, Field

from gateway.decisions import SEVERITY_TOUCHES_CLIENT, Mode, Policy, Scope, Standing, Verdict
from gateway.faults import load, top_keys
from gateway.isolation.telling import NonsenseError, Tell, failed
from gateway.places import Slip
from gateway.plugins import PluginError, action_parameters, build
from gateway.policies.reading import speaking
from gateway.policies.written import EVERYBODY, PERSONS, Name, severity
from gateway.slips import MisplacedError

FAMILIES: Final = 2  # one phrase, one template, one address never condemns
MOST_RULES: Final = 64  # names of rules that one policy may use: each is a label of metrics
_RULE: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST: Final = 64  # characters of a rule's name


class PluggedPart(BaseModel):
    """Such a file as it is written; ``parameters`` is ``with`` there."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    policy: Name
    plugin: str
    mode: Mode = "shadow"
    appeal: str = ""  # instead of the gateway's own
    scopes: tuple[Scope, ...] | None = Field(default=None, min_length=1)
    single_family: bool = False  # yes, touch a client on the word of one family
    parameters: dict[str, Any] = Field(default={}, alias="with")


class Plugged:
    """Wraps one policy of another package.

    Args:
        part: what its file says.
        inner: the policy.
        revision: digest of the file's content.
        tell: told of each failure.

    Attributes:
        counts: whether it reads strikes: nobody knows, so yes.
    """

    counts = True

    def __init__(self, part: PluggedPart, inner: Policy, revision: str, tell: Tell = failed) -> None:
        self.name, self.revision = part.policy, revision
        self._part, self._inner, self._tell = part, inner, tell
        self._rules: set[str] = set()

    def judge(self, standing: Standing) -> Verdict | None:
        """Return its verdict, completed; None if there is none, or none that can be carried out."""
        if self._part.mode == "off":
            return None
        try:
            said = self._inner.judge(standing)
            return None if said is None else self._completed(said, standing)
        except Exception as error:  # noqa: BLE001 - whatever another's code may raise
            self._tell("policy", self._part.plugin, error)
            return None

    def _completed(self, said: Any, standing: Standing) -> Verdict | None:
        if not isinstance(said, Verdict):
            raise NonsenseError(f"a verdict is {type(said).__name__}")
        if not 0 < said.lasts < math.inf:
            raise NonsenseError(f"a verdict lasts {said.lasts} seconds")
        parameters = _parameters(said)
        grade = severity(said.action)
        if not self._applies(grade, standing):
            return None
        if parameters.get("appeal") == "":
            parameters["appeal"] = self._part.appeal
        return replace(
            said, severity=grade, parameters=parameters, policy=self.name, rule=self._rule(said.rule),
            revision=self.revision, mode=self._part.mode,
        )  # fmt: skip

    def _applies(self, grade: int, standing: Standing) -> bool:
        """Say whether so severe an action may be taken on the subject."""
        touches = grade >= SEVERITY_TOUCHES_CLIENT
        usual: Sequence[str] = PERSONS if touches else EVERYBODY
        if standing.subject.scope not in (self._part.scopes or usual):
            return False
        return not touches or self._part.single_family or speaking(standing) >= FAMILIES

    def _rule(self, rule: str) -> str:
        if rule not in self._rules:
            if len(rule) > _LONGEST or not _RULE.fullmatch(rule):
                raise NonsenseError("a rule's name is lower-case words and digits joined by hyphens, like-this")
            if len(self._rules) >= MOST_RULES:
                raise NonsenseError(f"more than {MOST_RULES} rules")
            self._rules.add(rule)
        return rule


def load_plugged(path: Path, *, sure: bool = False) -> Plugged | None:
    """Return the policy of a file that names a plug-in; None if it is another kind of policy file.

    Args:
        path: the file.
        sure: a plug-in that cannot be made is no fault: its policy is mute, and told each time it is asked.

    Raises:
        Faults: all that is wrong with it.
    """
    if "plugin" not in top_keys(path):
        return None
    part = load(path, PluggedPart, check=None if sure else _made)
    said = json.dumps(part.model_dump(mode="json", by_alias=True), sort_keys=True)
    return Plugged(part, _surely(part) if sure else _made(part), hashlib.sha256(said.encode()).hexdigest()[:12])


class Mute:
    """A policy whose package has broken since its file was taken."""

    def __init__(self, fault: str) -> None:
        self._fault = fault

    def judge(self, standing: Standing) -> Verdict | None:  # noqa: ARG002 - the contract's word
        """Raise what is wrong."""
        raise NonsenseError(self._fault)


def _surely(part: PluggedPart) -> Policy:
    try:
        return _made(part)
    except MisplacedError as error:
        return Mute(str(error))


def _made(part: PluggedPart) -> Policy:
    try:
        made: Policy = build("policy", part.plugin, part.parameters)
    except PluginError as error:
        raise MisplacedError([Slip(("plugin",), str(error))]) from error
    except MisplacedError as error:
        raise MisplacedError([slip._replace(loc=("with", *slip.loc)) for slip in error.slips]) from error
    return made


def _parameters(said: Verdict) -> dict[str, Any]:
    try:
        return action_parameters(said.action, said.parameters)
    except (PluginError, MisplacedError) as error:
        raise NonsenseError(f"action {said.action} cannot be taken so: {error}") from error
