"""What a subject does, as numbers that can be compared: topic, lengths, shares; each with how surely it is known."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from detectors.baseline import Floats
from detectors.linkage.base import TOPIC, Id, Imprint

ENOUGH: Final = 8  # exchanges, and payloads with words, below which nothing can be told
LEAST_SPREAD: Final = 0.04  # of log lengths' variance: nobody's vary by less than a fifth
SHARE_ERROR: Final = 0.02  # variance of a share of kinds of exchanges: a habit that slips now and then
SLACK: Final = 0.003  # of a question's own variance that topics of one pool may differ by: a list is never quite mixed
NEAR: Final = (
    1.6  # times what chance makes of the squared distance between topics: four in five pools' members reach 1.2
)
SAME: Final = 3.0  # standard errors within which lengths and shares are the same

Mask = npt.NDArray[np.bool_]


class Profiles(NamedTuple):
    """Profiles of subjects, a row each.

    Attributes:
        topics: mean of the payloads' unit vectors, shape (subjects, TOPIC).
        errors: squared length by which chance alone moves such a mean.
        numbers: mean log length of what is asked and taken, shares of single questions, of conversations and of tools.
        variances: of each of these numbers, by chance.
    """

    topics: Floats
    errors: Floats
    numbers: Floats
    variances: Floats

    def rows(self, which: Sequence[int] | npt.NDArray[np.int64]) -> "Profiles":
        """Return some of the rows."""
        return Profiles(*(column[np.asarray(which, np.int64)] for column in self))


def known(imprint: Imprint) -> bool:
    """Return whether enough is known of a subject to compare it."""
    return imprint.exchanges >= ENOUGH and imprint.vectors >= ENOUGH and len(imprint.topic) == 4 * TOPIC


def profiles(imprints: Mapping[Id, Imprint], names: Sequence[Id]) -> Profiles:
    """Return the profiles of subjects of whom enough is known, in the order of their names."""
    lives = [imprints[name] for name in names]
    counts = np.array([life.exchanges for life in lives], np.float64)
    vectors = np.array([life.vectors for life in lives], np.float64)
    sums = np.frombuffer(b"".join([life.topic for life in lives]), "<f4").reshape(len(lives), TOPIC)
    topics = sums / vectors[:, None]
    spread = 1.0 - np.einsum("ij,ij->i", topics, topics)
    errors = np.maximum(spread * (1.0 / np.maximum(vectors - 1.0, 1.0) + SLACK), 1e-9)
    sizes = np.array([(*life.asked, *life.taken) for life in lives], np.float64).reshape(len(lives), 4)
    means = sizes[:, ::2] / counts[:, None]
    varied = np.maximum(sizes[:, 1::2] / counts[:, None] - means * means, LEAST_SPREAD) / counts[:, None]
    kinds = np.array([(life.single, life.talks, life.tools) for life in lives], np.float64).reshape(len(lives), 3)
    shares = kinds / counts[:, None]
    return Profiles(
        topics, errors, np.concatenate([means, shares], axis=1),
        np.concatenate([varied, np.full_like(shares, SHARE_ERROR)], axis=1),
    )  # fmt: skip


def alike(every: Profiles, core: Profiles) -> Mask:
    """Return which of all subjects work as the core does: nothing but chance tells them apart from its mean.

    Example:
        >>> rng = np.random.default_rng(1)
        >>> def life(own, n=40):
        ...     rows = rng.standard_normal((n, TOPIC)) + own
        ...     topic = (rows / np.linalg.norm(rows, axis=1)[:, None]).sum(axis=0).astype("<f4").tobytes()
        ...     lengths = (4.0 * n, 17.0 * n)
        ...     return Imprint(exchanges=n, vectors=n, topic=topic, asked=lengths, taken=lengths)
        >>> lives = {f"key:{i}": life(0.5 if i < 20 else rng.standard_normal(TOPIC)) for i in range(40)}
        >>> found = profiles(lives, list(lives))
        >>> [int(some.sum()) for some in np.split(alike(found, found.rows(range(20))), 2)]
        [20, 0]
    """
    away = every.topics - core.topics.mean(axis=0)
    near = np.einsum("ij,ij->i", away, away) <= NEAR * every.errors
    usual = np.median(core.numbers, axis=0)
    spread = 1.4826 * np.median(np.abs(core.numbers - usual), axis=0)  # a bell's standard deviation
    same = np.abs(every.numbers - usual) <= SAME * np.sqrt(every.variances + spread * spread)
    found: Mask = near & same.all(axis=1)
    return found


def neighbours(every: Profiles) -> Mask:
    """Return which pairs of subjects work alike, as far as chance tells; shape (subjects, subjects)."""
    squares = np.einsum("ij,ij->i", every.topics, every.topics)
    away = squares[:, None] + squares[None, :] - 2.0 * every.topics @ every.topics.T
    found: Mask = away <= NEAR * (every.errors[:, None] + every.errors[None, :])
    for number in range(every.numbers.shape[1]):
        gap = np.abs(every.numbers[:, None, number] - every.numbers[None, :, number])
        found &= gap <= SAME * np.sqrt(every.variances[:, None, number] + every.variances[None, :, number])
    return found
