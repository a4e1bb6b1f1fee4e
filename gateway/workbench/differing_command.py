"""``stillguard diff``: what changed between two policies, in words."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from gateway.faults import Faults
from gateway.workbench.differing import Differing, differing

_PLACE = click.Path(exists=True, path_type=Path)


@click.command("diff")
@click.argument("old", type=_PLACE)
@click.argument("new", type=_PLACE)
@click.option("-o", "output", type=click.Choice(["human", "json"]), default="human", help="How to print.")
def command(old: Path, new: Path, output: str) -> None:
    """Tell rule by rule what differs between two policy files or folders, OLD and NEW.

    Exit codes: 0 they were compared; 1 a file is at fault; 2 the command line is wrong or a file is not there.
    """
    try:
        found = differing(old, new)
    except Faults as faults:
        click.echo(str(faults), err=True)
        sys.exit(1)
    click.echo("\n".join(_lines(found)) if output == "human" else _json(found))


def _lines(found: Differing) -> Iterator[str]:
    for rule in found.rules:
        yield f"{rule.way:9} {rule.policy}/{rule.rule}: {rule.words}"
        yield from (f"          {change}" for change in rule.changes)
    yield from (f"changed   {policy}: {change}" for policy, change in found.others)
    same = f"{found.same} rule{'' if found.same == 1 else 's'} the same"
    yield same if found.rules or found.others else f"no difference: {same}"


def _json(found: Differing) -> str:
    rows = [rule._asdict() | {"changes": [change._asdict() for change in rule.changes]} for rule in found.rules]
    others = [{"policy": policy} | change._asdict() for policy, change in found.others]
    revisions = {name: {"old": old, "new": new} for name, (old, new) in found.revisions.items()}
    whole = {"rules": rows, "others": others, "same": found.same, "revisions": revisions}
    return msgspec.json.encode(whole).decode()
