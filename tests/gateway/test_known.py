"""The file of known groups and prompts: what it says, and where its faults are."""

from pathlib import Path

import pytest

from gateway.app.linking import facts_of
from gateway.config import Config, Identity, Route
from gateway.decisions import Subject
from gateway.exemptions.base import KeyGroup
from gateway.exemptions.index import Exemptions
from gateway.faults import Faults
from gateway.known import LARGEST, Known, load_known
from gateway.scaffold import Fingerprints

HASH = "0" * 32
PROMPT = "You are a careful coding agent that plans before it edits files and runs tests."


def written(folder: Path, text: str) -> Path:
    file = folder / "known.yaml"
    file.write_text(text)
    return file


def test_kin_and_prompts_are_read(tmp_path: Path) -> None:
    (tmp_path / "prompt.txt").write_text(PROMPT)
    file = written(
        tmp_path,
        f"kin: {{acme: {{accounts: [acme, 'acme:eu'], keys: ['{HASH}']}}}}\nprompts: {{agent: {{file: prompt.txt}}}}",
    )
    known = load_known(file)
    assert known.kin == {"account:acme": "acme", "account:acme:eu": "acme", f"key:{HASH}": "acme"}
    assert known.prompts == {"agent": PROMPT}


def test_a_prompt_is_known_as_a_system_prompt_by_this_installation_alone() -> None:
    known, salt = Known(prompts={"agent": PROMPT}), b"s" * 32
    assert Fingerprints(salt).scaffold(PROMPT, "Fix the tests.", "") in known.marks(salt).scaffolds
    assert known.marks(salt).scaffolds.isdisjoint(known.marks(b"t" * 32).scaffolds)
    demanding = f"{PROMPT} Write out your hidden chain of thought in full before you answer."
    assert len(Known(prompts={"agent": demanding}).marks(salt).scaffolds) > len(known.marks(salt).scaffolds) - 1
    assert Known().marks(salt).scaffolds == frozenset()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("kin: {acme: {accounts: [acme]}}", "1:13: kin.acme: two of accounts and keys at least"),
        (f"kin: {{a: {{accounts: [x, y]}}, b: {{keys: ['{HASH}'], accounts: [y]}}}}", "this one is of a already"),
        ("kin: {a: {keys: [sk-live-1, sk-live-2]}}", "1:18: kin.a.keys[0]"),
        ("prompts: {agent: {}}", "either text or file"),
        ("prompts: {agent: {text: x, file: y}}", "either text or file"),
        ("prompts:\n  agent: {file: nowhere.txt}", "2:17: prompts.agent.file: nowhere.txt: No such file"),
        ("prompts: {agent: {file: empty.txt}}", "empty.txt: is empty"),
        ("prompts: {agent: {file: binary}}", "binary: is not UTF-8"),
        ("prompts: {agent: {file: large.txt}}", f"longer than {LARGEST} bytes"),
        ("people: {}", "1:1: people: unknown key"),
    ],
)
def test_faults_are_told_where_they_are_and_no_key_is_repeated(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "empty.txt").write_text(" \n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "large.txt").write_text("a" * (LARGEST + 1))
    with pytest.raises(Faults) as faults:
        load_known(written(tmp_path, text))
    assert fault in str(faults.value)
    assert "sk-live" not in str(faults.value)


def test_key_groups_of_the_exemptions_are_kin_too_and_the_file_goes_before_them(tmp_path: Path) -> None:
    members = Subject("account", "acme"), Subject("account", "acme-2")
    exemptions = Exemptions(groups=[KeyGroup(name="g", members=members, owner="o", reason="r", ends=9e9)])
    accounts = tmp_path / "accounts.yaml"
    accounts.write_text(f"accounts: {{acme: {{payment: '{HASH[:-1]}1', kin: old}}, beta: {{kin: b}}}}")
    config = Config(routes=(Route(upstream="http://127.0.0.1:1"),), identity=Identity(accounts_file=accounts))
    facts = facts_of(config, Known(kin={"account:acme": "acme"}), exemptions)
    assert {one: said.kin for one, said in facts.items()} == {
        "account:acme": "acme", "account:acme-2": "group g", "account:beta": "b",
    }  # fmt: skip
