"""Thieves ask as many texts as they are to, each of its own kind, the same for the same dice."""

from random import Random

import pytest

from detectors.lab.student.classifier import Teacher
from detectors.lab.student.tasks import own
from detectors.lab.student.thieves import THIEVES

TASK = own(300)[0]


@pytest.fixture(scope="module")
def teacher() -> Teacher:
    return Teacher(TASK.taught)


@pytest.mark.parametrize("name", THIEVES)
def test_a_thief_is_repeatable_and_asks_no_more_than_its_plan(name: str, teacher: Teacher) -> None:
    asked = THIEVES[name](TASK, teacher, 70, Random(1))
    assert len(asked) == 70
    assert asked == THIEVES[name](TASK, teacher, 70, Random(1))
    assert asked != THIEVES[name](TASK, teacher, 70, Random(2))


@pytest.mark.parametrize(
    ("name", "known"), [("natural", TASK.asked), ("active", TASK.asked), ("sentences", TASK.foreign)]
)
def test_texts_come_from_what_the_thief_has_each_once(name: str, known: list[str], teacher: Teacher) -> None:
    asked = THIEVES[name](TASK, teacher, 10_000, Random(1))
    assert sorted(asked) == sorted(known)


def test_random_words_are_words_of_foreign_sentences_in_no_order(teacher: Teacher) -> None:
    vocabulary = {word for text in TASK.foreign for word in text.split()}
    for text in THIEVES["words"](TASK, teacher, 50, Random(1)):
        assert 4 <= len(text.split()) <= 14
        assert set(text.split()) <= vocabulary
