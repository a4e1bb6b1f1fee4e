"""Lives are read from recorded traffic of any kind, or from a guard's cases, in bounded memory."""

import gzip
from pathlib import Path

import pytest

from detectors.lab.school import LOOKS
from gateway.calibration.gathering import Gathered, Recorded, standing
from gateway.calibration.sample import Sample
from gateway.decisions import Subject
from gateway.engine import seal
from gateway.replay.run import shipped
from gateway.replay.sources import Source
from gateway.stores.base import Folded
from gateway.stores.sqlite import SqliteStore
from tests.gateway.calibration import kit
from tests.gateway.replay.kit import line, text


def read(*files: Path, scope: str = "key", most: int = 100) -> Gathered:
    config = shipped()
    config = config.model_copy(update={"analysis": config.analysis.model_copy(update={"scopes": (scope,)})})
    recorded = Recorded(config, kit.PANEL, Sample(most, b"k"))
    told = [bad for step in recorded.read([Source(file) for file in files]) for bad in step.bad]
    gathered = recorded.gathered()
    assert sum(gathered.bad.values()) == len(told)
    return gathered


def lines(subjects: int, each: int) -> list[dict[str, object]]:
    return [line(n, key=f"k-{n % subjects}", account=f"a-{n % 2}") for n in range(subjects * each)]


def test_lines_become_lives_by_subject(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(text(lines(5, 9)))
    found = read(tmp_path / "log")
    assert {life.subject for life in found.lives} == {Subject("key", f"k-{n}") for n in range(5)}
    assert [[seen.exchanges for seen in life.looks] for life in found.lives] == [[8, 9]] * 5
    assert (found.subjects, found.exchanges, found.late) == (5, 45, 0)
    assert {life.subject.value for life in read(tmp_path / "log", scope="account").lives} == {"a-0", "a-1"}


def test_every_format_and_any_cut_into_files_come_to_the_same_lives(tmp_path: Path) -> None:
    data = text(lines(4, 20))
    (tmp_path / "whole").write_bytes(data)
    (tmp_path / "whole.jsonl.gz").write_bytes(gzip.compress(data))
    rows = data.splitlines(keepends=True)
    (tmp_path / "odd").write_bytes(b"".join(rows[1::2]))
    (tmp_path / "even").write_bytes(b"".join(rows[::2]))
    whole = read(tmp_path / "whole").lives
    assert read(tmp_path / "whole.jsonl.gz").lives == whole
    assert read(tmp_path / "odd", tmp_path / "even").lives == whole


def test_a_sample_keeps_whole_lives(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(text(lines(40, 9)))
    found = read(tmp_path / "log", most=10)
    assert len(found.lives) == 10
    assert all(life.exchanges == 9 for life in found.lives)
    assert 15 < found.subjects < 120


def test_bad_failed_and_nameless_lines_are_counted(tmp_path: Path) -> None:
    some = [line(0), line(1, status=500), line(2, key=...), line(3)]
    (tmp_path / "log").write_bytes(b"}{\n" + text(some) + b"\n")
    found = read(tmp_path / "log")
    assert (found.exchanges, found.unread, found.nameless, dict(found.bad)) == (4, 1, 1, {"not JSON": 1})
    assert [life.exchanges for life in found.lives] == [2]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"nothing\n"])
def test_an_empty_file_holds_nobody(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "log").write_bytes(data)
    assert read(tmp_path / "log").lives == []


def test_a_damaged_archive_is_told_and_what_came_before_counts(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl.gz").write_bytes(gzip.compress(text(lines(2, 50)))[:-20])
    found = read(tmp_path / "log.jsonl.gz")
    assert sum(found.bad.values()) >= 1
    assert found.exchanges > 50


def test_a_clock_that_jumps_breaks_nothing(tmp_path: Path) -> None:
    some = [line(n, at=kit.NOON + n * 60.0 + (n == 7) * 9e7 - (n > 20) * 1e6) for n in range(90)]
    (tmp_path / "log").write_bytes(text(some))
    (life,) = read(tmp_path / "log").lives
    assert (life.exchanges, life.days) == (90, 3)


def test_cases_of_a_guard_become_lives_of_one_look(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    lives = [kit.life(kit.chat, seed, 20 + seed) for seed in range(12)]
    cases = {life.subject: seal(life.looks[-1].folio) for life in lives}
    store.commit(Folded(upto=0, cases=cases | {Subject("user", "other"): b"case"}, at=kit.NOON))
    found = standing(store.each("key"), kit.PANEL, Sample(100, b"k"))
    store.close()
    assert {life.subject: life.exchanges for life in found.lives} == {life.subject: life.exchanges for life in lives}
    assert all(len(life.looks) == 1 for life in found.lives)
    assert all(life.days >= 1 for life in found.lives)
    assert found.exchanges == sum(life.exchanges for life in lives)


def test_a_case_that_cannot_be_read_is_told_and_passed_over() -> None:
    found = standing([(Subject("key", "broken"), b"case")], kit.PANEL, Sample(100, b"k"))
    assert found.lives == []
    assert dict(found.faults) == {"case": 1}


def test_the_last_look_of_a_long_life_is_its_end(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(text([line(n) for n in range(200)]))
    (life,) = read(tmp_path / "log").lives
    assert [seen.exchanges for seen in life.looks] == [*[n for n in LOOKS if n <= 200], 200]
