"""The documents lag nowhere: every word that an operator may meet is in them, and what they name exists.

The words are read from the code. A word counts as documented when it stands in backticks, alone or at the head of a
longer phrase in code, on the page where an operator would look for it.
"""

import ast
import dataclasses
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import click
import pytest
from pydantic import BaseModel

from gateway import cli, metrics
from gateway.actions.base import STATUS
from gateway.config import Config
from gateway.installed import GROUPS
from gateway.logs import FIELDS
from gateway.plugins import Kind, installed, plugin
from gateway.policies.plugged import PluggedPart
from gateway.policies.written import PolicyPart

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.glob("*.md"))]
CODE = re.compile(r"`([^`\n]+)`|^```[a-z]*\n(.*?)^```|^ {4}(\S.*?)$", re.MULTILINE | re.DOTALL)
PATH = re.compile(r"(?<![\w/.:-])(?:\.ci|deploy|detectors|docs|gateway|tests)/[\w./-]*[\w/]")
AT_THE_TOP = re.compile(
    r"(?<![\w/.-])(?:Makefile|LICENSE|[A-Z]+\.md|pyproject\.toml|requirements[\w-]*\.lock)(?![\w/])"
)
TEST = re.compile(r"(?<![\w/])test_\w+(?![\w.])")
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#]+)[^)]*\)")
SHOWN_BY = re.compile(r"`((?:tests|gateway/contracts)/[\w/]+\.py)`: ((?:test_\w+(?:, )?)+)")
SERIES = re.compile(r"stillguard_[a-z_]*[a-z]")
CONTRACTS = sorted((ROOT / "gateway" / "contracts").glob("*.py"))  # tests too, which authors of plug-ins run
MEASURED = "docs/figures"  # written by the commands that measure: may not be there yet
DIALECTS = ("openai", "anthropic", "gemini", "opaque")


def spoken(text: str) -> set[str]:
    """Return what a page says in code: each phrase in backticks, and each line of a block (fenced or indented)."""
    found: set[str] = set()
    for match in CODE.finditer(text):
        found.update(line.strip() for line in (match[1] or match[2] or match[3]).splitlines())
    return found


def missing(words: Iterable[str], text: str) -> list[str]:
    """Return the words that a page does not say in code."""
    phrases = spoken(text)
    heads = {re.split(r"[\s=:,({]", phrase, maxsplit=1)[0] for phrase in phrases}
    return sorted(word for word in words if word not in phrases | heads)


def page(name: str) -> str:
    return (DOCS / name).read_text()


def keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Yield a file's keys as they are written, with the sections before them: ``listen.port``."""
    for name, field in model.model_fields.items():
        key = prefix + (field.alias or name)
        inner = [kind for kind in (field.annotation, *get_args(field.annotation)) if _is_section(kind)]
        if not inner:
            yield key
        for section in inner:
            yield from keys(section, f"{key}.")


