"""The table's embedder: near in meaning is near in space, any script has a place, and time is bounded."""

import hashlib
import io
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import gateway.embedding
from detectors.base import CELLS
from gateway.embedding.base import cell
from gateway.embedding.static import LEARNT, SPELT, Static, Table, pack, shipped, unpack, words
from tests.bench.paraphrases import PAIRS

STATIC = Static()
HERE = Path(gateway.embedding.__file__).parent
SMALL = Table(("tide", "sail", "##or", "s"), np.eye(4, 8, dtype=np.float32))


@given(st.text(alphabet=st.characters(), max_size=600))
@example("\ud83d")
@example("\x00" * 50)
@example("?!…")
@example("\u202eabc שלום")
@example("👩‍👩‍👧")
@example("z" * 9000)
@example("été " * 900)
def test_any_text_gives_a_unit_vector_or_nothing_and_a_cell_that_exists(text: str) -> None:
    vector = STATIC.embed(text)
    assert vector.shape == (STATIC.dims,)
    assert vector.dtype == np.float32
    assert float(np.linalg.norm(vector)) == pytest.approx(1.0, abs=1e-5) or not vector.any()
    assert cell(vector) in range(-1, CELLS)


@given(st.lists(st.text(max_size=60), max_size=30), st.text(max_size=200))
def test_what_was_embedded_before_does_not_matter(others: list[str], text: str) -> None:
    fresh, used = Static(SMALL), Static(SMALL)
    for other in others:
        used.embed(other)
    assert (used.embed(text) == fresh.embed(text)).all()


def test_no_text_has_no_direction_and_no_cell() -> None:
    assert not STATIC.embed(" \n\t").any()
    assert cell(STATIC.embed("")) == -1


def test_pairs_that_mean_the_same_are_nearer_than_others() -> None:
    one, other = (np.stack([STATIC.embed(text) for text in side]) for side in zip(*PAIRS, strict=True))
    cosines = one @ other.T
    pairs, crosses = np.diag(cosines), cosines[~np.eye(len(PAIRS), dtype=bool)]
    assert np.mean(pairs[:, None] > crosses[None]) > 0.98  # measured: .996; letters alone: .46


@pytest.mark.parametrize(
    ("near", "also", "far"),
    [
        ("Как приготовить борщ дома?", "Приготовить дома борщ", "Расписание поездов до Казани"),
        ("如何在家做红烧肉", "在家做红烧肉的方法", "火车时刻表查询"),
        ("كيف أطبخ الأرز في البيت", "أطبخ الأرز في البيت", "جدول القطارات إلى القاهرة"),
        ("घर पर चावल कैसे पकाएं", "चावल घर पर पकाएं", "रेलगाड़ी की समय सारणी"),
    ],
)
def test_other_scripts_are_near_what_they_share_letters_with(near: str, also: str, far: str) -> None:
    a, b, c = map(STATIC.embed, (near, also, far))
    assert a @ b > 0.5 > a @ c
    assert len({cell(STATIC.embed(f"{near} {also[i:]}")) for i in range(9)} | {cell(c)}) > 1


def test_words_are_lower_case_and_without_accents_or_marks() -> None:
    assert words("Café-au-LAIT, s'il\u2019vous!") == ["cafe", "au", "lait", "s", "il", "vous"]
    assert words("Ünïcode 3.14") == ["unicode", "3", "14"]
    assert words("Привет, мир") == ["привет", "мир"]


def test_a_word_of_the_table_is_its_row_and_a_sum_has_unit_length() -> None:
    assert Static(SMALL).embed("TIDE")[0] == 1.0
    assert Static(SMALL).embed("tide sail")[:2] == pytest.approx([0.5**0.5, 0.5**0.5])


def test_a_word_that_is_not_in_the_table_is_spelt_from_its_longest_pieces() -> None:
    small = Static(SMALL)
    assert small._pieces("sailor") == [1, 2]
    assert small._pieces("sxx") == [3]
    assert small.embed("sailor") @ small.embed("sail") > 0.3


def test_more_strange_words_than_are_spelt_count_by_their_letters_however_warm_the_cache() -> None:
    text = " ".join(f"strange{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(2 * SPELT))
    cold = Static(SMALL)
    first = cold.embed(text)
    for word in text.split():
        cold.embed(word)
    assert (cold.embed(text) == first).all()


def test_the_words_learnt_are_bounded_and_forgetting_changes_nothing() -> None:
    small = Static(SMALL)
    before = small.embed("saltwater sailor")
    for number in range(LEARNT + 2 * SPELT):
        small.embed("q" + "".join("abcdefghij"[int(digit)] for digit in str(number)))
    assert len(small._slots) <= len(SMALL.pieces) + LEARNT
    assert (small.embed("saltwater sailor") == before).all()


@pytest.mark.timeout(30)  # measured: under 1 s; anything but linear takes hours
@pytest.mark.parametrize("text", ["x" * 3_000_000, "long story " * 300_000, "汉字" * 900_000, "a1b2 " * 500_000])
def test_enormous_texts_cost_what_four_thousand_characters_cost(text: str) -> None:
    for _ in range(300):
        assert STATIC.embed(text).any()


def test_a_table_survives_the_file_to_one_part_in_a_hundred() -> None:
    file = io.BytesIO()
    rows = np.random.default_rng(3).standard_normal((4, 8)).astype(np.float32)
    pack(Table(SMALL.pieces, rows), file)
    file.seek(0)
    read = unpack(file)
    assert read.pieces == SMALL.pieces
    assert np.abs(read.rows - rows).max() < 0.01 * np.abs(rows).max()
    again = io.BytesIO()
    pack(Table(SMALL.pieces, rows), again)
    assert again.getvalue() == file.getvalue()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"not a table"])
def test_what_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a table"):
        unpack(io.BytesIO(data))


def test_the_shipped_table_is_the_one_that_its_notice_names() -> None:
    data = (HERE / "static.npz").read_bytes()
    named = re.findall(r"SHA-256 of static\.npz: ([0-9a-f]{64})", (HERE / "NOTICE").read_text())
    assert named == [hashlib.sha256(data).hexdigest()]
    assert len(data) <= 4 << 20
    assert np.isfinite(shipped().rows).all()


def test_vectors_and_cells_are_the_same_in_every_release() -> None:
    # Cells are stored: a change here loses what coverage knows of every subject.
    texts = ("tidal chart", "你好，世界", "saltwater sailors", "12345")
    assert [cell(STATIC.embed(text)) for text in texts] == [1161, 351, 1463, 1190]


@given(st.lists(st.text(alphabet=st.characters(), max_size=60), max_size=20))
@example(["", "été", "repair a leaking tap 42 x17", "界", "tide"])
def test_a_batch_is_its_texts_one_by_one(texts: list[str]) -> None:
    rows = STATIC.batch(texts)
    assert rows.shape == (len(texts), STATIC.dims)
    assert all((row == STATIC.embed(text)).all() for row, text in zip(rows, texts, strict=True))


def test_a_table_that_learns_too_many_words_within_a_batch_begins_anew_and_says_the_same() -> None:
    texts = [" ".join("abcdefghij"[int(digit)] for digit in f"{i:05}") + f" {'tide' * (i % 3)}" for i in range(LEARNT)]
    texts = [text.replace(" ", "", 4) for text in texts]
    assert (Static(SMALL).batch(texts)[-9:] == np.stack([Static(SMALL).embed(text) for text in texts[-9:]])).all()
