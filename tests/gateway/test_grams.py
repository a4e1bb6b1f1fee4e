import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.grams import MOST, batch, grams

TEXT = "high water at Vigo is two hours later than at Lisbon and springs come a day after"


@given(st.text(alphabet=st.characters(), max_size=400), st.integers(0, 2**64 - 1), st.integers(1, 40))
@example("\ud800" * 20, 1, 24)
@example("\x00", 1, 24)
def test_grams_of_any_text_are_few_64_bit_numbers(text: str, seed: int, most: int) -> None:
    found = grams(text, seed, most)
    assert len(found) <= most
    assert all(0 <= gram < 2**64 for gram in found)
    assert found == grams(text, seed, most)


@pytest.mark.timeout(30)
@pytest.mark.parametrize("piece", ["a", "a ", "\x00", "\ud800", "ب ", "\u202e", "界", "12 "])
def test_ten_megabytes_are_read_in_bounded_time(piece: str) -> None:
    assert len(grams(piece * (10_000_000 // len(piece)), 7)) <= MOST


def test_a_word_begins_a_gram_and_a_wide_letter_does() -> None:
    assert len(grams("one two three", 7)) == 3
    assert len(grams("东西南北", 7)) == 4
    assert grams("", 7) == grams(" .,", 7) == ()


def test_case_and_digits_do_not_matter() -> None:
    assert grams("Item 17 of 99", 7) == grams("item 23 of 45", 7)


def test_under_another_key_nothing_is_alike() -> None:
    assert not set(grams(TEXT, 7)) & set(grams(TEXT, 8))


def test_what_a_template_repeats_gives_the_same_grams_again() -> None:
    fixed = TEXT[:40]
    one, other = (set(grams(f"{fixed} {filled}", 7)) for filled in ("tin ore", "gold ore"))
    assert len(one & other) >= 6
    assert one != other


@given(st.lists(st.text(alphabet=st.characters(), max_size=80)), st.integers(1, 6))
@example(["", "\ud800", "ends in a word", "begins with one", "东西"], 24)
def test_a_batch_is_its_texts_one_by_one(texts: list[str], most: int) -> None:
    assert batch(texts, 7, most) == [grams(text, 7, most) for text in texts]