def _is_section(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def commands(group: click.Group, before: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before} {name}")
        else:
            yield f"{before} {name}", command


def surfaces() -> set[str]:
    """Return the surface names that stand in the dialects' code."""
    named = re.compile(rf"(?:{'|'.join(DIALECTS)})(?:\.[a-z_]+)+")
    found = set()
    for file in (ROOT / "gateway" / "dialects").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and named.fullmatch(node.value):
                found.add(node.value)
    return found | {"opaque"}


def series() -> dict[str, list[str]]:
    """Return each series of ``gateway.metrics`` with its labels."""
    found = {}
    for node in ast.walk(ast.parse(Path(metrics.__file__).read_text())):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = node.args[0].value
            if isinstance(name, str) and name.startswith("stillguard_"):
                lists = [arg for arg in node.args if isinstance(arg, ast.List)]
                found[name] = [str(ast.literal_eval(one)) for labels in lists for one in labels.elts]
    return found


@pytest.mark.parametrize(("kind", "name"), [("detector", "detection.md"), ("action", "actions.md")])
def test_every_plug_in_and_its_parameters_are_documented(kind: Kind, name: str) -> None:
    parameters = {field.name for each in installed(kind) for field in dataclasses.fields(plugin(kind, each))}
    assert installed(kind)
    assert missing({*installed(kind), *parameters}, page(name)) == []


def test_every_command_and_option_is_documented() -> None:
    text = page("operating.md")
    found = dict(commands(cli.main, "stillguard"))
    assert found
    assert [name for name in found if not any(phrase.startswith(name) for phrase in spoken(text))] == []
    options = {opt for command in found.values() for param in command.params for opt in param.opts if opt[:2] == "--"}
    assert [option for option in options if option not in text] == []


def test_no_page_names_a_command_that_is_not_there() -> None:
    known = {name for name, _ in commands(cli.main, "stillguard")}
    groups = {name.rpartition(" ")[0] for name in known}
    said = {phrase for file in PAGES for phrase in spoken(file.read_text()) if phrase.startswith("stillguard ")}
    assert said
    assert [phrase for phrase in said if not phrase.startswith(tuple(known)) and phrase not in groups] == []


def test_every_configuration_key_is_documented_and_no_other() -> None:
    assert missing(keys(Config), page("operating.md")) == []
    sections = {key.partition(".")[0] for key in keys(Config) if "." in key}
    said = {phrase for phrase in spoken(page("operating.md")) if phrase.partition(".")[0] in sections}
    dotted = {phrase for phrase in said if re.fullmatch(r"[a-z_]+(\.[a-z_0-9]+)+", phrase)}
    assert dotted - set(keys(Config)) == set()


def test_every_key_of_a_policy_file_is_documented() -> None:
    assert missing((key.removeprefix("rungs.") for key in keys(PolicyPart)), page("policies.md")) == []


def test_every_kind_of_plug_in_its_group_and_the_keys_that_name_a_policy_are_documented() -> None:
    text = page("plugins.md")
    assert missing([*GROUPS.values(), *keys(PluggedPart)], text) == []
    assert [kind for kind in GROUPS if f"| {kind}" not in text] == []


def test_every_series_its_labels_and_error_types_are_documented() -> None:
    text = page("metrics.md")
    rows = {name: row for row in text.splitlines() for name in SERIES.findall(row) if row.startswith(f"| `{name}`")}
    assert sorted(series().keys() - rows.keys()) == []
    assert [
        (name, label) for name, labels in series().items() for label in labels if f"`{label}`" not in rows[name]
    ] == []
    assert missing(metrics.ERROR_TYPES, text) == []


def test_no_page_names_a_series_that_is_not_there() -> None:
    known = {name + end for name in series() for end in ("", "_bucket", "_sum", "_count")}
    assert {name for file in PAGES for name in SERIES.findall(file.read_text())} - known == set()


def test_every_surface_and_refusal_is_documented() -> None:
    text = page("surfaces.md")
    assert missing(surfaces(), text) == []
    assert missing(STATUS, text) == []
    assert {name for name in spoken(text) if name.startswith(tuple(f"{d}." for d in DIALECTS))} == surfaces() - {
        "opaque"
    }


def test_every_field_of_the_log_is_documented() -> None:
    assert missing(FIELDS, page("privacy.md")) == []


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_what_a_page_points_to_exists(file: Path) -> None:
    assert strangers(file.read_text(), file.parent) == []


def strangers(text: str, folder: Path) -> list[str]:
    """Return what a page names that is not there: files of the repository, links, and tests by name."""
    named = [name for name in PATH.findall(text) + AT_THE_TOP.findall(text) if not name.startswith(MEASURED)]
    linked = [link for link in LINK.findall(text) if MEASURED not in str((folder / link).resolve())]
    tests = {test for test in TEST.findall(text) if f"def {test}(" not in _every_test()}
    placed = [(file, test) for file, names in SHOWN_BY.findall(text) for test in names.split(", ")]
    misplaced = [f"{file}: {test}" for file, test in placed if f"def {test}(" not in _text(file)]
    return sorted(
        misplaced
        + [name for name in named if not (ROOT / name).exists()]
        + [link for link in linked if not (folder / link).exists()]
        + [test for test in tests if not list((ROOT / "tests").rglob(f"{test}.py"))]
    )


def _text(name: str) -> str:
    file = ROOT / name
    return file.read_text() if file.is_file() else ""


@cache
def _every_test() -> str:
    return "".join(file.read_text() for file in [*sorted((ROOT / "tests").rglob("test_*.py")), *CONTRACTS])


def test_what_is_planted_is_seen() -> None:
    text = "`real thing`, `noted=3`, unquoted, gateway/nowhere.py, tests/, NOTICE.md, [x](y.md), test_nothing_here"
    assert missing(["real", "noted", "unquoted"], text) == ["unquoted"]
    here = "`tests/test_vocabulary.py`: test_what_is_planted_is_seen, test_a_planted_import_breaks_the_contracts"
    assert strangers(here, DOCS) == ["tests/test_vocabulary.py: test_a_planted_import_breaks_the_contracts"]
    assert strangers(text, DOCS) == ["NOTICE.md", "gateway/nowhere.py", "test_nothing_here", "y.md"]
