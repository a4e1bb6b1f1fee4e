"""The text of a rule as its owner wrote it, with the file and line where it stands."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from gateway.decisions import Policy
from gateway.faults import Faults
from gateway.places import Place, Slip, decode, read
from gateway.policies.file import load_policy, policy_files
from gateway.policies.ladder import Ladder
from gateway.workbench.conditions import Rule, rules_of


class Written(NamedTuple):
    """A policy on disk that a decision may have been taken by.

    Attributes:
        file: where it stands.
        policy: what it says.
        same: whether it says what it said when the decision was taken.
    """

    file: Path
    policy: Ladder
    same: bool

    def rule(self, name: str) -> Rule | None:
        """Return one rule; None if the policy has none of this name, or it is off."""
        return next((rule for rule in rules_of(self.policy) if rule.verdict.rule == name), None)


class Text(NamedTuple):
    """Lines of a file, from a line that counts from 1."""

    line: int
    lines: Sequence[str]


def policy_of(places: Sequence[Path], name: str, revision: str) -> Written | None:
    """Return the policy of this name: that of the same revision where there is one, else the first.

    Args:
        places: files and folders to look in, the likeliest first; those that are not there or at fault are passed over.
        name: of the policy that decided.
        revision: of its file then.
    """
    found = [Written(file, policy, policy.revision == revision) for file, policy in _policies(places, name)]
    return max(found, key=lambda one: one.same, default=None)


def _policies(places: Sequence[Path], name: str) -> list[tuple[Path, Ladder]]:
    found = []
    for place in places:
        with suppress(Faults, OSError):
            for file in policy_files(place) if place.is_dir() else [place]:
                with suppress(Faults):
                    found.append((file, load_policy(file)))
    return [(file, policy) for file, policy in found if policy.name == name]


def judging(written: Written, live: Policy | None) -> Policy:
    """Return what judges again: all live policies if the one that decided is among them as it was, else it alone."""
    revisions = {rule.verdict.revision for rule in rules_of(live)} if live is not None else set()
    return live if live is not None and written.policy.revision in revisions else written.policy


def text_of(file: Path, rule: str) -> Text | None:
    """Return the lines of one rule; None if the file cannot be read or holds no such rule."""
    try:
        text = decode(file.read_bytes())
    except OSError:
        return None
    if isinstance(text, Slip):
        return None
    tree = read(text, os.environ)
    rungs = tree.value.get("rungs") if isinstance(tree.value, dict) else None
    for number, rung in enumerate(rungs if isinstance(rungs, list) else ()):
        if isinstance(rung, dict) and rung.get("rule") == rule:
            return _lines(text.splitlines(), tree.places["rungs", number])
    return None


def _lines(lines: Sequence[str], place: Place) -> Text:
    """Return the lines from a rung's first to the last that is indented as deep as its keys, or is blank between."""
    first = place.line - 1
    end = first + 1
    while end < len(lines) and (not lines[end].strip() or _indent(lines[end]) >= place.column - 1):
        end += 1
    while not lines[end - 1].strip() or (end - 1 > first and lines[end - 1].lstrip().startswith("#")):
        end -= 1
    margin = _indent(lines[first])
    return Text(place.line, [line[margin:] if not line[:margin].strip() else line for line in lines[first:end]])


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
