"""The condition of a rule: a CEL expression over a standing, compiled and type-checked when its file is read.

Evaluating one never raises. What it says of a standing is yes, no, or nothing, where it could not be evaluated: a key
that is not there, a division by zero, too many steps. Nothing counts as no, and is told (``Outcome.fault``): a rule
that cannot be evaluated touches nobody.

CEL's own error values are truthy in Python; only a result of the type BOOL is looked at.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

import msgspec
from cel_expr_python import cel

from gateway.places import Place
from gateway.policies.expression import Complaint, Token, patterns, place, unbounded
from gateway.policies.reading import VARIABLES
from gateway.slips import near

_LONGEST_FAULT = 200  # characters of a reason
_ENVIRONMENT: Final = """
name: stillguard
stdlib:
  include_macros: [has, all, exists, exists_one]
  exclude_functions:
    - {name: "_+_", overloads: [{id: add_string}, {id: add_bytes}, {id: add_list}]}
    - {name: "_/_", overloads: [{id: divide_double}]}
    - {name: timestamp}
    - {name: duration}
    - {name: bytes}
    - {name: dyn}
    - {name: type}
"""
# Nothing that grows text or lists, nothing that hides a type; no quotient of fractions, which by zero is greater than
# any bound: a rule must not be met because nothing was taken yet.
_ERROR = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")
_UNDECLARED = re.compile(r"undeclared reference to '([^']*)'")
_OVERLOAD = re.compile(r"found no matching overload for '([^']*)' applied to '(.*)'")
_RUNTIME = (RuntimeError, ValueError, TypeError, OverflowError)


class Outcome(NamedTuple):
    """What a condition says of a standing, and why it could not be evaluated, if so."""

    met: bool
    fault: str = ""


class Condition(msgspec.Struct, frozen=True):
    """A condition that compiles; make one with ``complaints`` first. Its program is compiled once a process.

    Attributes:
        text: as it is written.
    """

    text: str

    def outcome(self, activation: cel.Activation) -> Outcome:
        """Return what the condition says of the variables of ``activation``; never raises."""
        try:
            value = _program(self.text).eval(activation)
            if value.type() == cel.Type.BOOL:
                return Outcome(value.value() is True)
            return Outcome(met=False, fault=str(value.value())[:_LONGEST_FAULT])
        except _RUNTIME as error:
            return Outcome(met=False, fault=str(error)[:_LONGEST_FAULT])


def activation(variables: Mapping[str, Any]) -> cel.Activation:
    """Return variables in the form that all conditions of a policy share."""
    return _environment().Activation(dict(variables))


def complaints(text: str) -> list[Complaint]:
    """Return all that is wrong with a condition; nothing if it may be used."""
    found = list(unbounded(text))
    if found:
        return found
    found += [found for found in map(_pattern_fault(text), patterns(text)) if found is not None]
    try:
        program = _environment().compile(text)
    except _RUNTIME as error:
        return found + list(_compiler_faults(str(error)))
    if program.return_type() != cel.Type.BOOL:
        kind = program.return_type().name().lower()
        found.append(
            Complaint(Place(1, 1), f"says {kind}, not yes or no", "a condition compares: harvest.traces > 100.0")
        )
    return found


def _pattern_fault(text: str) -> Any:
    def fault(found: Token | Complaint) -> Complaint | None:
        if isinstance(found, Complaint):
            return found
        try:
            value = _environment().compile(f'"".matches({found.text})').eval(activation({}))
        except _RUNTIME:
            return None  # the compiler tells this fault itself
        if value.type() == cel.Type.BOOL:
            return None
        return Complaint(place(text, found.at), str(value.value()).removeprefix("INVALID_ARGUMENT: "))

    return fault


def _compiler_faults(report: str) -> Iterator[Complaint]:
    """Yield what the compiler says, in our words; undeclared names after the first are often its own echo."""
    seen: set[str] = set()
    matches = list(_ERROR.finditer(report))
    for line, column, said in (match.groups() for match in matches):
        at = Place(max(1, int(line)), max(1, int(column)))
        complaint = _worded(said.removesuffix(" [INVALID_ARGUMENT]"), at)
        if complaint.message not in seen:
            seen.add(complaint.message)
            yield complaint
    if not matches:
        deep = "recursion" in report
        yield Complaint(Place(1, 1), "nested too deeply" if deep else report.splitlines()[0][:_LONGEST_FAULT])


def _worded(said: str, at: Place) -> Complaint:
    if match := _UNDECLARED.match(said):
        hint = near(match[1], list(VARIABLES)) or f"known here: {', '.join(VARIABLES)}"
        return Complaint(at, f"nothing is called {match[1]}", hint)
    if match := _OVERLOAD.match(said):
        mark, kinds = match[1].strip("_@").replace("_", " ") or match[1], match[2]
        mixed = "double" in kinds and "int" in kinds
        hint = (
            "write numbers with a point, 1000.0, but for speaking, members, hour, weekday and strikes" if mixed else ""
        )
        if mark == "/" and "int" not in kinds:
            hint = "compare products: a > 5.0 * b instead of a / b > 5.0, which is infinite where b is 0"
        return Complaint(at, f"{mark} does not go with {kinds}", hint)
    return Complaint(at, said.partition(" expecting {")[0][:_LONGEST_FAULT])


@lru_cache(maxsize=1)
def _environment() -> cel.Env:
    return cel.NewEnv(config=cel.NewEnvConfigFromYaml(_ENVIRONMENT), variables=VARIABLES)


@lru_cache(maxsize=4096)
def _program(text: str) -> cel.Expression:
    return _environment().compile(text)
