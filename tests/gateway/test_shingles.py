"""What a text shares with another, told from keyed samples: found wherever it stands, bounded whatever is sent."""

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.shingles import EDGE, EVERY, GRAM, Shingles, overlap

SHINGLES = Shingles(b"salt")
ALL = 100_000
SYLLABLES = [
    "ka",
    "lo",
    "mir",
    "ten",
    "shu",
    "var",
    "eil",
    "dro",
    "pan",
    "wex",
    "ui",
    "zor",
    "quab",
    "fen",
    "hyl",
    "tas",
]
TEXTS = st.text(alphabet=st.characters(), max_size=900)


def prose(seed: int, characters: int) -> str:
    """Return made-up words, no two seeds alike."""
    dice = random.Random(seed)
    words: list[str] = []
    while sum(map(len, words)) + len(words) < characters:
        words.append("".join(dice.choices(SYLLABLES, k=dice.randint(1, 4))))
    return " ".join(words)[:characters]


@given(TEXTS, st.integers(-1, 300))
@example("\ud83d" * 40, 10)
@example("a" * 5000, 10)
@example("\x00" * 100, 10)
@example("مرحبا بالعالم " * 20, 10)
@example("你好，世界" * 50, 10)
def test_any_text_gives_distinct_numbers_in_order_and_never_too_many(text: str, most: int) -> None:
    sample = SHINGLES.of(text, most)
    assert len(sample) <= max(most, 0)
    assert list(sample) == sorted(set(sample))
    assert all(0 <= x < 2**64 for x in sample)


@given(st.integers(0, 10**6), st.integers(0, 2500), st.integers(0, 2500))
def test_two_hundred_characters_bring_their_sample_along_wherever_they_are_quoted(
    seed: int, before: int, after: int
) -> None:
    quoted = prose(seed, 200)
    around = f"{prose(seed + 1, before)}\n\n> {quoted}\n\n{prose(seed + 2, after)}"
    shared = set(SHINGLES.of(quoted, ALL)) & set(SHINGLES.of(around, ALL))
    assert shared == set(SHINGLES.of(quoted, ALL))
    assert len(shared) >= 4  # 22 are expected


@given(TEXTS, TEXTS, st.integers(1, 100), st.integers(1, 100))
def test_overlap_is_a_share_and_the_same_both_ways(one: str, other: str, few: int, many: int) -> None:
    a, b = SHINGLES.of(one, few), SHINGLES.of(other, many)
    assert 0.0 <= overlap(a, b) == overlap(b, a) <= 1.0
    assert overlap(a, a) == float(bool(a))


@given(TEXTS, st.integers(0, 100))
def test_a_smaller_sample_begins_a_larger_one(text: str, most: int) -> None:
    assert SHINGLES.of(text, most) == SHINGLES.of(text, ALL)[:most]


def test_case_and_spacing_do_not_matter() -> None:
    assert SHINGLES.of("The  ebb\nSets west, " * 9, ALL) == SHINGLES.of(" the ebb sets west," * 9, ALL) != ()


@pytest.mark.parametrize("most", [16, 64, ALL])
def test_overlap_tells_how_much_is_shared(most: int) -> None:
    half, other_half, elsewhere = prose(1, 2000), prose(2, 2000), prose(3, 4000)
    whole = SHINGLES.of(f"{half} {other_half}", most)
    assert overlap(whole, SHINGLES.of(half, most)) > 0.85
    assert 0.15 < overlap(whole, SHINGLES.of(f"{half} {prose(4, 2000)}", most)) < 0.8
    assert overlap(whole, SHINGLES.of(elsewhere, most)) == 0.0
    assert overlap((), whole) == overlap(whole, ()) == overlap((), ()) == 0.0


def test_one_gram_in_eight_is_sampled_whatever_the_key() -> None:
    text = prose(7, 6000)
    for key in range(8):
        sample = Shingles(bytes([key])).of(text, ALL)
        assert len(sample) == pytest.approx((len(text) - GRAM + 1) / EVERY, rel=0.2)


def test_samples_of_two_salts_share_nothing() -> None:
    text = prose(5, 3000)
    assert overlap(SHINGLES.of(text, ALL), Shingles(b"theirs").of(text, ALL)) == 0.0


def test_what_is_shorter_than_a_gram_has_no_sample() -> None:
    assert SHINGLES.of("x" * (GRAM - 1), ALL) == SHINGLES.of("", ALL) == SHINGLES.of(" \n" * 99, ALL) == ()


def test_a_repeated_phrase_counts_once() -> None:
    assert len(SHINGLES.of("spring tide, neap tide, " * 1000, ALL)) <= GRAM


@pytest.mark.timeout(30)  # measured: under 0.1 s; reading it all takes 0.1 s each
def test_of_an_enormous_text_three_pieces_are_read() -> None:
    first, middle, last = prose(1, EDGE), prose(2, EDGE), prose(3, EDGE)
    text = f"{first}{'#' * 5_000_000}{middle}{'#' * 5_000_000}{last}"
    for _ in range(300):
        sample = SHINGLES.of(text, ALL)
    for piece in (first, middle, last):
        assert overlap(sample, SHINGLES.of(piece, ALL)) == 1.0


def test_samples_are_the_same_in_every_release() -> None:
    # Samples are stored: a change here makes those kept unlike those to come.
    assert SHINGLES.of("High water at Vigo is two hours later than at Lisbon.", 2) == (
        106786447276831543,
        12180092590583134485,
    )


@given(st.lists(st.text(alphabet=st.characters(), max_size=80)), st.integers(0, 6))
@example(["", "short", prose(5, 300), "\ud800" * 9, "x" * GRAM, prose(5, 300)], 64)
def test_a_batch_is_its_texts_one_by_one(texts: list[str], most: int) -> None:
    assert SHINGLES.batch(texts, most) == [SHINGLES.of(text, most) for text in texts]
