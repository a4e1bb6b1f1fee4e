from pathlib import Path

import pytest

from gateway.decision_log.pages import pages_in
from gateway.decision_log.reading import decision_of, lines, named, shown
from gateway.decision_log.record import Record
from tests.gateway.decision_log.nursery import START, begin, decision


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    log = begin(tmp_path)
    log.append([decision(1), decision(2), Record("label", START + 3, {"decision": "dec_1", "label": "confirmed"})])
    log.close()
    return tmp_path / "log"


def test_records_are_found_by_time_and_kind(folder: Path) -> None:
    assert [line.seq for line in lines(folder)] == [0, 1, 2, 3, 4]
    assert [line.seq for line in lines(folder, since=START + 2)] == [2, 3]
    assert [line.seq for line in lines(folder, until=START + 2, kinds={"decision"})] == [1]


def test_all_that_speaks_of_a_decision_is_found_by_its_id_and_a_record_by_its_number(folder: Path) -> None:
    assert [line.seq for line in named(folder, "dec_1")] == [1, 3]
    assert [line.seq for line in named(folder, "2")] == [2]
    assert list(named(folder, "dec_9")) == []


def test_a_record_is_shown_with_what_is_personal_in_its_place(folder: Path) -> None:
    [line] = named(folder, "dec_2")
    assert shown(line)["body"]["subject"] == "key:anna"
    assert shown(line).keys() == {"seq", "at", "kind", "body", "hash"}


def test_lines_that_nobody_can_read_are_passed_over(folder: Path) -> None:
    [page] = pages_in(folder)
    page.write_bytes(b"\xff\n" + page.read_bytes())
    assert len(list(lines(folder))) == 5


def test_only_a_decision_is_one(folder: Path) -> None:
    assert [decision_of(line) for line in named(folder, "3")] == [None]
