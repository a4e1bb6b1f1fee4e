"""The schemas that editors use are committed, current, and say no more and no less than the models of plain shapes."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from gateway.cli import main
from gateway.places import read
from gateway.schema import MODELS, Kind, schema

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
HERE = ROOT / "tests" / "gateway" / "config"
KINDS = sorted(MODELS)


def validator(kind: Kind) -> Draft202012Validator:
    return Draft202012Validator(schema(kind))


def kind_of(file: Path) -> Kind:
    return "policy" if file.name.startswith("policy-") or file.parent.name == "policies" else "config"


def written(file: Path) -> object:
    """Return a file's values as an editor sees them: variables stand for themselves."""
    tree = read(file.read_text().replace("${", "$${"), {})
    assert not tree.slips
    return tree.value


@pytest.mark.parametrize("kind", KINDS)
def test_the_committed_schema_is_current(kind: Kind) -> None:
    printed = CliRunner().invoke(main, ["schema", kind])
    assert printed.exit_code == 0
    hint = f"stillguard schema {kind} > deploy/schema/{kind}.json"
    assert (DEPLOY / "schema" / f"{kind}.json").read_text() == printed.output, hint


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_one(kind: Kind) -> None:
    Draft202012Validator.check_schema(schema(kind))


SHIPPED = [file for file in DEPLOY.rglob("*.yaml") if "$schema=" in file.read_text()]
GOOD = sorted((HERE / "good").glob("*.yaml"))


@pytest.mark.parametrize("file", [*SHIPPED, *GOOD], ids=lambda file: file.stem)
def test_good_files_keep_to_it(file: Path) -> None:
    faults = [error.message for error in validator(kind_of(file)).iter_errors(written(file))]
    assert faults == []


@pytest.mark.parametrize(
    "name", ["policy-words", "policy-no-rungs", "policy-escalation", "gateway-no-routes", "gateway-many-at-once"]
)
def test_bad_shapes_are_told_by_an_editor_too(name: str) -> None:
    file = HERE / "bad" / f"{name}.yaml"
    assert list(validator(kind_of(file)).iter_errors(yaml.safe_load(file.read_text())))


def test_every_shipped_file_names_a_schema_that_is_there() -> None:
    files = [
        DEPLOY / "gateway.yaml",
        *(f for f in (DEPLOY / "policies").glob("*.yaml") if not f.stem.endswith("_test")),
    ]
    for file in files:
        first = file.read_text().splitlines()[0]
        assert first.startswith("# yaml-language-server: $schema=")
        assert (file.parent / first.partition("=")[2]).resolve() == DEPLOY / "schema" / f"{kind_of(file)}.json"


def test_keys_tell_what_they_mean() -> None:
    whole = schema("policy")
    for part in (whole, whole["$defs"]["RungPart"], whole["$defs"]["StepPart"]):
        assert all(said.get("description") for said in part["properties"].values())
    assert json.dumps(whole).count('"additionalProperties": false') == 5
