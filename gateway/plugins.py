"""Plug-ins: detectors and actions, found by entry point and built from what a file says of them.

A plug-in is a frozen dataclass: its fields are its parameters, so there is no second schema to keep in step.
pydantic checks the values (unknown keys, types, all faults in one report); the instance handed out is the plain
class's own. A constructor's ValueError that begins with a field's name and a colon is placed at that field.
"""

import dataclasses
import json
from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal, TypeAlias

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked_dataclass

from detectors.base import Detector
from gateway.actions.base import Action
from gateway.decisions import Decision
from gateway.places import Slip
from gateway.slips import MisplacedError, near, slips_of

Kind: TypeAlias = Literal["detector", "action"]
_GROUPS: dict[Kind, str] = {"detector": "stillguard.detectors", "action": "stillguard.actions"}


class PluginError(Exception):
    """A plug-in that is named somewhere is not installed, does not import, or refuses its parameters."""


@cache
def installed(kind: Kind) -> Mapping[str, EntryPoint]:
    """Return the plug-ins of a kind by name, in order of name; nothing is imported yet."""
    return {entry.name: entry for entry in sorted(entry_points(group=_GROUPS[kind]), key=lambda entry: entry.name)}


@cache
def plugin(kind: Kind, name: str) -> type[Any]:
    """Return a plug-in's class.

    Raises:
        PluginError: it is not installed, cannot be imported, or is no frozen dataclass.
    """
    entry = installed(kind).get(name)
    if entry is None:
        hint = near(name, list(installed(kind)))
        raise PluginError(f"no {kind} is called {name}" + (f" ({hint})" if hint else ""))
    try:
        found = entry.load()
    except (ImportError, AttributeError) as error:
        raise PluginError(f"{kind} {name} cannot be imported from {entry.value}: {error}") from error
    if not (isinstance(found, type) and dataclasses.is_dataclass(found)):
        raise PluginError(f"{kind} {name} ({entry.value}) is no dataclass")
    return found


def build(kind: Kind, name: str, parameters: Mapping[str, Any], *, strict: bool = True) -> Any:
    """Return an instance of a plug-in with these parameters.

    Args:
        kind: detector or action.
        name: as its entry point.
        parameters: values by field; what is not named keeps the class's default.
        strict: a whole number is no boolean, and 1.0 no whole number.

    Raises:
        PluginError: there is no such plug-in.
        MisplacedError: parameters are at fault; places count from the parameters.
    """
    cls = plugin(kind, name)
    schema = _schema(kind, name)
    try:
        checked = schema.validate_json(json.dumps(dict(parameters)), strict=strict)
    except ValidationError as error:
        names = {field.name for field in dataclasses.fields(cls)}
        raise MisplacedError([_at_field(slip, names) for slip in slips_of(error, schema.json_schema())]) from error
    return cls(**{field.name: getattr(checked, field.name) for field in dataclasses.fields(cls) if field.init})


def panel(settings: Mapping[str, Mapping[str, float]]) -> dict[str, Detector[Any]]:
    """Return the detectors that a configuration names; all that are installed if it names none.

    A configuration that names any detector names the whole panel: one that is left out does not run.

    Raises:
        MisplacedError: all that is wrong, at places that count from the top of the configuration.
    """
    found: dict[str, Detector[Any]] = {}
    slips: list[Slip] = []
    for name, parameters in (settings or {name: {} for name in installed("detector")}).items():
        try:
            found[name] = build("detector", name, parameters, strict=False)
        except MisplacedError as error:
            slips += [slip._replace(loc=("panel", name, *slip.loc)) for slip in error.slips]
        except PluginError as error:
            slips.append(Slip(("panel", name), str(error)))
    if slips:
        raise MisplacedError(slips)
    return found


def action_parameters(name: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return an action's parameters complete with its defaults; raises as ``build`` does."""
    return dataclasses.asdict(build("action", name, parameters))


def action_of(decision: Decision) -> Action:
    """Return the action that a decision names, with the decision's parameters.

    Raises:
        PluginError: this process cannot carry the decision out, for example after a downgrade.
    """
    try:
        action: Action = build("action", decision.action, decision.parameters)
    except MisplacedError as error:
        raise PluginError(f"decision {decision.id}: action {decision.action}: {error}") from error
    return action


@cache
def _schema(kind: Kind, name: str) -> TypeAdapter[Any]:
    cls = plugin(kind, name)
    return TypeAdapter(checked_dataclass(cls, frozen=True, config=ConfigDict(extra="forbid", allow_inf_nan=False)))


def _at_field(slip: Slip, names: set[str]) -> Slip:
    """Place a constructor's complaint at the field that it begins with."""
    field, colon, message = slip.message.partition(": ")
    return slip._replace(loc=(*slip.loc, field), message=message) if colon and field in names else slip
