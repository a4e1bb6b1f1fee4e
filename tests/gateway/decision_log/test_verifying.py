import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.decision_log.forgetting import Request, forget
from gateway.decision_log.pages import pages_in
from gateway.decision_log.signing import signer
from gateway.decision_log.verifying import Head, Proof, verify
from gateway.decision_log.writer import HEAD, Limits
from gateway.decisions import Subject
from tests.gateway.decision_log import stranger
from tests.gateway.decision_log.nursery import begin, decision, decisions, key

Spoil = Callable[[list[bytes], random.Random], list[bytes]]


def prove(folder: Path, *kept: Head) -> Proof:
    return verify(folder / "log", key(folder).public, list(kept))


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of three files, closed, in which somebody was forgotten."""
    folder = tmp_path_factory.mktemp("original")
    log = begin(folder, Limits(rotate=3000))
    for number in range(16):
        log.append([decision(number, f"key:{number % 3}")])
    forget(log, Request(Subject("key", "1"), "dpo", "asked for"))
    log.append(decisions(3))
    log.close()
    assert len(pages_in(folder / "log")) >= 3
    assert prove(folder).flaws == []
    assert stranger.check(folder / "log", key(folder).public) == ""
    return folder


@pytest.fixture
def copy(original: Path, tmp_path: Path) -> Path:
    shutil.copytree(original, tmp_path / "copy")
    return tmp_path / "copy"


def with_lines(folder: Path, spoil: Callable[[list[bytes]], list[bytes]]) -> None:
    """Spoil a log: its lines as one list, put back into files of the old lengths (the last takes what is over)."""
    pages = pages_in(folder / "log")
    held = [page.read_bytes().splitlines(keepends=True) for page in pages]
    lines = spoil([line for page in held for line in page])
    for page, old in zip(pages, held, strict=True):
        taken = len(lines) if page == pages[-1] else len(old)
        page.write_bytes(b"".join(lines[:taken]))
        lines = lines[taken:]


def any_byte(lines: list[bytes], turn: random.Random) -> list[bytes]:
    row = turn.randrange(len(lines))
    spoilt = bytearray(lines[row])
    spoilt[turn.randrange(len(spoilt))] ^= turn.randrange(1, 256)
    return [*lines[:row], bytes(spoilt), *lines[row + 1 :]]


def one_gone(lines: list[bytes], turn: random.Random) -> list[bytes]:
    row = turn.randrange(len(lines))
    return lines[:row] + lines[row + 1 :]


def two_swapped(lines: list[bytes], turn: random.Random) -> list[bytes]:
    first, second = turn.sample(range(len(lines)), 2)
    lines[first], lines[second] = lines[second], lines[first]
    return lines


def one_twice(lines: list[bytes], turn: random.Random) -> list[bytes]:
    lines.insert(turn.randrange(len(lines) + 1), turn.choice(lines))
    return lines


def end_cut_off(lines: list[bytes], turn: random.Random) -> list[bytes]:
    return lines[: turn.randrange(len(lines))]


@pytest.mark.parametrize("spoil", [any_byte, one_gone, two_swapped, one_twice, end_cut_off], ids=lambda s: s.__name__)
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_whatever_is_done_to_records_is_found(
    original: Path, tmp_path_factory: pytest.TempPathFactory, spoil: Spoil, seed: int
) -> None:
    folder = tmp_path_factory.mktemp("spoilt") / "copy"
    shutil.copytree(original, folder)
    with_lines(folder, lambda lines: spoil(lines, random.Random(seed)))
    assert prove(folder).flaws
    shutil.rmtree(folder)


def test_the_place_of_a_changed_record_is_told(copy: Path) -> None:
    page = pages_in(copy / "log")[1]
    lines = page.read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace(b'"dec_', b'"dic_')
    page.write_bytes(b"".join(lines))
    [flaw] = prove(copy).flaws
    assert (flaw.file, flaw.line, flaw.seq) == (page.name, 2, int(page.stem) + 1)
    assert str(flaw) == f"{page.name}:2: record {flaw.seq}: changed: it is not what its hash says"


def test_missing_records_are_counted(copy: Path) -> None:
    with_lines(copy, lambda lines: lines[:2] + lines[4:])
    assert "2 records before it are missing, from 2" in {flaw.what for flaw in prove(copy).flaws}


def test_records_that_were_moved_are_told(copy: Path) -> None:
    with_lines(copy, lambda lines: [lines[0], lines[2], lines[1], *lines[3:]])
    assert any(flaw.what.startswith("out of order") for flaw in prove(copy).flaws)


@pytest.mark.parametrize("which", [0, 1, -1])
def test_a_missing_file_is_told(copy: Path, which: int) -> None:
    pages_in(copy / "log")[which].unlink()
    assert prove(copy).flaws


def test_a_file_by_another_name_is_told(copy: Path) -> None:
    page = pages_in(copy / "log")[-1]
    page.rename(page.with_name("9999999999999999.jsonl"))
    assert any("name" in flaw.what for flaw in prove(copy).flaws)


def test_an_empty_log_proves_nothing(tmp_path: Path) -> None:
    assert [flaw.what for flaw in verify(tmp_path, key(tmp_path).public, []).flaws] == [
        "missing: it says how far the log goes", "there is no record",
    ]  # fmt: skip


def test_personal_data_that_was_changed_or_taken_out_in_secret_is_told(copy: Path) -> None:
    with_lines(copy, lambda lines: [line.replace(b'"key:2"', b'"key:0"') for line in lines])
    assert {flaw.what for flaw in prove(copy).flaws} == {"personal data was changed"}


def test_personal_data_taken_out_without_a_word_is_told(copy: Path) -> None:
    with_lines(
        copy, lambda lines: [*lines[:1], lines[1].rpartition(b',"personal":')[0] + b',"personal":[null]}\n', *lines[2:]]
    )
    [flaw] = prove(copy).flaws
    assert "no record says that it was forgotten" in flaw.what
    assert flaw.seq == 1


def test_whoever_writes_all_anew_is_found_by_the_key(tmp_path: Path) -> None:
    log = begin(tmp_path)
    log.append(decisions(3))
    log.close()
    ours = key(tmp_path).public
    forged = tmp_path / "elsewhere"
    log = begin(forged)
    log.append(decisions(2))
    log.close()
    assert prove(forged).flaws == []
    flaws = verify(forged / "log", ours, []).flaws
    assert {flaw.what for flaw in flaws} == {"the checkpoint is not signed with this key"}


def test_an_end_that_was_cut_off_is_found_by_a_checkpoint_kept_elsewhere(tmp_path: Path) -> None:
    log = begin(tmp_path)
    log.append(decisions(3))
    log.close()
    early = (tmp_path / "log" / HEAD).read_bytes()
    log = begin(tmp_path)
    log.append([decision(4)])
    log.close()
    late = prove(tmp_path)
    with_lines(tmp_path, lambda lines: lines[:5])
    (tmp_path / "log" / HEAD).write_bytes(early)
    assert prove(tmp_path).flaws == []
    [flaw] = prove(tmp_path, Head(late.last, late.hash)).flaws
    assert "cut off" in flaw.what


@pytest.mark.parametrize("head", [None, b"", b"[]"])
def test_a_head_that_is_missing_or_unreadable_is_told(copy: Path, head: bytes | None) -> None:
    (copy / "log" / HEAD).unlink()
    if head is not None:
        (copy / "log" / HEAD).write_bytes(head)
    assert [flaw.file for flaw in prove(copy).flaws] == [HEAD]


def test_a_stranger_with_the_description_comes_to_the_same_end(copy: Path) -> None:
    public = key(copy).public
    done = subprocess.run(
        [sys.executable, stranger.__file__, copy / "log", public], capture_output=True, text=True, check=True
    )
    assert done.stdout == "good\n"
    assert stranger.check(copy / "log", signer(copy / "other.key").public).endswith("signature")
    with_lines(copy, lambda lines: [lines[0], lines[2], *lines[3:]])
    assert stranger.check(copy / "log", public).endswith("chain")


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("long")
    log = begin(folder, Limits(rotate=8 << 20))
    for _ in range(50):
        log.append(decisions(2000))
        log.tend()
    log.close()
    yield folder
    shutil.rmtree(folder)


def test_a_hundred_thousand_records_are_proven(long: Path) -> None:
    proof = prove(long)
    assert proof.flaws == []
    assert proof.records > 100_000
    assert proof.files > 3
    assert proof.signed == proof.last - 1
