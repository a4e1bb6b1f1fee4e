"""Curves of classifiers: each thief against each task, under each remedy, judged by agreement and by accuracy."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from detectors.lab.student.classifier import (
    BY_LABELS,
    BY_PROBABILITIES,
    Matrix,
    Teacher,
    features,
    heights,
    labels,
    logits,
    smoother,
    spread_labels,
)
from detectors.lab.student.curve import Curve, Remedy, budgets
from detectors.lab.student.tasks import Task
from detectors.lab.student.thieves import THIEVES

FAMILY = "classifier"
MEASURES = ("agreement", "accuracy")


Quality: TypeAlias = tuple[float, float]
"""Agreement with the teacher, and accuracy: shares of the judge's texts."""


class Judged(NamedTuple):
    """The held-out texts as a student sees them, what the teacher says of each, and what is so (-1: unknown to it)."""

    seen: Matrix
    teacher: NDArray[np.int64]
    truth: NDArray[np.int64]

    def quality(self, smooth: Matrix, targets: Matrix) -> Quality:
        """Return the quality of the student that learns those targets."""
        said = heights(smooth, targets).argmax(axis=1)
        return float((said == self.teacher).mean()), float((said == self.truth).mean())


class Stolen(NamedTuple):
    """A task's curves, and how often its teacher is itself right, which no student need exceed."""

    curves: list[Curve]
    teacher_accuracy: float


class Harvest(NamedTuple):
    """All that a thief's plan obtains: what it asked, as features, and the served probabilities."""

    seen: Matrix
    answers: Matrix


def steal(task: Task, seeds: Sequence[int], most: int) -> Stolen:
    """Return the curves of every thief on the task, each with a plan of ``most`` queries at most, a run a seed.

    A student with no harvest says always the same, and is granted the commonest class.
    """
    teacher = Teacher(task.taught)
    judged = _judged(task, teacher)
    curves = [one for name in THIEVES for one in _by(name, task, teacher, judged, _Plan(seeds, most))]
    return Stolen(curves, float((judged.teacher == judged.truth).mean()))


class _Plan(NamedTuple):
    seeds: Sequence[int]
    most: int  # queries


def _by(name: str, task: Task, teacher: Teacher, judged: Judged, plan: _Plan) -> Iterator[Curve]:
    """Yield one thief's curves: every remedy by every measure."""
    asked = [THIEVES[name](task, teacher, plan.most, Random(f"{task.name}/{name}/{seed}")) for seed in plan.seeds]
    stolen = [Harvest(features(texts), teacher.answers(texts)) for texts in asked]
    looks = budgets(min(len(texts) for texts in asked))
    for remedy, runs in _runs(stolen, judged, looks).items():
        for column, measure in enumerate(MEASURES):
            rows = tuple(tuple(point[column] for point in run) for run in runs)
            yield Curve(FAMILY, task.name, name, remedy, measure, looks, rows)


def _judged(task: Task, teacher: Teacher) -> Judged:
    known = {name: number for number, name in enumerate(teacher.classes)}
    truth = np.asarray([known.get(label, -1) for label in task.judged.classes], dtype=np.int64)
    said = teacher.answers(task.judged.texts).argmax(axis=1)
    return Judged(features(task.judged.texts), np.asarray(said, dtype=np.int64), truth)


def _runs(stolen: Sequence[Harvest], judged: Judged, looks: Sequence[int]) -> dict[Remedy, list[list[Quality]]]:
    runs: dict[Remedy, list[list[Quality]]] = {"refused": [], "trimmed": [], "trimmed after": []}
    for one in stolen:
        guess = _constant(judged)
        whole = [_whole(one, judged, n) if n else guess for n in looks]
        poor = [_poor(one, judged, n) if n else guess for n in looks]
        both = _both(one, judged, looks)
        # The thief may choose its student, by agreement on the judge's own texts, which flatters it a little.
        after = [max(together, early, poor[-1]) for together, early in zip(both, whole, strict=True)]
        runs["refused"].append(whole)
        runs["trimmed"].append(poor)
        runs["trimmed after"].append(after)
    return runs


def _constant(judged: Judged) -> Quality:
    """Return the quality of always saying the teacher's commonest answer: what a student can do without a harvest."""
    commonest = int(np.bincount(judged.teacher).argmax())
    return float((judged.teacher == commonest).mean()), float((judged.truth == commonest).mean())


def _whole(one: Harvest, judged: Judged, n: int) -> Quality:
    """Judge a student of the first n answers, served with probabilities."""
    return judged.quality(smoother(one.seen[:n], judged.seen, BY_PROBABILITIES), logits(one.answers[:n]))


def _poor(one: Harvest, judged: Judged, n: int) -> Quality:
    """Judge a student of the first n answers, served as labels."""
    return judged.quality(smoother(one.seen[:n], judged.seen, BY_LABELS), labels(one.answers[:n]))


def _both(one: Harvest, judged: Judged, looks: Sequence[int]) -> list[Quality]:
    """Judge students of the whole plan, of which the first n answers came with probabilities, the rest as labels."""
    full = looks[-1]
    smooth = smoother(one.seen[:full], judged.seen, BY_PROBABILITIES)
    found = [_poor(one, judged, full)]
    for n in looks[1:]:
        early = logits(one.answers[:n])
        late = spread_labels(one.answers[n:full], early)
        found.append(judged.quality(smooth, np.vstack([early, late])))
    return found
