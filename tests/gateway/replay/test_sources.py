import gzip
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from gateway.replay import sources
from gateway.replay.sources import Source


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "BLOCK", 100)
    monkeypatch.setattr(sources, "LONGEST", 400)
    monkeypatch.setattr(sources, "_PIECE", 64)
    monkeypatch.setattr(sources, "_PACKED", 16)


def read(file: Path) -> tuple[bytes, Source]:
    source = Source(file)
    return b"".join([span.data for span in source.spans()]), source


@pytest.mark.usefixtures("small_blocks")
def test_blocks_are_whole_lines_and_know_their_first_number(tmp_path: Path) -> None:
    lines = [b"x" * (n % 50) + b"\n" for n in range(200)]
    (tmp_path / "log").write_bytes(b"".join(lines) + b"the last has no end")
    spans = list(Source(tmp_path / "log").spans())
    assert len(spans) > 10
    number = 1
    for span in spans:
        assert span.first == number
        number += span.data.count(b"\n")
    assert b"".join(span.data for span in spans) == (tmp_path / "log").read_bytes()
    assert all(span.data.endswith(b"\n") for span in spans[:-1])


@pytest.mark.usefixtures("small_blocks")
def test_a_line_that_is_too_long_is_skipped_told_and_never_held(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"one\n" + b"y" * 5000 + b"\nthree\nfour\n")
    data, source = read(tmp_path / "log")
    assert data == b"one\nthree\nfour\n"
    assert [bad.line for bad in source.bad] == [2]
    assert [span.first for span in Source(tmp_path / "log").spans()][-1] == 3


@pytest.mark.parametrize("kind", ["gz", "zst"])
@pytest.mark.usefixtures("small_blocks")
def test_members_and_padding_are_read_through(tmp_path: Path, kind: str) -> None:
    pack = gzip.compress if kind == "gz" else zstandard.compress
    data = b"".join(b"line %d\n" % n for n in range(300))
    (tmp_path / f"log.{kind}").write_bytes(pack(data[:1001]) + pack(b"") + pack(data[1001:]) + b"\0" * 70)
    found, source = read(tmp_path / f"log.{kind}")
    assert (found, source.bad) == (data, [])
    assert source.read == source.size > 0


@pytest.mark.parametrize("kind", ["gz", "zst"])
@pytest.mark.usefixtures("small_blocks")
def test_damage_in_the_middle_is_told_where_it_is(tmp_path: Path, kind: str) -> None:
    pack = gzip.compress if kind == "gz" else zstandard.compress
    data = b"".join(b"line %d\n" % n for n in range(300))
    (tmp_path / f"log.{kind}").write_bytes(pack(data) + b"garbage" + pack(data))
    found, source = read(tmp_path / f"log.{kind}")
    assert found == data
    assert [(bad.line, "damaged" in bad.reason) for bad in source.bad] == [(301, True)]


@given(st.binary(max_size=300))
def test_bytes_that_are_no_archive_never_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    for kind in ("gz", "zst", "parquet"):
        file = tmp_path_factory.getbasetemp() / f"any.{kind}"
        file.write_bytes(data)
        _, source = read(file)
        assert source.bad
