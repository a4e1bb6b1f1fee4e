"""Teacher and students that tell classes of short texts apart.

The teacher is a logistic regression on words, word pairs and character n-grams. The student is smaller: ridge
regression on hashed words, solved in closed form. Given labels only it fits them as they are; given probabilities it
fits their logarithms, as in equation-solving extraction (Tramèr et al., USENIX Security 2016): where both are near
linear, a probability vector says about as much as dozens of labels.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union

from detectors.lab.student.tasks import Labelled

Matrix = NDArray[np.float64]

FEATURES: Final = 1024  # hashed words of a student
_FLOOR: Final = 1e-6  # probability below which a served value says no more: six digits, as APIs print
_FIRM: Final = 20.0  # inverse regularisation of the teacher, chosen on the own-written desk
# Ridge penalties, chosen on the own-written desk: labels are noisier than probabilities.
BY_LABELS, BY_PROBABILITIES = 0.3, 0.03


class Teacher:
    """A classifier as its owner would train it."""

    def __init__(self, taught: Labelled) -> None:
        """Train on the owner's texts."""
        words = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2))
        letters = TfidfVectorizer(sublinear_tf=True, analyzer="char_wb", ngram_range=(3, 4))
        self._model: Any = make_pipeline(make_union(words, letters), LogisticRegression(C=_FIRM, max_iter=300))
        self._model.fit(taught.texts, taught.classes)
        self.classes: list[str] = [str(one) for one in self._model.classes_]

    def answers(self, texts: Sequence[str]) -> Matrix:
        """Return the served probabilities, a row a text and a column a class."""
        return np.asarray(self._model.predict_proba(list(texts)), dtype=np.float64)


_HASHED: Final[Any] = HashingVectorizer(n_features=FEATURES, alternate_sign=False)


def features(texts: Sequence[str]) -> Matrix:
    """Return what a student sees of each text, a row each."""
    return np.asarray(_HASHED.transform(list(texts)).toarray(), dtype=np.float64)


def logits(answers: Matrix) -> Matrix:
    """Return the logarithms of served probabilities, each row about its mean."""
    told = np.log(np.maximum(answers, _FLOOR))
    return np.asarray(told - told.mean(axis=1, keepdims=True))


def labels(answers: Matrix) -> Matrix:
    """Return what is left of answers when they are trimmed to the winning class: one column 1, the others 0."""
    return np.asarray(np.eye(answers.shape[1])[answers.argmax(axis=1)])


def spread_labels(answers: Matrix, like: Matrix) -> Matrix:
    """Return labels on the scale of log-probabilities, so that a student can learn from both together.

    Args:
        answers: served probabilities, of which the winning class alone is used.
        like: log-probabilities served earlier; their mean height of the winner becomes that of every label.
    """
    height = float(like.max(axis=1).mean())
    away = labels(answers) - 1.0 / answers.shape[1]
    return np.asarray(height * away / (1.0 - 1.0 / answers.shape[1]))


def smoother(seen: Matrix, asked: Matrix, penalty: float) -> Matrix:
    """Return the matrix that turns targets of what was seen into a ridge regression's guesses of what is asked.

    Ridge is linear in its targets, so one matrix serves every kind of target; they are to be centred first.
    """
    if len(seen) < seen.shape[1]:  # the smaller of the two equivalent systems
        inner = seen @ seen.T + penalty * np.eye(len(seen))
        return np.asarray(np.linalg.solve(inner, seen @ asked.T).T)
    inner = seen.T @ seen + penalty * np.eye(seen.shape[1])
    return np.asarray(np.linalg.solve(inner, asked.T).T @ seen.T)


def heights(smooth: Matrix, targets: Matrix) -> Matrix:
    """Return how strongly a student leans to each class, a row a text, about the mean of its targets."""
    mean = targets.mean(axis=0)
    return np.asarray(smooth @ (targets - mean) + mean)
