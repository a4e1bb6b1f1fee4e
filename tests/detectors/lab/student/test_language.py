"""Language models are stolen the better the more is asked; what trim takes out is missed."""

import pytest

from detectors.lab.student.bytegrams import Text
from detectors.lab.student.curve import Curve
from detectors.lab.student.fields import ANSWER, own
from detectors.lab.student.language import WAYS, Stolen, steal, trim

FACTS, _, WORKED = own(400)


@pytest.fixture(scope="module")
def worked() -> Stolen:
    return steal(WORKED, (0,), 200)


@pytest.fixture(scope="module")
def facts() -> Stolen:
    return steal(FACTS, (0, 1), 200)


def named(stolen: Stolen, measure: str = "bits") -> dict[tuple[str, str], Curve]:
    return {(one.thief, one.remedy): one for one in stolen.curves if one.measure == measure}


def test_bits_fall_with_queries_and_stay_above_the_teachers(facts: Stolen) -> None:
    plain = named(facts)["plain", "refused"]
    values = [one.value for _, one in plain.points()]
    assert values == sorted(values, reverse=True)
    assert values[-1] > facts.teacher["bits"]
    assert set(named(facts)) == {(way, remedy) for way in WAYS for remedy in ("refused", "trimmed", "trimmed after")}


def test_knowledge_is_asked_for_where_there_are_questions(facts: Stolen, worked: Stolen) -> None:
    known = named(facts, "known")["plain", "refused"]
    assert known.at(200).value > known.at(0).value
    assert facts.teacher["known"] > known.at(200).value
    assert "known" not in worked.teacher
    assert not named(worked, "known")


def test_where_nothing_can_be_trimmed_trimming_changes_nothing(facts: Stolen) -> None:
    curves = named(facts)
    assert curves["plain", "trimmed"].runs == curves["plain", "refused"].runs
    assert {value for run in curves["plain", "trimmed after"].runs for value in run[:1]} == {
        run[-1] for run in curves["plain", "refused"].runs
    }


def test_reasoning_taken_out_is_not_learnt(worked: Stolen) -> None:
    curves = named(worked)
    assert curves["plain", "trimmed"].at(200).value > curves["plain", "refused"].at(30).value
    assert curves["plain", "trimmed after"].at(0).value == pytest.approx(curves["plain", "trimmed"].at(200).value)


def test_eight_samples_teach_more_than_one(facts: Stolen) -> None:
    curves = named(facts)
    assert curves["best_of_8", "refused"].at(30).value < curves["best_of_8", "trimmed"].at(30).value
    assert curves["best_of_8", "refused"].at(30).value < curves["plain", "refused"].at(30).value


def test_the_same_seed_gives_the_same_curves(worked: Stolen) -> None:
    assert steal(WORKED, (0,), 200).curves == worked.curves


def test_trim_leaves_the_conclusion() -> None:
    text = Text(b"q", f"because of this{ANSWER} 42".encode())
    assert trim([text], ANSWER) == [Text(b"q", f"{ANSWER} 42".encode())]
    assert trim([text], "") == [text]
