from pathlib import Path

import pytest

from gateway.accounts import load_accounts
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
