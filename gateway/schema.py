"""JSON Schemas of our files, for editors: made from the models that read them, so they cannot say anything else.

An editor that speaks YAML's language server completes and checks a file that names its schema in a comment:
``# yaml-language-server: $schema=…``. What only a whole file shows (conditions, parameters of actions, rungs that fall)
is for ``stillguard check``.
"""

import json
from typing import Any, Final, Literal, TypeAlias

import click
from pydantic import BaseModel

from gateway.accounts import Accounts
from gateway.config import Config
from gateway.known import KnownPart
from gateway.policies.written import PolicyPart
from gateway.workbench.cases import CasesPart

Kind: TypeAlias = Literal["policy", "config", "accounts", "cases", "known"]
MODELS: Final[dict[Kind, type[BaseModel]]] = {
    "policy": PolicyPart,
    "config": Config,
    "accounts": Accounts,
    "cases": CasesPart,
    "known": KnownPart,
}
_TITLES: Final[dict[Kind, str]] = {
    "policy": "Stillguard policy",
    "config": "Stillguard configuration",
    "accounts": "Stillguard accounts",
    "cases": "Stillguard policy tests",
    "known": "Stillguard known groups and prompts",
}
_VARIABLE: Final = {"type": "string", "pattern": r"\$\{"}  # ${NAME} stands for an environment variable
_PLAIN: Final = ("integer", "number", "boolean")
_OUTSIDE: Final = ("title", "description", "default")


def schema(kind: Kind) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a kind of file."""
    said: dict[str, Any] = _written(MODELS[kind].model_json_schema())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **said, "title": _TITLES[kind]}


def _written(node: Any) -> Any:
    """Return a schema of what people write, instead of what is made of it.

    An environment variable may stand wherever a number, a truth value, a duration or a size does; defaults are left
    out that are not written so; and titles, which only repeat the keys.
    """
    if isinstance(node, list):
        return [_written(one) for one in node]
    if not isinstance(node, dict):
        return node
    found = {name: _written(one) for name, one in node.items()}
    for part in found.get("properties", {}).values():
        part.pop("title", None)
    kind, default = found.get("type"), found.get("default")
    if isinstance(default, dict) or (kind == "string" and not isinstance(default, str)):
        found.pop("default", None)
    if kind in _PLAIN or (kind == "string" and "pattern" in found):
        outside = {name: found.pop(name) for name in _OUTSIDE if name in found}
        return {**outside, "anyOf": [found, _VARIABLE]}
    return found


@click.command("schema")
@click.argument("kind", type=click.Choice(list(MODELS)))
def command(kind: Kind) -> None:
    """Print the JSON Schema of a kind of file, for editors; deploy/schema holds them."""
    click.echo(json.dumps(schema(kind), indent=2, ensure_ascii=False))
