import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.decision_log.signing import KeyFileError, is_signed, signer


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "data" / "log.key"
    first = signer(path)
    assert signer(path).public == first.public
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["log.key"]


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: signer(tmp_path / "log.key").public, range(16)))) == 1


def test_a_checkpoint_is_known_by_its_key_and_by_no_other(tmp_path: Path) -> None:
    ours, other = signer(tmp_path / "a.key"), signer(tmp_path / "b.key")
    body = ours.checkpoint(7, "ab" * 32, "")
    assert is_signed(body, ours.public)
    assert not is_signed(body, other.public)
    assert not is_signed(body | {"key": other.public}, ours.public)


@pytest.mark.parametrize(
    "change",
    [{"seq": 8}, {"hash": "cd" * 32}, {"previous": "ab"}, {"signature": "AAAA"}, {"seq": None}, {"signature": 3}],
)
def test_a_checkpoint_that_was_changed_is_not_signed(tmp_path: Path, change: dict[str, object]) -> None:
    ours = signer(tmp_path / "a.key")
    assert not is_signed(ours.checkpoint(7, "ab" * 32, "") | change, ours.public)


@pytest.mark.parametrize("public", ["", "not base64!", "AAAA"])
def test_what_is_no_key_proves_nothing(tmp_path: Path, public: str) -> None:
    assert not is_signed(signer(tmp_path / "a.key").checkpoint(0, "", ""), public)


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.key"
    signer(path)
    path.chmod(0o640)
    with pytest.raises(KeyFileError, match="chmod 600"):
        signer(path)


def test_files_that_hold_no_such_key_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.key"
    path.write_text("nothing")
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match="PEM"):
        signer(path)
    path.write_bytes(generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(KeyFileError, match="Ed25519"):
        signer(path)
    with pytest.raises(KeyFileError, match=r"log\.key"):
        signer(path / "below")
