"""BERT's tokens, as the published rules cut them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.embedding.wordpiece import WordPiece

PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "un", "##aff", "##able", "the", "sea", ",", "中", "resume"]
WORDS = WordPiece(PIECES, 10)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Unaffable", ["un", "##aff", "##able"]),  # the example of Devlin et al.'s own tokenizer
        ("the sea, THE SEA", ["the", "sea", ",", "the", "sea"]),
        ("unknown words", ["[UNK]", "[UNK]"]),
        ("中中 résumé", ["中", "中", "resume"]),
        ("", []),
        ("sea " * 50, ["sea"] * 8),
        ("x" * 5000, ["[UNK]"]),
    ],
)
def test_text_is_cut_into_the_longest_known_pieces(text: str, pieces: list[str]) -> None:
    assert [PIECES[number] for number in WORDS.ids(text)] == ["[CLS]", *pieces, "[SEP]"]


@given(st.text(alphabet=st.characters(), max_size=300))
def test_any_text_gives_known_ids_and_never_too_many(text: str) -> None:
    ids = WORDS.ids(text)
    assert len(ids) <= 10
    assert all(0 <= number < len(PIECES) for number in ids)


def test_a_vocabulary_needs_its_special_pieces() -> None:
    with pytest.raises(ValueError, match="lacks"):
        WordPiece(["[CLS]", "[SEP]", "sea"], 10)
