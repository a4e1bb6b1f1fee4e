from pathlib import Path

import msgspec
import pytest

from gateway.decisions import Subject
from gateway.stores.base import StoreError
from gateway.verification import book as books
from gateway.verification.attestation import Attestation
from gateway.verification.book import FILE, Book

ONE = Attestation(
    id="att_1", decision="dec_1", subject=Subject("key", "k"), at=100.0, name="A", contact="a@b.c", purpose="chat"
)
replace = msgspec.structs.replace


def test_an_empty_book_makes_no_file_to_be_read(tmp_path: Path) -> None:
    assert Book(tmp_path).verified(0) == {}
    assert not (tmp_path / FILE).exists()


def test_what_is_filed_is_found_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    book = Book(tmp_path)
    assert book.file(ONE) == ONE
    assert book.one("att_1") == ONE
    assert book.one("att_2") is None
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_saying_it_again_replaces_it_until_somebody_decided(tmp_path: Path) -> None:
    book = Book(tmp_path)
    book.file(ONE)
    book.file(replace(ONE, purpose="other"))
    assert [one.purpose for one in book.all()] == ["other"]
    book.settle(replace(ONE, state="refused", decided=101.0))
    assert book.file(replace(ONE, purpose="third")).state == "refused"
    assert [one.purpose for one in book.all()] == ["chat"]


def test_they_are_listed_oldest_first_and_by_state(tmp_path: Path) -> None:
    book = Book(tmp_path)
    for number in (3, 1, 2):
        book.file(replace(ONE, id=f"att_{number}", at=float(number)))
    book.settle(replace(ONE, id="att_2", at=2.0, state="approved", until=500.0))
    assert [one.id for one in book.all()] == ["att_1", "att_2", "att_3"]
    assert [one.id for one in book.all("pending")] == ["att_1", "att_3"]


def test_who_is_verified_is_so_until_the_end(tmp_path: Path) -> None:
    book = Book(tmp_path)
    book.settle(replace(ONE, state="approved", until=500.0))
    book.settle(replace(ONE, id="att_2", subject=Subject("key", "l"), state="refused"))
    assert book.verified(499.0) == {Subject("key", "k"): 500.0}
    assert book.verified(500.0) == {}


def test_a_full_book_makes_room_by_what_is_decided_then_by_the_oldest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(books, "MOST", 2)
    book = Book(tmp_path)
    book.settle(replace(ONE, id="att_9", at=900.0, state="refused"))
    for number in (1, 2, 3):
        book.file(replace(ONE, id=f"att_{number}", at=float(number)))
    assert [one.id for one in book.all()] == ["att_2", "att_3"]


def test_a_file_that_is_no_book_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"x" * 4096)
    with pytest.raises(StoreError):
        Book(tmp_path).all()
