import errno
import os
from pathlib import Path

import pytest

from gateway import metrics
from gateway.decision_log.pages import DiskPage, pages_in
from gateway.decision_log.reading import lines
from gateway.decision_log.record import Line, Record
from gateway.decision_log.verifying import verify
from gateway.decision_log.writer import HEAD, LOCK, Limits, LogError
from tests.gateway.decision_log.nursery import FullDisk, begin, decision, decisions, key

DAY = 86400.0


def kept(folder: Path) -> list[Line]:
    return list(lines(folder / "log"))


def kinds(folder: Path) -> list[str]:
    return [line.kind for line in kept(folder)]


def flaws(folder: Path) -> list[str]:
    return [str(flaw) for flaw in verify(folder / "log", key(folder).public, []).flaws]


def test_a_log_begins_and_ends_with_a_checkpoint(tmp_path: Path) -> None:
    log = begin(tmp_path)
    log.append(decisions(3))
    log.close()
    assert kinds(tmp_path) == ["checkpoint", "decision", "decision", "decision", "checkpoint"]
    assert [line.seq for line in kept(tmp_path)] == [0, 1, 2, 3, 4]
    assert flaws(tmp_path) == []


def test_another_process_goes_on_where_the_last_one_ended(tmp_path: Path) -> None:
    for number in range(3):
        log = begin(tmp_path)
        log.append([decision(number)])
        log.close()
    assert kinds(tmp_path) == ["checkpoint", *["decision", "checkpoint"] * 3]
    assert flaws(tmp_path) == []


def test_opening_and_closing_writes_nothing_more(tmp_path: Path) -> None:
    for _ in range(3):
        log = begin(tmp_path)
        assert log.open()
        log.close()
    assert kinds(tmp_path) == ["checkpoint"]


def test_only_one_writes_and_the_other_takes_over_with_what_waited(tmp_path: Path) -> None:
    first, second = begin(tmp_path), begin(tmp_path)
    first.append([decision(1)])
    second.append([decision(2)])
    assert not second.open()
    with pytest.raises(LogError, match="another process"):
        second.write([decision(3)])
    first.close()
    second.tend()
    second.close()
    assert [line.body["id"] for line in kept(tmp_path) if line.kind == "decision"] == ["dec_1", "dec_2"]
    assert flaws(tmp_path) == []


def test_records_are_signed_in_time_and_not_oftener(tmp_path: Path) -> None:
    log = begin(tmp_path, Limits(checkpoint=300.0))
    log.append([decision(1)])
    log.tend()
    assert kinds(tmp_path) == ["checkpoint", "decision"]
    log.tick(300)
    log.tend()
    log.tick(300)
    log.tend()
    assert kinds(tmp_path) == ["checkpoint", "decision", "checkpoint"]
    assert metrics.LOG_CHECKPOINT._value.get() == log.at - 300


def test_many_records_are_signed_at_once(tmp_path: Path) -> None:
    log = begin(tmp_path)
    log.append(decisions(1000))
    log.tend()
    assert kinds(tmp_path)[-1] == "checkpoint"


@pytest.mark.parametrize("step", [-7200.0, 7200.0])
def test_a_clock_that_is_set_keeps_the_log_from_nothing(tmp_path: Path, step: float) -> None:
    log = begin(tmp_path)
    log.append([decision(1)])
    log.tick(step)
    log.tend()
    assert kinds(tmp_path) == ["checkpoint", "decision", "checkpoint"]
    log.close()
    assert flaws(tmp_path) == []


def test_a_full_file_is_followed_by_another_in_one_chain(tmp_path: Path) -> None:
    log = begin(tmp_path, Limits(rotate=2000))
    for number in range(20):
        log.append([decision(number)])
    log.close()
    pages = pages_in(tmp_path / "log")
    assert len(pages) > 3
    assert all(page.stat().st_size < 3000 for page in pages)
    assert [line.body["id"] for line in kept(tmp_path) if line.kind == "decision"] == [f"dec_{n}" for n in range(20)]
    assert flaws(tmp_path) == []


def test_an_old_file_is_followed_by_another(tmp_path: Path) -> None:
    log = begin(tmp_path, Limits(rotate_after=DAY))
    for _ in range(3):
        log.append([decision(1)])
        log.tick(DAY)
    log.close()
    assert len(pages_in(tmp_path / "log")) == 3


def test_old_files_go_and_what_stays_still_proves_itself(tmp_path: Path) -> None:
    log = begin(tmp_path, Limits(rotate_after=DAY, keep=10 * DAY))
    for number in range(30):
        log.append([decision(number)])
        log.tend()
        log.tick(DAY)
    log.close()
    assert 10 <= len(pages_in(tmp_path / "log")) <= 12
    assert kinds(tmp_path).count("dropped") >= 10
    assert kept(tmp_path)[0].seq > 0
    assert flaws(tmp_path) == []


def test_what_a_dead_writer_left_half_written_is_cut_off_and_told(tmp_path: Path) -> None:
    log = begin(tmp_path)
    log.append(decisions(2))
    log.close()
    [page] = pages_in(tmp_path / "log")
    page.write_bytes(page.read_bytes() + b'{"hash":"00')
    (tmp_path / "log" / "0000000000000009.jsonl.aside").write_bytes(b"half")
    log = begin(tmp_path)
    log.append([decision(9)])
    log.close()
    told = next(line for line in kept(tmp_path) if line.kind == "recovered")
    assert told.body["bytes"] == 11
    assert flaws(tmp_path) == []
    assert not list((tmp_path / "log").glob("*.aside"))


