"""The language model: its probabilities are such, it foretells what it learnt, and it says what it has seen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.lab.student.bytegrams import (
    DEEPEST,
    SYMBOLS,
    Model,
    Positions,
    Text,
    draw,
    joined,
    learn,
    positions,
    probabilities,
    speak,
)

WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40).map(str.encode)
TEXTS = st.lists(st.builds(Text, WORDS, WORDS), max_size=6)


def model(*said: str, order: int = 3) -> Model:
    return learn(positions([Text(b"", one.encode()) for one in said]), order)


def asked(context: bytes) -> Positions:
    """Every next byte after one context."""
    one = positions([Text(context, b"")])
    return Positions(np.repeat(one.contexts, SYMBOLS), np.arange(SYMBOLS, dtype=np.uint64))


@given(TEXTS, WORDS, st.integers(0, DEEPEST))
def test_probabilities_are_positive_and_sum_to_one_whatever_was_learnt(
    texts: list[Text], context: bytes, order: int
) -> None:
    found = probabilities(learn(positions(texts), order), asked(context))
    assert (found > 0).all()
    assert found.sum() == pytest.approx(1.0)


@given(TEXTS)
def test_every_byte_of_the_answers_and_each_end_is_a_position(texts: list[Text]) -> None:
    found = positions(texts)
    assert len(found.nexts) == len(found.contexts) == sum(len(text.answer) + 1 for text in texts)
    assert (found.nexts == 0).sum() == len(texts)


def test_contexts_hold_the_prompt_nearest_byte_lowest() -> None:
    found = positions([Text(b"ab", b"c")])
    assert [int(one) for one in found.contexts] == [0x6162, 0x616263]
    assert [int(one) for one in found.nexts] == [ord("c"), 0]


def test_what_was_learnt_is_foretold_better_than_what_was_not() -> None:
    known = model(*["the pier is long"] * 20, order=5)
    said, other = (positions([Text(b"", text)]) for text in (b"the pier is long", b"zebras quiz jumpy"))
    assert np.log2(probabilities(known, said)).mean() > -1.0
    assert np.log2(probabilities(known, other)).mean() < -4.0


def test_witten_bell_is_as_in_the_book() -> None:
    """After a: b twice, c once. P(b) at order 1 = (2 + 2 P0(b)) / (3 + 2), P0 the same from all that was seen."""
    known = model("ab", "ab", "ac", order=1)
    one = positions([Text(b"a", b"b")])
    kinds, total = 4, 9  # a, b, c and the end; three a, two b, one c, three ends
    lowest = (2 + kinds / SYMBOLS) / (total + kinds)
    assert probabilities(known, one)[0] == pytest.approx((2 + 2 * lowest) / 5)


@given(st.lists(WORDS, min_size=1, max_size=5), st.integers(0, 20))
def test_a_model_says_only_bytes_that_it_has_seen_and_no_more_than_asked(said: list[bytes], longest: int) -> None:
    known = learn(positions([Text(b"", one) for one in said]), 3)
    answers = speak(known, [b"", b"ab"], longest, np.random.default_rng(1))
    assert [one.prompt for one in answers] == [b"", b"ab"]
    for one in answers:
        assert len(one.answer) <= longest
        assert set(one.answer) <= set(b"".join(said))


def test_one_text_learnt_is_mostly_said_again_and_the_same_dice_say_the_same() -> None:
    known = model(*["gulls circle the pier"] * 50, order=DEEPEST)
    first, again = (speak(known, [b""] * 20, 80, np.random.default_rng(7)) for _ in range(2))
    assert first == again
    assert sum(one.answer == b"gulls circle the pier" for one in first) > 10


def test_draws_follow_the_counts() -> None:
    known = model(*["ax"] * 900, *["ay"] * 100, order=1)
    drawn = draw(known, np.full(4000, ord("a"), np.uint64), np.random.default_rng(3))
    assert (drawn == ord("x")).mean() == pytest.approx(0.9, abs=0.03)


def test_a_model_of_nothing_has_nothing_to_say() -> None:
    with pytest.raises(ValueError, match="nothing to say"):
        speak(model(), [b"a"], 5, np.random.default_rng(0))


@given(TEXTS, TEXTS)
def test_joined_positions_are_those_of_all_texts(first: list[Text], second: list[Text]) -> None:
    together, apart = joined([positions(first), positions(second)]), positions(first + second)
    assert (together.contexts == apart.contexts).all()
    assert (together.nexts == apart.nexts).all()
