"""Policy files: YAML to a ladder, or every fault with its line and column.

The parameters under ``with`` are those of the action's class, and are checked against it. The revision is a
digest of what the file says, not of how: comments, order of keys and line ends do not change it.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from detectors.base import Harvest
from gateway.decisions import Policy, Verdict
from gateway.faults import Fault, Faults, load
from gateway.policies.condition import Condition
from gateway.policies.expression import reads
from gateway.policies.ladder import Ladder, Rung, Step, ladder
from gateway.policies.plugged import Plugged, load_plugged
from gateway.policies.several import Several
from gateway.policies.written import PolicyPart, RungPart, severity


def load_policy(path: Path) -> Ladder:
    """Return the ladder of a file that is written as one.

    Raises:
        Faults: all that is wrong with it.
    """
    part = load(path, PolicyPart)
    revision = hashlib.sha256(_said(part).encode()).hexdigest()[:12]
    return ladder(part.policy, revision, (_rung(part, rung, revision) for rung in part.rungs), _silent(part))


def load_policies(path: Path, *, sure: bool = False) -> Policy:
    """Return the policy of a file, or of all files of a folder (``*.yaml``, ``*.yml``, without ``*_test.yaml``).

    Args:
        path: the file or folder.
        sure: a plug-in that has broken since these files were taken is no fault: its policy is mute.

    Raises:
        Faults: all that is wrong, in all files; also if the folder holds no policy, or two of one name.
    """
    if not path.is_dir():
        return _policy(path, sure=sure)
    faults: list[Fault] = []
    found: dict[str, Ladder | Plugged] = {}
    for file in policy_files(path):
        try:
            policy = _policy(file, sure=sure)
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


def _policy(path: Path, *, sure: bool) -> Ladder | Plugged:
    return load_plugged(path, sure=sure) or load_policy(path)


def policy_files(folder: Path) -> list[Path]:
    """Return the policy files of a folder, in order of name; hidden files and policy tests are none."""
    files = (file for file in folder.iterdir() if file.suffix in {".yaml", ".yml"} and file.is_file())
    return sorted(file for file in files if not (file.stem.endswith(("_test", ".test")) or file.name[0] == "."))


def _said(part: PolicyPart) -> str:
    """Return what a file says, in one form; what it leaves out to defaults of actions is spelt out."""
    whole = part.model_dump(mode="json", by_alias=True)
    steps = [[rung.parameters_of(step) for *_, step in rung.steps()] for rung in part.rungs]
    return json.dumps([whole, steps], sort_keys=True)


def _silent(part: PolicyPart) -> Mapping[str, tuple[str, ...]]:
    """Return the keys that conditions name and a standing may lack."""
    maps = {"evidence": (), "strikes": ()}
    found = [read for rung in part.rungs if rung.when for read in reads(rung.when, maps)]
    return {name: tuple(sorted({read.key for read in found if read.name == name})) for name in maps}


def _rung(part: PolicyPart, rung: RungPart, revision: str) -> Rung:
    said = partial(_verdict, part, rung, revision)
    steps = [
        Step(step.after, part.scopes_of(rung, severity(action)), said(action, lasts, rung.parameters_of(step)))
        for action, lasts, step in rung.steps()
    ]
    return Rung(
        weight=math.log(rung.one_in),
        families=rung.families,
        floor=Harvest(**rung.harvest.model_dump()),
        scopes=part.scopes_of(rung, rung.severity),
        verdict=said(rung.action, rung.lasts, rung.parameters),
        condition=Condition(rung.when) if rung.when else None,
        sample=rung.sample,
        steps=tuple(steps),
        within=rung.escalate.within if rung.escalate else 0.0,
    )


def _verdict(
    part: PolicyPart, rung: RungPart, revision: str, action: str, lasts: float, parameters: Mapping[str, Any]
) -> Verdict:
    return Verdict(
        action=action,
        severity=severity(action),
        lasts=lasts,
        parameters={**parameters, "appeal": part.appeal} if parameters.get("appeal") == "" else dict(parameters),
        policy=part.policy,
        rule=rung.rule,
        revision=revision,
        mode="off" if part.mode == "off" else rung.mode or part.mode,  # off for the file is off for all of it
    )