def test_a_last_file_without_any_record_is_left_for_people_to_look_at(tmp_path: Path) -> None:
    log = begin(tmp_path)
    log.open()
    log.close()
    [page] = pages_in(tmp_path / "log")
    page.write_bytes(b"what is this\n")
    log = begin(tmp_path)
    log.append([decision(1)])
    assert not log.flush()
    assert page.read_bytes() == b"what is this\n"
    log.close()


# a disk that is full


def test_a_full_disk_stops_nothing_and_breaks_no_chain(tmp_path: Path) -> None:
    before = metrics.LOG_ERRORS._value.get()
    log = begin(tmp_path, page=FullDisk)
    FullDisk.left = 1000
    for number in range(20):
        log.append([decision(number)])
        log.tend()
    assert metrics.LOG_ERRORS._value.get() > before
    assert metrics.LOG_WAITING._value.get() > 10
    assert ["half written" in flaw for flaw in flaws(tmp_path)] == [True]
    FullDisk.left = 1 << 20
    log.tend()
    log.close()
    assert metrics.LOG_WAITING._value.get() == 0
    assert [line.body["id"] for line in kept(tmp_path) if line.kind == "decision"] == [f"dec_{n}" for n in range(20)]
    assert flaws(tmp_path) == []


def test_what_did_not_fit_into_memory_is_told_as_a_gap(tmp_path: Path) -> None:
    log = begin(tmp_path, page=FullDisk)
    FullDisk.left = 0
    log.append(decisions(10_005))
    FullDisk.left = 1 << 24
    log.close()
    gap = next(line for line in kept(tmp_path) if line.kind == "gap")
    assert gap.body == {"lost": 5, "first_at": decision(10_000).at, "last_at": decision(10_004).at}
    assert flaws(tmp_path) == []


def test_a_record_is_written_wholly_or_not_at_all(tmp_path: Path) -> None:
    log = begin(tmp_path, page=FullDisk)
    FullDisk.left = 700
    with pytest.raises(LogError, match="No space"):
        log.write(decisions(10))
    FullDisk.left = 1 << 20
    log.write([decision(10)])
    log.close()
    assert [line.body["id"] for line in kept(tmp_path) if line.kind == "decision"] == ["dec_10"]
    assert flaws(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_told_and_not_raised_to_the_guard(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a file")
    log = begin(tmp_path)
    log.append([decision(1)])
    log.tend()
    with pytest.raises(LogError, match="log"):
        log.open()
    log.close()


def test_a_write_that_fails_is_cut_off_at_once_and_the_file_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []

    def opening(path: Path) -> DiskPage:
        opened.append(path)
        return DiskPage(path)

    log = begin(tmp_path, page=opening)
    log.append([decision(1)])
    size = pages_in(tmp_path / "log")[0].stat().st_size
    with monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", refused)
        log.append([decision(2)])
        assert pages_in(tmp_path / "log")[0].stat().st_size == size
        patched.setattr(os, "ftruncate", refused)
        log.append([decision(3)])
    log.tend()
    log.close()
    assert len(opened) == 2, "once at first, and once when it could not be cut off"
    assert [line.body["id"] for line in kept(tmp_path) if line.kind == "decision"] == ["dec_1", "dec_2", "dec_3"]
    assert flaws(tmp_path) == []


def refused(*_: object) -> None:
    raise OSError(errno.EIO, "Input/output error")


def test_where_nothing_happens_old_files_go_all_the_same(tmp_path: Path) -> None:
    log = begin(tmp_path, Limits(rotate_after=DAY, keep=3 * DAY))
    log.append([decision(1)])
    for _ in range(6):
        log.tick(DAY)
        log.tend()
    assert "decision" not in kinds(tmp_path)
    log.close()
    assert flaws(tmp_path) == []


def test_a_head_that_is_missing_is_written_again(tmp_path: Path) -> None:
    log = begin(tmp_path)
    log.append([decision(1)])
    log.close()
    (tmp_path / "log" / HEAD).unlink()
    log = begin(tmp_path)
    log.open()
    log.close()
    assert flaws(tmp_path) == []


@pytest.mark.parametrize("store", [None, "x", {"decisions": "x"}, {"other": 1}, {"decisions": None}])
def test_a_position_that_is_none_is_passed_over(tmp_path: Path, store: object) -> None:
    log = begin(tmp_path)
    log.append([Record("label", log.at, {"store": {"decisions": 3}}), Record("label", log.at, {"store": store})])
    assert log.cursor.decisions == 3
    log.close()


def test_only_the_owner_may_read_the_files(tmp_path: Path) -> None:
    log = begin(tmp_path)
    log.append([Record("note", log.at, {})])
    log.close()
    files = {file.name: file.stat().st_mode & 0o077 for file in (tmp_path / "log").iterdir()}
    assert {HEAD, LOCK} < files.keys()
    assert set(files.values()) == {0}
