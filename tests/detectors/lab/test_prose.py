"""Answers have the shape and length asked for, are the same for the same dice, and hardly ever share words."""

from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.lab.prose import FORMS, essay

PROMPT = "Compare the spinnaker with the storm jib for a beginner, please."


@given(
    form=st.sampled_from(sorted(FORMS)), prompt=st.text(max_size=300), chars=st.integers(2, 3000), seed=st.integers()
)
def test_any_prompt_gets_an_answer_and_the_same_dice_the_same(form: str, prompt: str, chars: int, seed: int) -> None:
    text = FORMS[form](Random(seed), prompt, chars)
    assert text
    assert text == FORMS[form](Random(seed), prompt, chars)
    assert len(text) <= chars + 200


@pytest.mark.parametrize("chars", [40, 400, 4000])
def test_prose_is_as_long_as_it_should_be(chars: int) -> None:
    assert len(essay(Random(3), PROMPT, chars)) == chars


def shingles(text: str) -> set[tuple[str, ...]]:
    words = text.split()
    return {tuple(words[i : i + 8]) for i in range(len(words) - 7)}


def test_two_answers_to_one_question_share_next_to_no_eight_words_in_a_row() -> None:
    answers = [shingles(essay(Random(seed), PROMPT, 2500)) for seed in range(24)]
    assert max(len(a & b) / len(a) for a, b in combinations(answers, 2)) < 0.05


def test_prose_takes_up_the_prompt_and_speaks_chinese_to_the_chinese() -> None:
    assert any(word in essay(Random(1), PROMPT, 1200) for word in ("spinnaker", "beginner"))
    assert sum("\u4e00" <= letter <= "\u9fff" for letter in essay(Random(1), "请介绍一下空气净化器", 300)) > 200
