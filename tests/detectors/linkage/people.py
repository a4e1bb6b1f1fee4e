"""Imprints made up for tests of linkage."""

import numpy as np

from detectors.linkage.base import TOPIC, Imprint, Mark, Partner

DAY, START = 86_400.0, 1_700_000_000.0


def mark(value: int, count: int = 10, first_at: float = START) -> Mark:
    return Mark(value, count, first_at, first_at + DAY)


def marks(*values: int, count: int = 10, first_at: float = START) -> tuple[Mark, ...]:
    return tuple(mark(value, count, first_at) for value in values)


def wording(seed: int, *, like: int | None = None, apart: float = 0.3) -> bytes:
    """An embedding, or one that paraphrases another: their cosine is about 1 / (1 + apart squared)."""
    vector = np.random.default_rng(seed).normal(size=TOPIC)
    if like is not None:
        vector = np.random.default_rng(like).normal(size=TOPIC) + apart * vector
    return bytes(np.clip(np.rint(vector * 120 / np.abs(vector).max()), -127, 127).astype(np.int8).tobytes())


def imprint(
    *, scaffold: int = 0, frame: bytes = b"", opening: int = 0, network: int = 0, client: int = 0, habit: int = 0,
    exchanges: int = 10, first_at: float = START, partners: tuple[Partner, ...] = (),
) -> Imprint:  # fmt: skip
    def shown(value: int) -> tuple[Mark, ...]:
        return marks(value, count=exchanges, first_at=first_at) if value else ()

    return Imprint(
        exchanges=exchanges, first_at=first_at, last_at=first_at + DAY, scaffolds=shown(scaffold),
        openings=shown(opening), networks=shown(network), clients=shown(client), habits=shown(habit),
        frames=((scaffold, frame),) if frame else (), single=exchanges, partners=partners,
    )  # fmt: skip
