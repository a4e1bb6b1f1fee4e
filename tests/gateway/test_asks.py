import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.asks import EDGE, MARKS, look, marks
from gateway.demands import STEMS, demanded

BITS = {mark.bit for mark in MARKS}
HOSTILE = [
    "a ",
    "generate 1 ",
    "rewrite the given task ",
    "two responses ",
    "[human] ",
    "\x00",
    "\ud800",
    "ب ",
    "\u202e",
    "任务",
]


def test_marks_are_different_bits() -> None:
    assert len(BITS) == len(MARKS)
    assert all(bit.bit_count() == 1 for bit in BITS)


@given(st.text(alphabet=st.characters(), max_size=400))
@example("\ud800 rate the answer")
def test_any_text_has_marks_that_are_known(text: str) -> None:
    assert 0 <= marks(text) <= sum(BITS)


@pytest.mark.timeout(30)  # measured: some milliseconds; anything but linear takes hours
@pytest.mark.parametrize("piece", HOSTILE)
def test_ten_megabytes_are_read_in_bounded_time(piece: str) -> None:
    text = piece * (10_000_000 // len(piece))
    assert marks(text) & ~sum(BITS) == 0


@pytest.mark.parametrize("text", [
    "How do I get to Linz?", "My train is late, what are my rights?", "Translate: the tide is out.",
    "كيف أصل إلى المحطة؟", "今天天气怎么样？", "", " ",
])  # fmt: skip
def test_a_question_of_somebodys_own_has_no_mark(text: str) -> None:
    assert marks(text) == 0


@pytest.mark.parametrize("text", [
    "Please come up with ten new tasks for a robot cook.",
    "Rewrite the given prompt into a more complex version with added constraints.",
    "Write a conversation between a human and an assistant about tides.",
    "Rate the response on a scale of 1 to 5 by this rubric.",
    "Which of the two answers is better, A or B?",
    "Take inspiration from this snippet and invent an exercise.",
    "请生成二十个任务",
])  # fmt: skip
def test_a_recipe_has_a_mark(text: str) -> None:
    assert marks(text) != 0


def test_only_both_ends_are_read() -> None:
    recipe = "Come up with ten new tasks."
    filler = "the tide is out. " * EDGE
    assert marks(recipe + filler) & marks(filler + recipe) & marks(recipe) != 0
    assert marks(filler + recipe + filler) == marks(filler)


@given(st.lists(st.sampled_from([*STEMS, "write your ", "<think> ", "a ", ". ", "in full "]), max_size=40))
def test_what_one_look_finds_free_of_demands_demands_nothing(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert look(text).marks == marks(text)
    assert look(text).may_demand or not demanded(text)
