"""Plug-ins: found by entry point and built from what a file says of them.

A plug-in is a frozen dataclass: its fields are its parameters, so there is no second schema to keep in step.
pydantic checks the values (unknown keys, types, all faults in one report); the instance handed out is the plain
class's own. A constructor's ValueError that begins with a field's name and a colon is placed at that field.
Those of other packages are wrapped (``gateway.isolation``), so that nothing that they do ends a process.
"""

import dataclasses
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked_dataclass
from pydantic.errors import PydanticUserError

from detectors.base import Detector
from gateway.actions.base import Action
from gateway.decisions import Decision
from gateway.installed import Kind, claims, installed, is_own, shipped
from gateway.isolation import actions, detectors
from gateway.isolation.telling import failed
from gateway.places import Slip
from gateway.slips import MisplacedError, near, slips_of

__all__ = [
    "SHIPPED", "Kind", "PluginError", "action_of", "action_parameters", "build", "installed", "panel", "plugin",
    "sure_panel",
]  # fmt: skip

SHIPPED: Final = "shipped"  # stands for all of Stillguard's own detectors in a panel that names others too


class PluginError(Exception):
    """A plug-in that is named somewhere is not installed, does not import, or refuses its parameters."""


@cache
def plugin(kind: Kind, name: str) -> type[Any]:
    """Return a plug-in's class.

    Raises:
        PluginError: it is not installed, its name is in dispute, it cannot be imported, or is no frozen dataclass.
    """
    entry = installed(kind).get(name)
    if entry is None:
        if disputed := claims(kind).get(name):
            raise PluginError(f"{kind} {name} is claimed by {' and by '.join(map(str, disputed))}: uninstall one")
        hint = near(name, list(installed(kind)))
        raise PluginError(f"no {kind} is called {name}" + (f" ({hint})" if hint else ""))
    try:
        found = entry.load()
    except (Exception, SystemExit) as error:  # a module's own code runs at its import: it may raise anything
        raise PluginError(f"{kind} {name} cannot be imported from {entry.value}: {error!r}") from error
    if not (isinstance(found, type) and dataclasses.is_dataclass(found)):
        raise PluginError(f"{kind} {name} ({entry.value}) is no dataclass")
    return found


def build(kind: Kind, name: str, parameters: Mapping[str, Any], *, strict: bool = True) -> Any:
    """Return an instance of a plug-in with these parameters, as its package made it.

    Args:
        kind: as in ``gateway.installed.GROUPS``.
        name: as its entry point.
        parameters: values by field; what is not named keeps the class's default.
        strict: a whole number is no boolean, and 1.0 no whole number.

    Raises:
        PluginError: there is no such plug-in, or it fails for a reason that no parameter is named for.
        MisplacedError: parameters are at fault; places count from the parameters.
    """
    cls = plugin(kind, name)
    try:
        schema = _schema(kind, name)
        checked = schema.validate_json(json.dumps(dict(parameters)), strict=strict)
        return cls(**{field.name: getattr(checked, field.name) for field in dataclasses.fields(cls) if field.init})
    except ValidationError as error:
        names = {field.name for field in dataclasses.fields(cls)}
        raise MisplacedError([_at_field(slip, names) for slip in slips_of(error, schema.json_schema())]) from error
    except PluginError:
        raise
    except (Exception, SystemExit) as error:  # a constructor of another package's may raise anything
        raise PluginError(f"{kind} {name} cannot be made: {error!r}") from error


def panel(settings: Mapping[str, Mapping[str, Any]], budget: float = detectors.BUDGET) -> dict[str, Detector[Any]]:
    """Return the detectors that a configuration names; all that Stillguard ships if it names none.

    A configuration that names any detector names the whole panel: one that is left out does not run. The word
    ``shipped`` there stands for all of Stillguard's own.

    Args:
        settings: parameters by detector.
        budget: seconds that another package's detector may take an observation, on average.

    Raises:
        MisplacedError: all that is wrong, at places that count from the top of the configuration.
    """
    slips: list[Slip] = []
    found = _panel(settings, budget, lambda slip, _: slips.append(slip))
    if slips:
        raise MisplacedError(slips)
    return found


def sure_panel(settings: Mapping[str, Mapping[str, Any]], budget: float = detectors.BUDGET) -> dict[str, Detector[Any]]:
    """Return the detectors that a configuration names, without those that have broken since it was checked.

    Each of them is told: the others' evidence is worth more than none.
    """
    return _panel(settings, budget, lambda slip, error: failed("detector", str(slip.loc[1]), error))


def _panel(
    settings: Mapping[str, Mapping[str, Any]], budget: float, tell: Callable[[Slip, Exception], None]
) -> dict[str, Detector[Any]]:
    found: dict[str, Detector[Any]] = {}
    for name, parameters in _named(settings).items():
        try:
            found[name] = _detector(name, parameters, budget)
        except MisplacedError as error:
            for slip in error.slips:
                tell(slip._replace(loc=("panel", name, *slip.loc)), error)
        except PluginError as error:
            tell(Slip(("panel", name), str(error)), error)
    return found


def _named(settings: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    own: dict[str, Mapping[str, Any]] = {name: {} for name in shipped("detector")}
    if not settings:
        return own
    named = dict(settings)
    if SHIPPED in named and not named.pop(SHIPPED):
        return {**own, **named}
    return dict(settings)


def _detector(name: str, parameters: Mapping[str, Any], budget: float) -> Detector[Any]:
    made = build("detector", name, parameters)
    if is_own(installed("detector")[name]):
        return made  # type: ignore[no-any-return]  # held to its contract by the tests
    try:
        return detectors.isolated(made, name, budget)
    except Exception as error:
        raise PluginError(f"detector {name} fails at a subject never seen: {error!r}") from error


def action_parameters(name: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return an action's parameters complete with its defaults; raises as ``build`` does."""
    return dataclasses.asdict(build("action", name, parameters))


def action_of(decision: Decision) -> Action:
    """Return the action that a decision names, with the decision's parameters.

    Raises:
        PluginError: this process cannot carry the decision out, for example after a downgrade.
    """
    try:
        made: Action = build("action", decision.action, decision.parameters)
    except MisplacedError as error:
        raise PluginError(f"decision {decision.id}: action {decision.action}: {error}") from error
    if is_own(installed("action")[decision.action]):
        return made
    try:
        return actions.isolated(made, decision.action)
    except Exception as error:
        raise PluginError(f"decision {decision.id}: action {decision.action}: {error!r}") from error


@cache
def _schema(kind: Kind, name: str) -> TypeAdapter[Any]:
    cls = plugin(kind, name)
    try:
        checked = checked_dataclass(cls, frozen=True, config=ConfigDict(extra="forbid", allow_inf_nan=False))
        return TypeAdapter(checked)
    except (PydanticUserError, NameError) as error:
        raise PluginError(f"{kind} {name}: its fields cannot be checked: {error}") from error


def _at_field(slip: Slip, names: set[str]) -> Slip:
    """Place a constructor's complaint at the field that it begins with."""
    field, colon, message = slip.message.partition(": ")
    return slip._replace(loc=(*slip.loc, field), message=message) if colon and field in names else slip
