"""What a student of a language model is judged by: bits a byte, and questions answered right.

Bits say how well it foretells the teacher's answers to openings that nobody asked: style, phrasing and knowledge
together, of which style is learnt first. The quiz asks for knowledge alone, where a field has one.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from detectors.lab.student.bytegrams import Positions, Reals, Text, joined, positions
from detectors.lab.student.fields import Question

MEASURES: Final = ("bits", "known")
Quality: TypeAlias = tuple[float, float]
"""Bits a byte (less is better), and the share of questions answered right (0 without questions)."""


class Exam(NamedTuple):
    """One set of bytes to foretell, told apart by position.

    Attributes:
        asked: the teacher's answers, then the endings of all questions.
        answers: how many of the positions are the answers'.
        starts: where each ending begins, counted from the first of them.
        choices: endings a question; 0 without questions.
    """

    asked: Positions
    answers: int
    starts: NDArray[np.intp]
    choices: int

    def quality(self, probability: Reals) -> Quality:
        """Return the quality of a student that gives those probabilities to what is asked."""
        return bits(probability[: self.answers]), self._known(probability[self.answers :])

    def _known(self, probability: Reals) -> float:
        if not self.choices:
            return 0.0
        likely = np.add.reduceat(np.log2(probability), self.starts).reshape(-1, self.choices)
        return float((likely.argmax(axis=1) == 0).mean())


def exam(answers: Sequence[Text], quiz: Sequence[Question]) -> Exam:
    """Return the exam of those answers and questions, each of which has as many endings as the others."""
    endings = [Text(one.beginning.encode(), ending.encode()) for one in quiz for ending in one.endings]
    first, second = positions(answers), positions(endings)
    lengths = [len(one.answer) + 1 for one in endings]
    starts = np.cumsum([0, *lengths[:-1]], dtype=np.intp)
    return Exam(joined([first, second]), len(first.nexts), starts, len(quiz[0].endings) if quiz else 0)


def bits(probability: Reals) -> float:
    """Return the mean bits that bytes of those probabilities take."""
    return float(-np.log2(probability).mean())
