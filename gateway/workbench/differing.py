"""What changed between two policies, rule by rule and in words: added, removed, stricter, milder, with the numbers.

Stricter means that more subjects are decided on, or that the same are treated more harshly; milder the opposite. Pure
but for reading the files.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from gateway.faults import load
from gateway.plugins import plugin
from gateway.policies.file import load_policies, policy_files
from gateway.policies.ladder import Ladder
from gateway.policies.written import PolicyPart, RungPart
from gateway.workbench.conditions import nats_of

Way: TypeAlias = Literal["stricter", "milder", "changed"]
_MODES: Final = ("off", "shadow", "enforce")
_NO_LIMIT: Final = {"requests_per_minute", "tokens_per_minute", "max_tokens", "samples"}  # 0 is none at all
_TAKES: Final = {"logprobs", "reasoning"}  # what is taken out if true


class Change(NamedTuple):
    """One thing that is otherwise in the new file, by its key there; both values in words."""

    key: str
    way: Way
    old: str
    new: str

    def __str__(self) -> str:
        """Write the change as one line."""
        return f"{self.key} {self.old} → {self.new} ({self.way})"


class Rule(NamedTuple):
    """A rule that is not the same in both: ``way`` is added, removed, stricter, milder or changed."""

    policy: str
    rule: str
    way: str
    changes: Sequence[Change]
    words: str


class Differing(NamedTuple):
    """All that differs: rules, appeal addresses and the like by policy, and how many rules are the same."""

    rules: Sequence[Rule]
    others: Sequence[tuple[str, Change]]
    same: int
    revisions: Mapping[str, tuple[str, str]]


class _Written(NamedTuple):
    """A policy as it is written; the part is None where another package's policy is named."""

    part: PolicyPart | None
    revision: str


def differing(old: Path, new: Path) -> Differing:
    """Return what differs between two files or folders of policies; raises Faults if one is at fault.

    Two policies are the same if they have one name, or if each place holds one policy only.
    """
    before, after = _parts(old), _parts(new)
    pairs = [(name, name) for name in dict.fromkeys((*before, *after))]
    if len(before) == len(after) == 1:
        pairs = [(next(iter(before)), next(iter(after)))]
    rules: list[Rule] = []
    others: list[tuple[str, Change]] = []
    revisions: dict[str, tuple[str, str]] = {}
    for was, name in pairs:
        one, other = before.get(was), after.get(name)
        rules += _rules(name, one and one.part, other and other.part)
        others += [(name, change) for change in _others((was, one), (name, other))]
        revisions[name] = (one.revision if one else "", other.revision if other else "")
    told = [rule for rule in rules if rule.way != "same"]
    return Differing(told, others, len(rules) - len(told), revisions)


def _parts(place: Path) -> dict[str, _Written]:
    """Return each policy as it is written, by name."""
    load_policies(place)  # tells all faults of all files, and two policies of one name
    found = {}
    for file in policy_files(place) if place.is_dir() else [place]:
        policy: Any = load_policies(file)
        part = load(file, PolicyPart) if isinstance(policy, Ladder) else None
        found[str(policy.name)] = _Written(part, str(policy.revision))
    return found


def _others(old: tuple[str, _Written | None], new: tuple[str, _Written | None]) -> Iterator[Change]:
    """Yield what differs beside the rules; of another package's policy only that it does."""
    (was, one), (name, other) = old, new
    if one and other and was != name:
        yield Change("policy", "changed", was, name)
    if one and other and one.part and other.part:
        if one.part.appeal != other.part.appeal:
            yield Change("appeal", "changed", repr(one.part.appeal), repr(other.part.appeal))
    elif (one and not one.part) or (other and not other.part):
        revisions = [said.revision if said else "none" for said in (one, other)]
        if revisions[0] != revisions[1]:
            yield Change("plugin", "changed", f"revision {revisions[0]}", f"revision {revisions[1]}")


def _rules(name: str, old: PolicyPart | None, new: PolicyPart | None) -> Iterator[Rule]:
    before = {rung.rule: rung for rung in old.rungs} if old else {}
    after = {rung.rule: rung for rung in new.rungs} if new else {}
    for rule in dict.fromkeys((*before, *after)):
        one, other = before.get(rule), after.get(rule)
        if old and one and not other:
            yield Rule(name, rule, "removed", (), in_words(old, one))
        elif new and other and not one:
            yield Rule(name, rule, "added", (), in_words(new, other))
        elif old and new and one and other:
            changes = list(_changes(_effective(old, one), _effective(new, other)))
            yield Rule(name, rule, _whole(changes), changes, in_words(new, other))


