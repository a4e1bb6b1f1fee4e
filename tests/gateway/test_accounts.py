from pathlib import Path

import pytest

from detectors.linkage.base import Facts
from gateway.accounts import load_accounts, load_facts
from gateway.faults import Faults
from gateway.identity import key_hash

A, B = key_hash(b"secret", "sk-a"), key_hash(b"secret", "sk-b")


def test_keys_lead_to_their_account(tmp_path: Path) -> None:
    file = tmp_path / "accounts.yaml"
    file.write_text(f"accounts:\n  acme: {{keys: ['{A}', '{B}']}}\n  idle: {{keys: []}}\n")
    assert load_accounts(file) == {A: "acme", B: "acme"}


def test_faults_are_placed_and_a_key_pasted_in_clear_is_not_repeated(tmp_path: Path) -> None:
    file = tmp_path / "accounts.yaml"
    file.write_text(f"accounts:\n  acme: {{keys: ['{A}']}}\n  other:\n    keys:\n    - sk-in-clear\n    - '{A}'\n")
    with pytest.raises(Faults) as caught:
        load_accounts(file)
    (fault,) = caught.value.faults
    assert (fault.line, fault.column, fault.key) == (5, 7, "accounts.other.keys[0]")
    assert "sk-in-clear" not in str(caught.value)


def test_a_key_has_one_account(tmp_path: Path) -> None:
    file = tmp_path / "accounts.yaml"
    file.write_text(f"accounts:\n  acme: {{keys: ['{A}']}}\n  other: {{keys: ['{A}']}}\n")
    with pytest.raises(Faults, match=r"accounts\.other\.keys\[0\]: this key is in acme already"):
        load_accounts(file)


def test_facts_are_known_of_accounts_and_of_keys_without_one(tmp_path: Path) -> None:
    file = tmp_path / "accounts.yaml"
    file.write_text(
        f"accounts:\n  acme: {{keys: ['{A}'], joined: 2026-03-01, payment: '{'0' * 15}7{'f' * 16}', kin: nord}}\n"
        f"  early: {{joined: 2026-03-01T01:00:00+01:00}}\n  plain: {{}}\nkeys:\n  '{B}': {{kin: nord}}\n"
    )
    assert load_facts(file) == {
        "account:acme": Facts(1_772_323_200.0, 7, "nord"),
        "account:early": Facts(1_772_323_200.0),
        f"key:{B}": Facts(kin="nord"),
    }


@pytest.mark.parametrize("known", ["joined: yesterday", "payment: 4111111111111111", "kin: ''", "country: FR"])
def test_facts_that_cannot_be_are_faults(tmp_path: Path, known: str) -> None:
    file = tmp_path / "accounts.yaml"
    file.write_text(f"accounts:\n  acme: {{{known}}}\n")
    with pytest.raises(Faults, match=rf"accounts\.acme\.{known.partition(':')[0]}"):
        load_facts(file)


def test_facts_of_a_key_stand_with_its_account(tmp_path: Path) -> None:
    file = tmp_path / "accounts.yaml"
    file.write_text(f"accounts:\n  acme: {{keys: ['{A}']}}\nkeys:\n  '{A}': {{kin: nord}}\n")
    with pytest.raises(Faults, match="this key is in acme: say there"):
        load_facts(file)
