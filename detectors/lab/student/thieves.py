"""How a classifier's thief chooses its queries; each returns as many as asked for, in the order in which they go out.

Four ways of the literature: natural texts of the same kind (Knockoff Nets with in-distribution data, also replayed
user sessions), sentences of another kind and random words (Krishna et al. 2020, "Thieves on Sesame Street"), and
active learning from the natural texts (uncertainty sampling, half of each batch at random so as not to chase outliers).
"""

from collections.abc import Callable
from random import Random
from typing import Final, TypeAlias

import numpy as np

from detectors.lab.student.classifier import BY_PROBABILITIES, Teacher, features, heights, logits, smoother
from detectors.lab.student.tasks import Task

_FIRST = 10  # queries before active learning knows anything
_GROWTH = 2.0  # factor between the batches of active learning
_WORDS = (4, 14)  # least and most words of a random query

Thief: TypeAlias = Callable[[Task, Teacher, int, Random], list[str]]


def natural(task: Task, teacher: Teacher, most: int, rng: Random) -> list[str]:  # noqa: ARG001 - asks blindly
    """Ask texts of the teacher's own kind in random order."""
    return rng.sample(task.asked, min(most, len(task.asked)))


def sentences(task: Task, teacher: Teacher, most: int, rng: Random) -> list[str]:  # noqa: ARG001 - asks blindly
    """Ask sentences of another kind."""
    return rng.sample(task.foreign, min(most, len(task.foreign)))


def words(task: Task, teacher: Teacher, most: int, rng: Random) -> list[str]:  # noqa: ARG001 - asks blindly
    """Ask random words from sentences of another kind."""
    known = sorted({word for text in task.foreign for word in text.split()})
    return [" ".join(rng.choices(known, k=rng.randint(*_WORDS))) for _ in range(most)]


def active(task: Task, teacher: Teacher, most: int, rng: Random) -> list[str]:
    """Ask natural texts, half of each batch those on which the student of all answers so far is least decided."""
    left = rng.sample(task.asked, len(task.asked))
    seen = features(left)
    answers = logits(teacher.answers(left))
    order = list(range(min(_FIRST, len(left))))
    while len(order) < min(most, len(left)):
        rest = np.setdiff1d(np.arange(len(left)), order)
        batch = min(round(len(order) * (_GROWTH - 1.0)), most - len(order), len(rest))
        smooth = smoother(seen[order], seen[rest], BY_PROBABILITIES)
        leaning = np.sort(heights(smooth, answers[order]), axis=1)
        undecided = rest[np.argsort(leaning[:, -1] - leaning[:, -2], kind="stable")]
        chosen = [int(one) for one in undecided[: (batch + 1) // 2]]
        others = [int(one) for one in rest if one not in set(chosen)]
        order += chosen + rng.sample(others, batch - len(chosen))
    return [left[i] for i in order]


THIEVES: Final[dict[str, Thief]] = {"natural": natural, "active": active, "sentences": sentences, "words": words}
