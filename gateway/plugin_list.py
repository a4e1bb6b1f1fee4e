"""``stillguard plugins list``: what is installed, by whom, and whether it loads."""

import dataclasses
import json
from collections.abc import Iterator
from typing import NamedTuple

import click

from gateway.installed import GROUPS, Claim, Kind, claims, owner
from gateway.plugins import PluginError, build, plugin
from gateway.slips import MisplacedError


class Row(NamedTuple):
    """One plug-in.

    Attributes:
        kind, name: what it is, and what a file calls it.
        distribution, version: the package that brings it.
        code: module and class.
        fields: its parameters.
        fault: why it cannot be used; empty if it can.
    """

    kind: Kind
    name: str
    distribution: str
    version: str
    code: str
    fields: tuple[str, ...]
    fault: str


def rows() -> Iterator[Row]:
    """Yield every claim to a name: each is imported, and made if it needs no parameters."""
    for kind in GROUPS:
        for name, of in claims(kind).items():
            holder = owner(of)
            for claim in of:
                yield _row(kind, name, claim, holder)


def _row(kind: Kind, name: str, claim: Claim, holder: Claim | None) -> Row:
    fields: tuple[str, ...] = ()
    if holder is None:
        fault = "the name is in dispute: " + " and ".join(map(str, claims(kind)[name]))
    elif claim is not holder:
        fault = f"the name is {holder}'s"
    else:
        fields, fault = _tried(kind, name)
    return Row(kind, name, claim.distribution, claim.version, claim.entry.value, fields, fault)


def _tried(kind: Kind, name: str) -> tuple[tuple[str, ...], str]:
    try:
        found = [field for field in dataclasses.fields(plugin(kind, name)) if field.init]
        named = tuple(field.name for field in found)
        if not any(field.default is field.default_factory for field in found):  # both missing: it is required
            build(kind, name, {})
    except PluginError as error:
        return (), str(error)
    except MisplacedError:
        return named, ""  # it needs parameters that go together
    return named, ""


@click.group()
def plugins() -> None:
    """Look at detectors, policies, actions, dialects, embedders and stores of this and of other packages."""


@plugins.command("list")
@click.option("-o", "output", type=click.Choice(["human", "json"]), default="human", help="How to print.")
def list_plugins(output: str) -> None:
    """List the installed plug-ins; exit 1 if one cannot be used."""
    found = list(rows())
    if output == "json":
        click.echo(json.dumps([row._asdict() for row in found]))
    else:
        for row in found:
            package = f"{row.distribution} {row.version}".strip()
            click.echo(f"{row.kind:9} {row.name:16} {package:28} {row.fault or 'loads'}")
    if any(row.fault for row in found):
        raise SystemExit(1)
