import errno
import os
import stat
from pathlib import Path

import pytest

from detectors.linkage.ledger import SLOT, WAYS
from gateway.ledger_file import mapped, slots_in

SLOTS = WAYS * 64


def test_what_was_written_is_there_when_the_file_is_opened_again(tmp_path: Path) -> None:
    file = tmp_path / "ledger"
    mapped(file, SLOTS)[3] = (7, 8)
    assert mapped(file, SLOTS)[3].tolist() == [7, 8]
    assert not list(tmp_path.glob(".*"))


def test_its_blocks_are_taken_at_once_and_others_may_not_read_it(tmp_path: Path) -> None:
    file = tmp_path / "ledger"
    mapped(file, SLOTS)
    assert file.stat().st_blocks * 512 >= SLOTS * SLOT
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"stillguard ledger 1\n", b"something else" * 1000])
def test_what_is_no_ledger_of_that_size_begins_anew(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "ledger"
    file.write_bytes(content)
    assert not mapped(file, SLOTS).any()


def test_another_size_begins_anew(tmp_path: Path) -> None:
    file = tmp_path / "ledger"
    mapped(file, SLOTS)[3] = (7, 8)
    assert not mapped(file, 2 * SLOTS).any()


def test_a_full_disk_is_told_and_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(OSError, match="No space"):
        mapped(tmp_path / "ledger", SLOTS)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("size", "slots"), [(0, 0), (127, 0), (128, 8), (300, 16), (32 << 20, 2 << 20)])
def test_slots_are_whole_buckets(size: int, slots: int) -> None:
    assert slots_in(size) == slots