def _whole(changes: Sequence[Change]) -> str:
    ways = {change.way for change in changes}
    return "same" if not ways else next(iter(ways)) if len(ways) == 1 else "changed"


def _effective(part: PolicyPart, rung: RungPart) -> dict[str, Any]:
    """Return all that a rung says by its key, what the file says for it included."""
    written = rung.model_dump(mode="json", by_alias=True)
    harvest = {f"harvest.{name}": floor for name, floor in written.pop("harvest").items()}
    given = {f"with.{name}": value for name, value in written.pop("with").items()}
    return (
        written | harvest | given | {"mode": mode_of(part, rung), "scopes": sorted(part.scopes_of(rung, rung.severity))}
    )


def mode_of(part: PolicyPart, rung: RungPart) -> str:
    """Return the mode that a rung has in its file."""
    return "off" if part.mode == "off" else rung.mode or part.mode


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    other_action = old["action"] != new["action"]
    for key in dict.fromkeys((*old, *new)):
        one, other = old.get(key), new.get(key)
        if one == other or (other_action and key.startswith("with.") and not (key in old and key in new)):
            continue  # another action has parameters of its own
        yield Change(key, _way(key, one, other), _said(key, one), _said(key, other))


def _way(key: str, old: Any, new: Any) -> Way:
    """Return what a change does, by the key that it is made at."""
    measure = _MEASURES.get(key) or _of_parameter(key)
    if measure is None or old is None or new is None:
        return "changed"
    one, other = measure(old), measure(new)
    if one == other:
        return "changed"
    if isinstance(one, frozenset):
        return "stricter" if one < other else "milder" if one > other else "changed"
    return "stricter" if one < other else "milder"


def _of_parameter(key: str) -> Callable[[Any], Any] | None:
    name = key.removeprefix("with.")
    if key.startswith("harvest."):
        return _less
    if name in _NO_LIMIT:
        return lambda value: -value if value else float("-inf")
    return bool if name in _TAKES else None


def _less(value: float) -> float:
    return -value


def seconds(written: str) -> float:
    """Return a duration as it is dumped, in seconds."""
    return float(written.removesuffix("s"))


def escalation(value: Mapping[str, Any]) -> str:
    """Return what a rung says on repetition, in words."""
    steps = (
        f"after {step['after']} {step['action'] or 'the same'}"
        + (f" for {span(seconds(step['for']))}" if step["for"] else "")
        for step in value["steps"]
    )
    return f"{'; '.join(steps)}, within {span(seconds(value['within']))}"


# How strict a value is, to be compared; what is not here is only told to have changed.
_MEASURES: Final[Mapping[str, Callable[[Any], Any]]] = {
    "one_in": _less,
    "families": _less,
    "single_family": bool,
    "sample": float,
    "for": seconds,
    "action": lambda value: plugin("action", value).severity,
    "mode": _MODES.index,
    "scopes": frozenset,
}


def _said(key: str, value: Any) -> str:
    if key == "one_in":
        return nats_of(value)
    if key == "for" and isinstance(value, str):
        return span(seconds(value))
    if key == "escalate" and value:
        return escalation(value)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value) or "none"
    if isinstance(value, str):
        return value or "none"
    if isinstance(value, float) and value.is_integer():
        return f"{value:,.0f}"
    return "none" if value in (None, {}, []) else json.dumps(value)


def span(seconds: float) -> str:
    """Return a duration as people write it.

    Examples:
        >>> span(86400.0), span(5400.0), span(0.5)
        ('1d', '90m', '0.5s')

    """
    for unit, length in (("d", 86400.0), ("h", 3600.0), ("m", 60.0)):
        if seconds >= length and seconds % length == 0:
            return f"{seconds / length:.0f}{unit}"
    return f"{seconds:g}s"


def in_words(part: PolicyPart, rung: RungPart) -> str:
    """Return a rule as a sentence: what it does, to whom, and what for."""
    floors = [f"{name} {floor:,.0f}" for name, floor in rung.harvest.model_dump().items() if floor]
    asks = [nats_of(rung.one_in), f"{rung.families} {'family' if rung.families == 1 else 'families'}", *floors]
    asks += [f"when {rung.when.strip()}"] if rung.when else []
    asks += [f"{rung.sample:.0%} of subjects"] if rung.sample < 1.0 else []
    whom = ", ".join(sorted(part.scopes_of(rung, rung.severity)))
    return f"{rung.action} for {span(rung.lasts)}, {mode_of(part, rung)}, on {whom}: from {', '.join(asks)}"
