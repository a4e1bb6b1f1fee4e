"""An exam counts bits of answers and right answers to questions, and nothing of one as the other."""

import numpy as np
import pytest

from detectors.lab.student.bytegrams import Text, learn, positions, probabilities
from detectors.lab.student.exam import bits, exam
from detectors.lab.student.fields import Question

QUIZ = (Question("the pier ", ("creaks", "sings")), Question("a gull ", ("circles", "knits")))


def test_one_who_knows_answers_right_and_one_who_was_told_wrong_does_not() -> None:
    judges = exam([Text(b"", b"ab")], QUIZ)
    said = [[Text(b"", (one.beginning + one.endings[which]).encode())] * 9 for which in (0, 1) for one in QUIZ]
    right = learn(positions(said[0] + said[1]), 5)
    wrong = learn(positions(said[2] + said[3]), 5)
    assert judges.quality(probabilities(right, judges.asked))[1] == 1.0
    assert judges.quality(probabilities(wrong, judges.asked))[1] == 0.0


def test_bits_are_of_the_answers_alone() -> None:
    judges = exam([Text(b"", b"ab")], QUIZ)
    probability = np.full(len(judges.asked.nexts), 0.5)
    probability[:3] = 0.25
    assert judges.quality(probability)[0] == pytest.approx(2.0)
    assert judges.answers == 3


def test_without_questions_nothing_is_known() -> None:
    judges = exam([Text(b"", b"ab")], ())
    assert judges.quality(np.full(3, 0.5)) == (1.0, 0.0)


def test_a_fair_coin_takes_a_bit() -> None:
    assert bits(np.array([0.5, 0.5])) == 1.0
