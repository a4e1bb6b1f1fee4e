"""The teacher answers with probabilities; its student is a ridge regression, whichever system solves it."""

import numpy as np
import pytest

from detectors.lab.student.classifier import Teacher, features, heights, labels, logits, smoother, spread_labels
from detectors.lab.student.tasks import own

TASK = own(400)[0]
ANSWERS = np.random.default_rng(0).dirichlet([0.3] * 16, 120)


def test_answers_are_probabilities_of_every_class_and_mostly_right() -> None:
    teacher = Teacher(TASK.taught)
    answers = teacher.answers(TASK.judged.texts)
    assert answers.shape == (len(TASK.judged.texts), 16)
    assert answers.sum(axis=1) == pytest.approx(1.0)
    said = [teacher.classes[i] for i in answers.argmax(axis=1)]
    assert np.mean([one == truth for one, truth in zip(said, TASK.judged.classes, strict=True)]) > 0.5


def test_trimmed_answers_tell_the_winner_alone() -> None:
    trimmed = labels(ANSWERS)
    assert set(np.unique(trimmed)) == {0.0, 1.0}
    assert (trimmed.argmax(axis=1) == ANSWERS.argmax(axis=1)).all()


def test_logits_are_centred_and_bounded_even_for_certainty() -> None:
    told = logits(np.array([[1.0, 0.0], [0.5, 0.5]]))
    assert np.isfinite(told).all()
    assert told.sum(axis=1) == pytest.approx(0.0)


def test_labels_stand_as_high_as_log_probabilities_do() -> None:
    early = logits(ANSWERS[:50])
    late = spread_labels(ANSWERS[50:], early)
    assert late.max(axis=1) == pytest.approx(early.max(axis=1).mean())
    assert late.sum(axis=1) == pytest.approx(0.0)


@pytest.mark.parametrize("rows", [5, 40])
def test_both_systems_solve_the_ridge(rows: int) -> None:
    rng = np.random.default_rng(0)
    seen, asked, targets = rng.normal(size=(rows, 12)), rng.normal(size=(3, 12)), rng.normal(size=(rows, 2))
    mean = targets.mean(axis=0)
    weights = np.linalg.solve(seen.T @ seen + 0.3 * np.eye(12), seen.T @ (targets - mean))
    assert heights(smoother(seen, asked, 0.3), targets) == pytest.approx(asked @ weights + mean)


def test_texts_become_hashed_words() -> None:
    same = features(["the pier is long", "long is the pier", "a gull"])
    assert (same[0] == same[1]).all()
    assert (same[0] != same[2]).any()
