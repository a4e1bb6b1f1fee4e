from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.decision_log import forgetting
from gateway.decision_log.forgetting import Request, forget, ranges
from gateway.decision_log.reading import lines
from gateway.decision_log.record import Record
from gateway.decision_log.verifying import verify
from gateway.decision_log.writer import Limits
from gateway.decisions import Subject
from tests.gateway.decision_log import stranger
from tests.gateway.decision_log.nursery import START, Log, begin, decision, key

WHO = Subject("account", 'Größe & "Söhne"')
REQUEST = Request(WHO, "dpo", "article 17")


@pytest.fixture
def log(tmp_path: Path) -> Log:
    """A log of several files in which one subject stands among others."""
    log = begin(tmp_path, Limits(rotate=3000))
    for number in range(12):
        log.append([decision(number, str(WHO) if number % 3 == 0 else f"key:{number}")])
    return log


def proven(log: Log) -> None:
    folder = log.folder.parent
    assert verify(log.folder, key(folder).public, []).flaws == []
    assert stranger.check(log.folder, key(folder).public) == ""


def contents(log: Log) -> str:
    return "".join(path.read_text() for path in log.folder.iterdir())


def test_a_forgotten_subject_is_in_no_file_and_the_log_still_proves_itself(log: Log) -> None:
    assert forget(log, REQUEST) == 4
    log.append([decision(99)])
    log.close()
    assert "Größe" not in contents(log)
    left = [line.restored().get("subject") for line in lines(log.folder, kinds={"decision"})]
    assert left == [None if n % 3 == 0 else f"key:{n}" for n in range(12)] + ["key:anna"]
    proven(log)


def test_the_log_says_that_it_was_done_by_whom_and_where_but_not_to_whom(log: Log) -> None:
    forget(log, REQUEST)
    log.close()
    [told] = lines(log.folder, kinds={"forget"})
    named = [line.seq for line in lines(log.folder, kinds={"decision"}) if None in line.personal]
    assert told.restored() == {"records": [[seq, seq] for seq in named], "by": "dpo", "reason": "article 17"}


def test_forgetting_twice_finds_nothing_more(log: Log) -> None:
    forget(log, REQUEST)
    assert forget(log, REQUEST) == 0
    log.close()
    proven(log)


def test_a_member_is_forgotten_and_its_fellows_are_not(tmp_path: Path) -> None:
    log = begin(tmp_path)
    log.append(
        [Record("decision", START, {"subject": "campaign:c", "members": ["key:a", WHO, "key:b"], "reason": "he"})]
    )
    log.append([Record("label", START, {"id": "dec_1", "note": str(WHO)})])
    forget(log, REQUEST)
    log.close()
    first, second, *_ = lines(log.folder, kinds={"decision", "label"})
    assert first.restored() == {"subject": "campaign:c", "members": ["key:a", "key:b"]}
    assert second.restored() == {"id": "dec_1", "note": str(WHO)}, "free text alone names nobody"
    proven(log)


def test_what_was_cut_short_is_done_again(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    rewrite, turns = forgetting._rewrite, iter([True, False])

    def dying(page: Path, found: dict[int, list[int]]) -> None:
        if not next(turns):
            raise OSError("the machine stops here")
        rewrite(page, found)

    monkeypatch.setattr(forgetting, "_rewrite", dying)
    with pytest.raises(OSError, match="stops here"):
        forget(log, REQUEST)
    monkeypatch.undo()
    assert "Größe" in contents(log)
    forget(log, REQUEST)
    log.close()
    assert "Größe" not in contents(log)
    proven(log)


@settings(max_examples=40)
@given(st.sets(st.integers(0, 60)))
def test_ranges_say_each_number_and_no_other(numbers: set[int]) -> None:
    found = ranges(sorted(numbers))
    assert {n for first, last in found for n in range(first, last + 1)} == numbers
    assert all(later[0] > earlier[1] + 1 for earlier, later in pairwise(found))
