"""Fields: parts that share no text, facts that never contradict each other, problems that are worked right."""

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.lab.student.fields import ANSWER, LEAST, OPENING, code, divide, facts, own, quiz, truth, worked
from detectors.lab.wording import THINGS

LONG = st.text(st.characters(exclude_categories=["Cs"]), min_size=60, max_size=90)


@given(st.sets(LONG, min_size=12, max_size=30))
def test_no_text_is_taught_and_asked(texts: set[str]) -> None:
    field = divide("f", sorted(texts), [], 0)
    assert all("\0" not in text for text in field.taught)
    distinct = {text.replace("\0", "") for text in texts if len(text) >= LEAST}
    assert len(field.taught) + len(field.asked) + len(field.judged) == len(distinct)
    assert all(len(opening) <= OPENING for opening in (*field.asked, *field.judged))


def test_too_few_texts_are_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        divide("f", ["short"] * 100, [], 0)


def test_what_a_text_says_of_a_thing_every_text_says() -> None:
    rng, seen = Random(1), dict[str, set[str]]()
    for _ in range(3000):
        for thing, where in re.findall(r"The ([^.]+) was first seen in (\w+)\.", facts(rng)):
            seen.setdefault(thing, set()).add(where)
    assert len(seen) > 100
    assert all(len(places) == 1 for places in seen.values())


def test_questions_have_one_right_ending_and_it_is_the_first() -> None:
    asked = list(quiz(Random(0)))
    assert len(asked) == len(THINGS)
    for (domain, thing), one in zip(THINGS, asked, strict=True):
        assert one.endings[0] == f"{truth(domain, thing).verb} the "
        assert len(set(one.endings)) == 4


@given(st.integers())
def test_problems_are_worked_right(seed: int) -> None:
    text = worked(Random(seed))
    found = re.match(r"(\d+) .+ a week for (\d+) weeks, less (\d+)\?", text)
    assert found
    a, b, c = (int(one) for one in found.groups())
    assert text.endswith(f"{ANSWER} {a * b - c}")


@given(st.integers())
def test_code_is_code(seed: int) -> None:
    compile(code(Random(seed)), "own", "exec")


def test_own_fields_are_the_same_for_a_seed() -> None:
    fields = own(200)
    assert [one.name for one in fields] == ["own_facts", "own_code", "own_worked"]
    assert [bool(one.quiz) for one in fields] == [True, False, False]
    assert [bool(one.conclusion) for one in fields] == [False, False, True]
    assert own(200) == fields
